// The order of things: read the address, draw, and draw again whenever the state changes.
document.title = META.title;
byId('data-line').textContent = META.data_line.join(' · ');
fill(byId('left-out-text'),
  META.left_out.length ? el('table', {}, el('tr', {}, el('th', {}, 'Left out'), el('th', {}, 'Why'), el('th', { class: 'number' }, 'Rows')), META.left_out.map(([what, why, n]) => el('tr', {}, el('td', {}, spaced(what)), el('td', {}, why), el('td', { class: 'number' }, whole(n))))) : el('p', {}, 'No row was left out.'),
  META.notes.map((n) => el('p', {}, n)));

const samePicture = (a, b) => a && ['view', 'of', 'to', 'steps'].every((n) => a[n] === b[n]);

redraw = (before) => {
  const kept = samePicture(before, state);
  const only = kept && LISTS.every((n) => String(before[n]) === String(state[n]))
    && ['min', 'events', 'places'].every((n) => before[n] === state[n]) && before.from === state.from && before.until === state.until && before.pin === state.pin;
  if (!only) {
    if (!kept) listed = 60;
    present(scene());
  }
  byId('finding').textContent = [current.title, ...current.notes.map((n) => n[0].toUpperCase() + n.slice(1))].join('. ');
  byId('picture').hidden = state.tab !== 'picture';
  byId('table').hidden = state.tab !== 'table';
  byId('zoom').hidden = state.tab !== 'picture';
  const moved = timeline();
  bar();
  // The picture is fitted when everything around it has its size.
  if (state.tab === 'table') table(); else if (!kept || moved || (before && (state.more.length !== before.more.length || state.events !== before.events || state.places !== before.places))) fitPicture(); else network.redraw();
  controls();
  if (!before || before.sel !== state.sel || !only) panel();
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
  shown: () => current.marks.map((m) => ({ key: m.key, type: m.type, label: m.label })),
  where: (k) => { const m = current.at.get(k); if (!m) return null; const spot = network.canvasToDOM({ x: m.x, y: m.y }), box = holder.getBoundingClientRect(); return { x: spot.x + box.left, y: spot.y + box.top }; },
  labels: () => { const s = network.getScale(); return labels.map((l) => ({ label: l.label, x: l.x * s, y: l.y * s, w: l.w, h: LABEL })); },
  lines: () => current.lines.length,
  state: () => toFragment(state),
});
