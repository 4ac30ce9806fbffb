// The picture on the screen: vis-network gives pan, zoom, touch and dragging; the drawing is ours.
let network = null, nodes = null, current = null, labels = [], cursor = '';

const holder = byId('picture');
const lit = () => {
  const k = state.sel && current.at.has(state.sel) ? state.sel : '';
  if (k && k !== state.of && state.view !== 'path') return new Set([k, ...current.near.get(k)]);
  const tie = thing(state.sel);
  if (tie && tie.type === 'tie') return new Set([key.person(T.a[tie.i]), key.person(T.b[tie.i])]);
  if (tie && tie.type === 'link') return new Set([key.box(tie.a), key.box(tie.b)]);
  return null;
};

function over(pen) {
  const scale = network.getScale();
  for (const k of new Set([state.sel, cursor])) {
    const m = current.at.get(k);
    if (!m) continue;
    if (m.type === 'box') roundBox(pen, m.x - m.w / 2 - 4, m.y - m.h / 2 - 4, m.w + 8, m.h + 8, 11); else disc(pen, m.x, m.y, m.r + 10);
    stroke(pen, INK, 5 / scale, []); stroke(pen, '#ffbf00', 3 / scale, k === cursor && k !== state.sel ? [5 / scale, 4 / scale] : []);
  }
  if (layer && dragged) {
    for (const l of current.lines) if (l.a === dragged || l.b === dragged) drawLine(pen, l, current.at, false);
    drawMark(pen, current.at.get(dragged), scale);
  }
  const m = current.at.get(cursor);
  if (m && m.type !== 'box' && !labels.some((l) => l.key === cursor)) text(pen, fit(m.label, 150, { size: LABEL }), m.x, m.y + m.r + 12 / scale, { size: LABEL / scale, align: 'center', middle: true, halo: 3.2 / scale });
}

let version = 0, dragged = '', held = false;

// vis-network is told of the one mark under the pointer, so that it can drag it; thousands would cost it seconds.
function markAt(p) {
  const scale = network.getScale();
  let best = null, least = Infinity;
  for (const m of current.marks) {
    const dx = Math.abs(p.x - m.x), dy = Math.abs(p.y - m.y);
    const inside = m.type === 'box' ? dx <= m.w / 2 && dy <= m.h / 2 : dx * dx + dy * dy <= Math.max(m.r + 4, 6 / scale) ** 2;
    if (inside && dx * dx + dy * dy <= least) { least = dx * dx + dy * dy; best = m; }
  }
  return best ? best.key : '';
}
function offer(k) {
  if (nodes.length) nodes.clear();
  const m = current.at.get(k);
  if (m) nodes.add({ id: k, x: m.x, y: m.y });
}
// The mark itself is drawn with the picture; vis-network only needs its size.
function hold({ id }) {
  const m = current.at.get(id);
  return { drawNode() {}, nodeDimensions: m && m.type === 'box' ? { width: m.w, height: m.h } : { width: 2 * (m ? m.r : 1) + 8, height: 2 * (m ? m.r : 1) + 8 } };
}

function makeStage() {
  nodes = new vis.DataSet();
  network = new vis.Network(holder, { nodes, edges: new vis.DataSet() }, {
    autoResize: true, physics: false, layout: { randomSeed: 1, improvedLayout: false },
    nodes: { chosen: false, labelHighlightBold: false, shape: 'custom', ctxRenderer: hold }, edges: { smooth: false },
    interaction: { keyboard: false, hover: false, multiselect: false, selectConnectedEdges: false, navigationButtons: false, zoomSpeed: 0.7 },
  });
  // The inner frame would be a second stop for the Tab key, with keys of its own.
  for (const inner of holder.querySelectorAll('[tabindex]')) inner.setAttribute('tabindex', '-1');
  for (const canvas of holder.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');
  holder.addEventListener('pointerdown', (e) => { const box = holder.getBoundingClientRect(); offer(markAt(network.DOMtoCanvas({ x: e.clientX - box.left, y: e.clientY - box.top }))); }, true);
  holder.appendChild(el('p', { id: 'unwritten', class: 'quiet' }));
  network.on('beforeDrawing', (pen) => { if (!held) drawPicture(pen); });
  network.on('afterDrawing', over);
  network.on('dragging', follow);
  network.on('dragEnd', (e) => {
    if (!e.nodes.length) return;
    follow(e);
    dragged = '';
    const pin = { ...state.pin };
    for (const k of e.nodes) { const m = current.at.get(k); pin[k] = [m.x, m.y]; }
    show({ pin });
  });
  network.on('click', (e) => {
    const k = markAt(e.pointer.canvas);
    choose(k || lineAt(e.pointer.canvas) || '');
  });
  network.on('doubleClick', (e) => { const k = markAt(e.pointer.canvas); if (k) openMark(k); });
}
function follow(e) {
  if (!e.nodes.length) return;
  const places = network.getPositions(e.nodes);
  for (const k of e.nodes) { const m = current.at.get(k); if (m) Object.assign(m, places[k]); }
  [dragged] = e.nodes;
  if (!layer) version += 1;
}

// How far a point is from a line; a bent one is as good as eight straight ones.
function farFrom(p, l) {
  const a = current.at.get(l.a), b = current.at.get(l.b), steps = l.bend ? 8 : 1, mid = bent(a, b, l.bend || 0);
  let least = Infinity;
  for (let n = 0; n < steps; n += 1) {
    const [ax, ay] = alongBend(a, mid, b, n / steps), [bx, by] = alongBend(a, mid, b, (n + 1) / steps), dx = bx - ax, dy = by - ay;
    const along = Math.max(0, Math.min(1, ((p.x - ax) * dx + (p.y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(p.x - ax - along * dx, p.y - ay - along * dy));
  }
  return least;
}
function lineAt(p) {
  let best = null, least = 7 / network.getScale();
  for (const l of current.lines) {
    const d = farFrom(p, l);
    if (d < least) { least = d; best = l; }
  }
  if (!best) return '';
  return best.type === 'tie' || best.type === 'link' ? best.key : best.type === 'outside' ? best.a : best.type === 'family' ? best.a : '';
}

function bounds(built) {
  const xs = [], ys = [];
  for (const m of built.marks) { const w = m.type === 'box' ? m.w / 2 : m.r + 10, h = m.type === 'box' ? m.h / 2 : m.r + 22; xs.push(m.x - w, m.x + w); ys.push(m.y - h, m.y + h); }
  for (const r of built.regions) { xs.push(r.x, r.x + r.w); ys.push(r.y, r.y + r.h); }
  // A bent line may run outside all marks: what it reaches half-way is the furthest.
  for (const l of built.lines) {
    const a = l.bend && built.at.get(l.a), b = l.bend && built.at.get(l.b);
    if (a && b) { const [x, y] = alongBend(a, bent(a, b, l.bend), b, 0.5); xs.push(x); ys.push(y); }
  }
  if (!xs.length) return { x: -100, y: -100, w: 200, h: 200 };
  const min = (v) => v.reduce((a, b) => Math.min(a, b)), max = (v) => v.reduce((a, b) => Math.max(a, b));
  const x = min(xs), y = min(ys);
  return { x, y, w: max(xs) - x, h: max(ys) - y };
}

function fitPicture() {
  const b = bounds(current), w = holder.clientWidth, h = holder.clientHeight;
  if (!w || !h) return;
  network.setSize('100%', '100%');
  const scale = Math.min((w - (state.view === 'overview' ? 84 : 160)) / b.w, (h - (state.view === 'overview' ? 20 : 44)) / b.h, 1.4);
  network.moveTo({ position: { x: b.x + b.w / 2 + (state.view === 'overview' ? 28 : 30) / scale, y: b.y + b.h / 2 }, scale, animation: false });
}
function zoomBy(factor) { network.moveTo({ scale: Math.max(0.02, Math.min(6, network.getScale() * factor)), animation: false }); }
function panBy(dx, dy) { const c = network.getViewPosition(), s = network.getScale(); network.moveTo({ position: { x: c.x + dx / s, y: c.y + dy / s }, animation: false }); }

function present(built) {
  current = built;
  version += 1;
  if (!current.at.has(cursor)) cursor = '';
  if (nodes.length) nodes.clear();
}

// Arrow keys go to the nearest mark in that direction.
function step(dx, dy) {
  const from = current.at.get(cursor) || current.at.get(state.sel);
  if (!from) {
    const c = network.getViewPosition();
    const near = current.marks.slice().sort((a, b) => Math.hypot(a.x - c.x, a.y - c.y) - Math.hypot(b.x - c.x, b.y - c.y))[0];
    if (near) cursor = near.key;
  } else {
    let best = null, least = Infinity;
    for (const m of current.marks) {
      const x = m.x - from.x, y = m.y - from.y, ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
      if (m !== from && ahead > 1 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = m; }
    }
    if (best) cursor = best.key;
  }
  const m = current.at.get(cursor);
  if (!m) return;
  const spot = network.canvasToDOM({ x: m.x, y: m.y });
  if (spot.x < 30 || spot.y < 30 || spot.x > holder.clientWidth - 30 || spot.y > holder.clientHeight - 30) network.moveTo({ position: { x: m.x, y: m.y }, animation: false });
  network.redraw();
  say(inWords(cursor));
}

// What dragging does, by keyboard: the mark in focus moves and stays where it is put.
function nudge(dx, dy) {
  const m = current.at.get(cursor) || current.at.get(state.sel), by = 20 / network.getScale();
  if (!m) return;
  show({ pin: { ...state.pin, [m.key]: [m.x + dx * by, m.y + dy * by] } });
  say(`${inWords(m.key)}: moved and pinned`);
}

holder.addEventListener('keydown', (e) => {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (arrows[e.key]) { if (e.altKey) nudge(...arrows[e.key]); else if (e.shiftKey) panBy(arrows[e.key][0] * 80, arrows[e.key][1] * 80); else step(...arrows[e.key]); }
  else if (e.key === 'Enter') { if (cursor && cursor === state.sel) openMark(cursor); else if (cursor) choose(cursor); }
  else if (e.key === '+' || e.key === '=') zoomBy(1.25);
  else if (e.key === '-') zoomBy(0.8);
  else if (e.key === '0') fitPicture();
  else if (e.key === 'Escape') undo();
  else return;
  e.preventDefault();
});
holder.addEventListener('blur', () => { cursor = ''; network.redraw(); });
