// Which labels are written, and where. None may cover another or a mark: what finds no room waits for more zoom.
const LABEL = 12.5, MOST_LINES = 400, NEAR = 0.5;
const LEADS = [[0, -1], [0, 1], [0.7, -0.8], [-0.7, -0.8], [0.7, 0.8], [-0.7, 0.8], [1, 0.4], [-1, 0.4], [1, -0.4], [-1, -0.4]];

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

// Whether a line runs through a rectangle, whose ends it does not have.
function crosses([x1, y1, x2, y2], [left, top, right, bottom]) {
  if (Math.max(x1, x2) < left || Math.min(x1, x2) > right || Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) return 0;
  const side = (x, y) => Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)), s = side(left, top);
  return Number(side(right, top) !== s || side(left, bottom) !== s || side(right, bottom) !== s);
}

// Places in the chart's units; sizes stay the same on the screen whatever the zoom.
// It pauses now and then, so that its caller may wait.
function* placing(built, scale, first, width) {
  const room = new Room(), found = [], edge = bounds(built), beside = Math.max(56, (width - edge.w * scale) / 2 - 70);
  const inside = (r) => r[0] > edge.x * scale - beside && r[2] < (edge.x + edge.w) * scale + beside;
  const within = (r) => r[1] > edge.y * scale - 6 && r[3] < (edge.y + edge.h) * scale + 6;
  const rect = (x, y, w, h) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
  for (const [n, m] of built.marks.entries()) {
    const [w, h] = inkOf(m);
    room.take(rect(m.x * scale, m.y * scale, (w + 1) * scale, (h + 1) * scale), m.key);
    if (n % 400 === 399) yield;
  }
  const order = built.marks.filter((m) => m.type !== 'box' && (!m.quiet || m.key === state.sel || first.has(m.key)))
    .sort((a, b) => (b.key === state.sel) - (a.key === state.sel) || first.has(b.key) - first.has(a.key) || b.priority - a.priority || (a.key < b.key ? -1 : 1));
  const lines = built.lines.length <= MOST_LINES ? built.lines.map((l) => { const a = built.at.get(l.a), b = built.at.get(l.b); return [a.x * scale, a.y * scale, b.x * scale, b.y * scale, l.a, l.b]; }) : [];
  const write = (m) => {
    const size = { size: LABEL, bold: m.key === state.sel }, label = fit(m.label, 170, size), w = widthOf(label, size), h = LABEL + 3;
    const r = (m.key === state.sel ? m.r + 12 : inkOf(m)[0] / 2 + 1) * scale + 1, x = m.x * scale, y = m.y * scale, d = r * 0.74;
    // A short name, such as an identifier, stands in the mark itself.
    if (m.type === 'person' && !m.code && !m.child && !m.stands && m.r * scale >= 9 && w <= 1.7 * m.r * scale) {
      found.push({ key: m.key, label, x: m.x, y: m.y, w, bold: size.bold, within: m.change === 'gone' || !isDark(m.colour) ? INK : '#fff' });
      return;
    }
    const spots = [[x, y + r + h / 2], [x, y - r - h / 2], [x + r + w / 2 + 2, y], [x - r - w / 2 - 2, y], [x + d + w / 2, y + d + h / 2], [x - d - w / 2, y + d + h / 2], [x + d + w / 2, y - d - h / 2], [x - d - w / 2, y - d - h / 2]];
    let best = null, least = Infinity, led = false;
    const tryAll = (list) => { for (const [lx, ly] of list) {
      const box = rect(lx, ly, w + 4, h);
      if (!inside(box) || !within(box) || !room.isFree(box, m.key)) continue;
      // A name that nearly touches another mark could be read as that one's.
      const under = lines.reduce((n, l) => n + crosses(l, box), 0) + (room.isFree(rect(lx, ly, w + 14, h + 4), m.key) ? 0 : 3)
        + (led ? 3 * built.marks.reduce((n, o) => n + Number(o !== m && crosses([x, y, lx, ly], rect(o.x * scale, o.y * scale, ...inkOf(o).map((v) => v * scale)))), 0) : 0);
      if (under < least) { least = under; best = [lx, ly, box]; }
      if (!under) break;
    } };
    tryAll(spots);
    // Principals are named even in a crowd: further off, with a line from the name to the mark.
    led = !best && m.priority >= RANK.principal && lines.length > 0 && scale > NEAR;
    if (led) tryAll([22, 40, 60].flatMap((d) => LEADS.map(([dx, dy]) => [x + dx * (r + d + w / 2), y + dy * (r + d)])));
    // Whoever is selected keeps a name, over other marks if need be.
    if (!best && m.key === state.sel) best = [...spots[0], rect(...spots[0], w + 4, h)];
    if (!best) return;
    room.take(best[2], m.key);
    found.push({ key: m.key, label, x: best[0] / scale, y: best[1] / scale, w, bold: m.key === state.sel, led: led ? m : null });
  };
  // Whoever is selected and those next to it come before the names of groups, everybody else after.
  order.filter((m) => first.has(m.key)).slice(0, 300).forEach(write);
  yield;
  for (const [n, r] of built.regions.entries()) {
    if (n % 40 === 39) yield;
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
  // Where few fit, it is principals who are named: a name that happened to find room would look important.
  const far = HAS_ROLES && state.view === 'all' && scale < NEAR && order.length > 100;
  const others = order.filter((m) => !first.has(m.key) && (!far || m.priority >= RANK.principal)).slice(0, 2500);
  for (const [n, m] of others.entries()) { write(m); if (n % 60 === 59) yield; }
  found.unwritten = order.length - found.reduce((n, l) => n + !l.key.startsWith('region '), 0);
  return found;
}

function lead(pen, l, scale) {
  const half = l.w / 2 / scale, x = Math.max(l.x - half, Math.min(l.x + half, l.led.x)), far = Math.hypot(x - l.led.x, l.y - l.led.y) || 1, edge = inkOf(l.led)[0] / 2 / far;
  pen.beginPath(); pen.moveTo(l.led.x + (x - l.led.x) * edge, l.led.y + (l.y - l.led.y) * edge); pen.lineTo(x, l.y);
  stroke(pen, INK, 0.7 / scale);
}
const placeLabels = (...given) => allAtOnce(placing(...given));

function drawLabels(pen, labels, scale, lit) {
  for (const l of labels) {
    // A faded name keeps a contrast of 4.5.
    pen.globalAlpha = lit && !lit.has(l.key) ? 0.62 : 1;
    if (l.led) lead(pen, l, scale);
    text(pen, l.label, l.x, l.y, { size: LABEL / scale, bold: l.bold, align: 'center', middle: true, colour: l.within, halo: l.within ? 0 : 3.2 / scale });
  }
  pen.globalAlpha = 1;
}
