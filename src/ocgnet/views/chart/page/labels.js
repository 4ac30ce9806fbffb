// Which labels are written, and where. None may cover another or a mark: what finds no room waits for more zoom.
const LABEL = 12.5;

class Room {
  constructor() { this.cells = new Map(); }
  each(r, visit) {
    for (let cx = Math.floor(r[0] / 64); cx <= Math.floor(r[2] / 64); cx += 1) {
      for (let cy = Math.floor(r[1] / 64); cy <= Math.floor(r[3] / 64); cy += 1) if (visit((cx + 32768) * 65536 + cy + 32768)) return true;
    }
    return false;
  }
  take(r, owner) { this.each(r, (c) => { if (!this.cells.has(c)) this.cells.set(c, []); this.cells.get(c).push([r, owner]); return false; }); }
  isFree(r, owner) {
    return !this.each(r, (c) => (this.cells.get(c) || []).some(([o, whose]) => whose !== owner && r[0] < o[2] && r[2] > o[0] && r[1] < o[3] && r[3] > o[1]));
  }
}

// Places in the chart's units; sizes stay the same on the screen whatever the zoom.
function placeLabels(built, scale, first) {
  const room = new Room(), found = [], edge = bounds(built);
  const inside = (r) => r[0] > edge.x * scale - 56 && r[2] < (edge.x + edge.w) * scale + 56;
  const rect = (x, y, w, h) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
  for (const m of built.marks) {
    const half = m.type === 'box' ? [m.w, m.h] : [2 * m.r + (m.ring === 'principal' ? 11 : 4), 2 * m.r + (m.ring === 'principal' ? 11 : 4)];
    room.take(rect(m.x * scale, m.y * scale, half[0] * scale, half[1] * scale), m.key);
  }
  const order = built.marks.filter((m) => m.type !== 'box' && (!m.quiet || m.key === state.sel || first.has(m.key)))
    .sort((a, b) => (b.key === state.sel) - (a.key === state.sel) || first.has(b.key) - first.has(a.key) || b.priority - a.priority || (a.key < b.key ? -1 : 1));
  const write = (m) => {
    const label = fit(m.label, 150, { size: LABEL }), w = widthOf(label, { size: LABEL, bold: m.key === state.sel }), h = LABEL + 3;
    const r = (m.r + (m.key === state.sel ? 12 : m.ring === 'principal' ? 7 : 3)) * scale, x = m.x * scale, y = m.y * scale;
    const spots = [[x, y + r + h / 2], [x, y - r - h / 2], [x + r + w / 2 + 2, y], [x - r - w / 2 - 2, y]];
    for (const [lx, ly] of spots) {
      const box = rect(lx, ly, w + 4, h);
      // Whoever is selected keeps a name, over other marks if need be.
      if (m.key !== state.sel && (!inside(box) || !room.isFree(box, m.key))) continue;
      room.take(box, m.key);
      found.push({ key: m.key, label, x: lx / scale, y: ly / scale, w, bold: m.key === state.sel });
      return;
    }
  };
  // Whoever is selected and those next to it come before the names of groups, everybody else after.
  order.filter((m) => first.has(m.key)).slice(0, 300).forEach(write);
  for (const r of built.regions) {
    const w = widthOf(r.label, { size: LABEL, bold: true }), tight = fit(r.label, Math.max(w, r.w * scale), { size: LABEL, bold: true });
    const code = B[r.box].code, spots = [];
    for (const label of [tight, code]) {
      const wide = widthOf(label, { size: LABEL, bold: true });
      for (const y of [r.y * scale - 8, (r.y + r.h) * scale + 9]) for (const x of [r.x * scale + 8 + wide / 2, (r.x + r.w) * scale - 8 - wide / 2]) spots.push([label, x, y, wide]);
    }
    const free = spots.find(([, x, y, wide]) => inside(rect(x, y, wide, 16)) && room.isFree(rect(x, y, wide + 6, 16), null));
    if (!free) continue;
    room.take(rect(free[1], free[2], free[3] + 6, 16), `region ${r.box}`);
    found.push({ key: `region ${r.box}`, label: free[0], x: free[1] / scale, y: free[2] / scale, w: free[3], bold: true });
  }
  // Past some thousands nobody reads labels at this zoom; the best ones are enough until fewer are in sight.
  order.filter((m) => !first.has(m.key)).slice(0, 2500).forEach(write);
  return found;
}

function drawLabels(pen, labels, scale, lit) {
  for (const l of labels) {
    pen.globalAlpha = lit && !lit.has(l.key) ? 0.35 : 1;
    text(pen, l.label, l.x, l.y, { size: LABEL / scale, bold: l.bold, align: 'center', middle: true, halo: 3.2 / scale });
  }
  pen.globalAlpha = 1;
}
