// The picture on the screen: vis-network gives pan, zoom, touch and dragging; the drawing is ours.
let network = null, nodes = null, current = null, labels = [], labelsFor = '', cursor = '';

const holder = byId('picture');
const lit = () => {
  const k = state.sel && current.at.has(state.sel) ? state.sel : '';
  if (k && k !== state.of && state.view !== 'path') return new Set([k, ...current.near.get(k)]);
  const tie = thing(state.sel);
  if (tie && tie.type === 'tie') return new Set([key.person(T.a[tie.i]), key.person(T.b[tie.i])]);
  if (tie && tie.type === 'link') return new Set([key.box(tie.a), key.box(tie.b)]);
  return null;
};

function under(pen) {
  const scale = network.getScale(), bright = lit();
  freshLabels(scale, bright);
  const titled = new Set(labels.map((l) => l.key));
  for (const r of current.regions) drawRegion(pen, r, scale, titled.has(`region ${r.box}`));
  const faint = [], strong = [];
  for (const l of current.lines) (bright && !(bright.has(l.a) && bright.has(l.b) && (l.a === state.sel || l.b === state.sel || l.key === state.sel || bright.size === 2)) ? faint : strong).push(l);
  // While a large picture moves only the strong half is drawn, which keeps it in hand; the rest returns at rest.
  const shown = moving && current.lines.length > 4000 ? [] : faint;
  const pale = !bright && state.view === 'all', view = sight();
  drawLines(pen, shown, current.at, view, true, pale);
  drawLines(pen, moving && strong.length > 4000 ? [] : strong, current.at, view, bright ? 'bold' : false, pale);
  if (!moving) drawChanges(pen, strong, current.at, scale);
}

// What of the picture's plane the screen shows.
function sight() {
  const c = network.getViewPosition(), s = network.getScale(), w = holder.clientWidth / s / 2, h = holder.clientHeight / s / 2;
  return { left: c.x - w, right: c.x + w, top: c.y - h, bottom: c.y + h };
}

function freshLabels(scale, bright) {
  const stamp = `${version} ${scale.toFixed(3)} ${state.sel} ${cursor}`;
  if (labelsFor !== stamp && !moving) { labels = placeLabels(current, scale, bright || new Set([cursor])); labelsFor = stamp; }
}

function over(pen) {
  const scale = network.getScale(), bright = lit();
  for (const k of new Set([state.sel, cursor])) {
    const m = current.at.get(k);
    if (!m) continue;
    if (m.type === 'box') roundBox(pen, m.x - m.w / 2 - 4, m.y - m.h / 2 - 4, m.w + 8, m.h + 8, 11); else disc(pen, m.x, m.y, m.r + 10);
    stroke(pen, INK, 5 / scale, []); stroke(pen, '#ffbf00', 3 / scale, k === cursor && k !== state.sel ? [5 / scale, 4 / scale] : []);
  }
  if (!moving || labels.length < 800) drawLabels(pen, labels, scale, bright);
}

let version = 0, moving = false, rest = 0, brightNow = null;
function touched() {
  moving = true;
  clearTimeout(rest);
  rest = setTimeout(() => { moving = false; network.redraw(); }, 140);
}

function renderMark({ ctx, id }) {
  const m = current.at.get(id);
  if (!m) return {};
  const size = m.type === 'box' ? { width: m.w, height: m.h } : { width: 2 * m.r + 8, height: 2 * m.r + 8 };
  return {
    drawNode() {
      const faded = brightNow && !brightNow.has(id);
      // White under a faded mark, so that lines do not run through it.
      if (faded) { if (m.type === 'box') roundBox(ctx, m.x - m.w / 2, m.y - m.h / 2, m.w, m.h, 8); else disc(ctx, m.x, m.y, m.r); paint(ctx, '#fff'); }
      ctx.globalAlpha = faded ? 0.35 : 1;
      drawMark(ctx, m, network ? network.getScale() : 1);
      ctx.globalAlpha = 1;
    },
    nodeDimensions: size,
  };
}

const asNode = (m) => ({ id: m.key, x: m.x, y: m.y });

function makeStage() {
  nodes = new vis.DataSet();
  network = new vis.Network(holder, { nodes, edges: new vis.DataSet() }, {
    autoResize: true, physics: false, layout: { randomSeed: 1, improvedLayout: false },
    nodes: { chosen: false, labelHighlightBold: false, shape: 'custom', ctxRenderer: renderMark }, edges: { smooth: false },
    interaction: { keyboard: false, hover: false, multiselect: false, selectConnectedEdges: false, navigationButtons: false, zoomSpeed: 0.7 },
  });
  // The inner frame would be a second stop for the Tab key, with keys of its own.
  for (const inner of holder.querySelectorAll('[tabindex]')) inner.setAttribute('tabindex', '-1');
  for (const canvas of holder.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');
  network.on('beforeDrawing', (pen) => { brightNow = lit(); under(pen); });
  network.on('afterDrawing', over);
  for (const e of ['zoom', 'dragging']) network.on(e, touched);
  network.on('dragging', follow);
  network.on('dragEnd', (e) => {
    if (!e.nodes.length) return;
    follow(e);
    const pin = { ...state.pin };
    for (const k of e.nodes) { const m = current.at.get(k); pin[k] = [m.x, m.y]; }
    show({ pin });
  });
  network.on('click', (e) => {
    const k = network.getNodeAt(e.pointer.DOM);
    choose(k || lineAt(e.pointer.canvas) || '');
  });
  network.on('doubleClick', (e) => { const k = network.getNodeAt(e.pointer.DOM); if (k) openMark(k); });
}
function follow(e) {
  if (!e.nodes.length) return;
  const places = network.getPositions(e.nodes);
  for (const k of e.nodes) { const m = current.at.get(k); if (m) Object.assign(m, places[k]); }
  version += 1;
}

function lineAt(p) {
  const near = 7 / network.getScale();
  let best = null, least = near;
  for (const l of current.lines) {
    const a = current.at.get(l.a), b = current.at.get(l.b), dx = b.x - a.x, dy = b.y - a.y;
    const along = Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    const d = Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
    if (d < least) { least = d; best = l; }
  }
  if (!best) return '';
  return best.type === 'tie' || best.type === 'link' ? best.key : best.type === 'outside' ? best.a : best.type === 'family' ? best.a : '';
}

function bounds(built) {
  const xs = [], ys = [];
  for (const m of built.marks) { const w = m.type === 'box' ? m.w / 2 : m.r + 10, h = m.type === 'box' ? m.h / 2 : m.r + 22; xs.push(m.x - w, m.x + w); ys.push(m.y - h, m.y + h); }
  for (const r of built.regions) { xs.push(r.x, r.x + r.w); ys.push(r.y, r.y + r.h); }
  if (!xs.length) return { x: -100, y: -100, w: 200, h: 200 };
  const min = (v) => v.reduce((a, b) => Math.min(a, b)), max = (v) => v.reduce((a, b) => Math.max(a, b));
  const x = min(xs), y = min(ys);
  return { x, y, w: max(xs) - x, h: max(ys) - y };
}

function fitPicture() {
  const b = bounds(current), w = holder.clientWidth, h = holder.clientHeight;
  if (!w || !h) return;
  network.setSize('100%', '100%');
  const scale = Math.min((w - (state.view === 'overview' ? 84 : 110)) / b.w, (h - 44) / b.h, 1.4);
  network.moveTo({ position: { x: b.x + b.w / 2 + (state.view === 'overview' ? 28 / scale : 0), y: b.y + b.h / 2 }, scale, animation: false });
}
function zoomBy(factor) { touched(); network.moveTo({ scale: Math.max(0.02, Math.min(6, network.getScale() * factor)), animation: false }); }
function panBy(dx, dy) { touched(); const c = network.getViewPosition(), s = network.getScale(); network.moveTo({ position: { x: c.x + dx / s, y: c.y + dy / s }, animation: false }); }

function present(built) {
  current = built;
  version += 1;
  if (!current.at.has(cursor)) cursor = '';
  nodes.clear();
  nodes.add(built.marks.map(asNode));
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

holder.addEventListener('keydown', (e) => {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (arrows[e.key]) { if (e.shiftKey) panBy(arrows[e.key][0] * 80, arrows[e.key][1] * 80); else step(...arrows[e.key]); }
  else if (e.key === 'Enter') { if (cursor && cursor === state.sel) openMark(cursor); else if (cursor) choose(cursor); }
  else if (e.key === '+' || e.key === '=') zoomBy(1.25);
  else if (e.key === '-') zoomBy(0.8);
  else if (e.key === '0') fitPicture();
  else if (e.key === 'Escape') undo();
  else return;
  e.preventDefault();
});
holder.addEventListener('blur', () => { cursor = ''; network.redraw(); });
