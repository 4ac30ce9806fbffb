// The order of things: read the address, draw, and draw again whenever the state changes.
document.title = META.title;
byId('data-line').textContent = META.data_line.join(' · ');
fill(byId('left-out-text'),
  META.left_out.length ? el('table', {}, el('tr', {}, el('th', {}, 'Left out'), el('th', {}, 'Why'), el('th', { class: 'number' }, 'Rows')), META.left_out.map(([what, why, n]) => el('tr', {}, el('td', {}, spaced(what)), el('td', {}, why), el('td', { class: 'number' }, whole(n))))) : el('p', {}, 'No row was left out.'),
  META.notes.map((n) => el('p', {}, n)));

const samePicture = (a, b) => a && ['view', 'of', 'to', 'steps'].every((n) => a[n] === b[n]);

redraw = (before) => {
  held = true;
  const kept = samePicture(before, state);
  const only = kept && LISTS.every((n) => String(before[n]) === String(state[n]))
    && ['min', 'events', 'places', 'things'].every((n) => before[n] === state[n]) && before.from === state.from && before.until === state.until && before.pin === state.pin;
  if (!only) {
    if (!kept) listed = 60;
    present(scene());
  }
  byId('finding').textContent = [current.title, ...current.notes.map((n) => [n].flat().join(': ')).map((n) => n[0].toUpperCase() + n.slice(1))].join('. ');
  byId('picture').hidden = state.tab !== 'picture';
  byId('table').hidden = state.tab !== 'table';
  byId('zoom').hidden = state.tab !== 'picture';
  const moved = timeline();
  bar();
  controls();
  if (!before || before.sel !== state.sel || !only) panel();
  // The picture is fitted, and drawn once, when everything around it has its size.
  if (state.tab === 'table') table(); else if (!kept || moved || (before && (state.more.length !== before.more.length || state.events !== before.events || state.places !== before.places || state.things !== before.things))) fitPicture();
  held = false;
  if (state.tab !== 'table') network.redraw();
  if (before && before.sel !== state.sel && state.sel) say(inWords(state.sel));
};

makeStage();
const opensOn = () => location.hash.slice(1) || META.opening;
state = fromFragment(opensOn());
shownFragment = location.hash.slice(1);
redraw(null);
addEventListener('hashchange', () => { if (location.hash.slice(1) !== shownFragment) { past.push(state); future = []; settle(fromFragment(opensOn())); } });
addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key === 'z' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); undo(); }
  if (e.key === '/' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); byId('search').focus(); }
});
let widthBefore = holder.clientWidth;
new ResizeObserver(() => { if (holder.clientWidth !== widthBefore && holder.clientWidth) { widthBefore = holder.clientWidth; fitPicture(); } }).observe(holder);
document.body.dataset.ready = 'yes';

// For tests and scripts: what the picture says, without reading pixels.
window.ocgnetChart = Object.freeze({
  shown: () => current.marks.map((m) => ({ key: m.key, type: m.type, label: m.label, stands: m.stands || '' })),
  places: () => { const s = network.getScale(); return current.marks.map((m) => ({ key: m.key, type: m.child ? 'child' : m.type, x: m.x * s, y: m.y * s, w: inkOf(m)[0] * s, h: inkOf(m)[1] * s, r: (m.r || 0) * s })); },
  where: (k) => { const m = current.at.get(k); if (!m) return null; const spot = network.canvasToDOM({ x: m.x, y: m.y }), box = holder.getBoundingClientRect(); return { x: spot.x + box.left, y: spot.y + box.top }; },
  labels: () => { const s = network.getScale(); return labels.map((l) => ({ key: l.key, label: l.label, x: l.x * s, y: l.y * s, w: l.w, h: LABEL, within: Boolean(l.within) })); },
  lines: () => current.lines.length,
  traces: () => current.lines.map((l) => {
    const a = current.at.get(l.a), b = current.at.get(l.b), s = network.getScale(), points = Array.from({ length: 21 }, (_, n) => alongBend(a, bent(a, b, l.bend || 0), b, n / 20));
    return { key: l.key, ends: [l.a, l.b], points: points.map(([x, y]) => [x * s, y * s]), middle: network.canvasToDOM({ x: points[10][0], y: points[10][1] }) };
  }),
  dashes: () => Object.fromEntries(current.lines.map((l) => [l.key, l.dash])),
  state: () => toFragment(state),
});
