// The order of things: read the address, draw, and draw again whenever the state changes.
document.title = META.title;
byId('data-line').textContent = META.data_line.join(' · ');
fill(byId('left-out-text'),
  META.left_out.length ? el('table', {}, el('tr', {}, el('th', {}, 'Left out'), el('th', {}, 'Why'), el('th', { class: 'number' }, 'Rows')), META.left_out.map(([what, why, n]) => el('tr', {}, el('td', {}, spaced(what)), el('td', {}, why), el('td', { class: 'number' }, whole(n))))) : el('p', {}, 'No row was left out.'),
  META.notes.map((n) => el('p', {}, n)));

const samePicture = (a, b) => a && ['view', 'of', 'to', 'steps'].every((n) => a[n] === b[n]);

redraw = (before) => {
  const kept = samePicture(before, state);
  const only = kept && ['recorded', 'suggested', 'kinds', 'hide', 'more'].every((n) => String(before[n]) === String(state[n]))
    && before.min === state.min && before.from === state.from && before.until === state.until && before.pin === state.pin;
  if (!only) {
    if (!kept) listed = 60;
    present(scene(), !kept || state.more.length !== before.more.length);
  } else network.redraw();
  byId('finding').textContent = [current.title, ...current.notes].join('. ');
  const wasTable = before && before.tab !== state.tab;
  byId('picture').hidden = state.tab !== 'picture';
  byId('table').hidden = state.tab !== 'table';
  if (state.tab === 'table') table(); else if (wasTable) { network.redraw(); }
  bar();
  controls();
  if (!before || before.sel !== state.sel || !only) panel();
  if (before && before.sel !== state.sel && state.sel) say(inWords(state.sel));
};

makeStage();
state = fromFragment(location.hash.slice(1));
shownFragment = location.hash.slice(1);
redraw(null);
addEventListener('hashchange', () => { if (location.hash.slice(1) !== shownFragment) { past.push(state); future = []; settle(fromFragment(location.hash.slice(1))); } });
addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key === 'z' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); undo(); }
  if (e.key === '/' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); byId('search').focus(); }
});
let widthBefore = holder.clientWidth;
new ResizeObserver(() => { if (holder.clientWidth !== widthBefore && holder.clientWidth) { widthBefore = holder.clientWidth; fitPicture(); } }).observe(holder);
document.body.dataset.ready = 'yes';

// For tests and scripts: what the picture says, without reading pixels.
window.ocgnetChart = Object.freeze({
  shown: () => current.marks.map((m) => ({ key: m.key, type: m.type, label: m.label })),
  where: (k) => { const m = current.at.get(k); if (!m) return null; const spot = network.canvasToDOM({ x: m.x, y: m.y }), box = holder.getBoundingClientRect(); return { x: spot.x + box.left, y: spot.y + box.top }; },
  labels: () => { const s = network.getScale(); return labels.map((l) => ({ label: l.label, x: l.x * s, y: l.y * s, w: l.w, h: LABEL })); },
  lines: () => current.lines.length,
  state: () => toFragment(state),
});
