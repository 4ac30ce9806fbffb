// The left side and the bar: search, filters, what is shown as a list; the table that replaces the picture.
let pathFrom = null, found = [], listed = 60;

const searchable = [
  ...P.id.map((id, i) => ({ k: key.person(i), words: `${nameOf(i)} ${id}`.toLowerCase(), main: nameOf(i), small: () => `${id} · ${roleShort(i)}` })),
  ...B.map((b, i) => ({ k: key.box(i), words: `${boxName(i)} ${b.id.slice(b.id.indexOf(':') + 1)}`.toLowerCase(), main: boxName(i), small: () => counted(b.people.length, 'person', 'people') })),
  ...K.id.map((id, c) => ({ k: key.child(c), words: `${childName(c)} ${id}`.toLowerCase(), main: childName(c), small: () => `${id} · child` })),
  ...H.id.map((id, h) => ({ k: key.thing(h), words: `${thingName(h)} ${H.identifier[h]} ${id}`.toLowerCase(), main: thingName(h), small: () => `${spaced(H.kind[h])} · ${usersWords(h)}` })),
];

function search(words) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.length) return [];
  const whole_ = parts.join(' ');
  const hits = searchable.filter((s) => parts.every((p) => s.words.includes(p)) && (pathFrom === null || (s.k[0] === 'p' && s.k !== key.person(pathFrom))));
  const begins = (s) => (s.words.startsWith(whole_) ? 0 : 1);
  return hits.sort((a, b) => begins(a) - begins(b) || (a.words < b.words ? -1 : a.words > b.words ? 1 : 0));
}

function pickFound(k) {
  const what = thing(k);
  byId('search').value = '';
  suggest();
  if (pathFrom !== null) { const from = pathFrom; pathFrom = null; openPath(from, what.i); } else if (what.type === 'box') openBox(what.i);
  else if (what.type === 'child') openChild(what.i); else if (what.type === 'thing') openThing(what.i);
  else if (current.at.has(k)) { show({ sel: k, tab: 'picture' }); bring(k); } else openPerson(what.i);
  byId('panel').focus({ preventScroll: true });
}
function bring(k) { const m = current.at.get(k); if (m) { network.moveTo({ position: { x: m.x, y: m.y }, scale: Math.max(network.getScale(), 1), animation: false }); } }

function suggest() {
  const words = byId('search').value;
  found = search(words);
  const most = 12;
  fill(byId('found'), found.slice(0, most).map((s) => el('li', {}, choice(named(s.main), s.small(), () => pickFound(s.k)))),
    found.length > most && el('li', { class: 'quiet' }, `${whole(found.length - most)} more; type more letters`),
    words.trim() && !found.length && el('li', { class: 'quiet' }, `Nobody and no group matches “${words.trim()}”.`));
  if (words.trim()) say(found.length ? `${counted(found.length, 'match', 'matches')}` : 'No match');
}

function walk(list, e) {
  const items = [...list.querySelectorAll('button')], at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  if (to < 0) byId('search').focus(); else if (items[to]) { if (items[at]) items[at].tabIndex = -1; items[to].tabIndex = 0; items[to].focus(); }
}

const openParts = new Set(['list']);
function part(id, title, on, content) {
  // What is closed is built when it is opened: counts over thousands of ties take time.
  const node = el('details', { 'data-part': id }, el('summary', {}, title, on ? ` (${on} set)` : ''), openParts.has(id) && content());
  node.open = openParts.has(id);
  node.addEventListener('toggle', () => {
    if (node.open === openParts.has(id)) return;
    if (node.open) { openParts.add(id); add(node, [content()]); if (id === 'list') listShown(); } else { openParts.delete(id); while (node.childNodes.length > 1) node.lastChild.remove(); }
  });
  return node;
}

function controls() {
  const side = byId('side'), top = side.scrollTop, typed = byId('search') ? byId('search').value : '';
  const was = document.activeElement, mark = was && side.contains(was) ? was.id || was.dataset.filter : '';
  fill(side,
    el('label', { class: 'field', for: 'search' }, pathFrom === null ? `Find a person${K.id.length || H.id.length ? ', group' : ' or group'}${K.id.length && H.id.length ? ', child or thing' : K.id.length ? ' or child' : H.id.length ? ' or thing' : ''}` : ['Path from ', named(nameOf(pathFrom)), ' to']),
    el('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false', 'aria-controls': 'found', value: typed, oninput: suggest }),
    el('ul', { id: 'found', class: 'suggest', 'aria-label': 'Suggestions' }),
    pathFrom !== null && button('Give up the path', () => { pathFrom = null; controls(); }),
    el('label', { class: 'field', for: 'group' }, 'Group'),
    el('select', { id: 'group', onchange: (e) => (e.target.value === '' ? openWhole(OPENING) : openBox(Number(e.target.value))) },
      el('option', { value: '' }, 'all'), B.map((b, i) => b.people.length > 0 && el('option', { value: i }, fit(boxName(i), 300, { size: 14 }), ` (${b.people.length})`))),
    HAS_ROLES && part('roles', 'Filter by role', state.recorded.length + state.suggested.length, rolesFilter),
    TIES > 0 && part('ties', 'Filter by tie', state.kinds.length + (state.min > 0), tiesFilter),
    GRADES.length > 0 && part('grades', 'Filter by grade', state.grades.length, gradesFilter),
    COMPARED && part('change', 'New, kept or gone', state.change.length, changeFilter),
    FIRST_DAY && part('dates', 'Filter by date', Boolean(state.from) + Boolean(state.until), datesFilter),
    isFiltered() ? el('div', { class: 'row' }, button('Clear filters', () => show({ recorded: [], suggested: [], kinds: [], grades: [], change: [], min: 0, from: '', until: '', hide: [] }), { id: 'clear' })) : null,
    part('list', 'Shown here, as a list', 0, shownList));
  const here = thing(state.of);
  byId('group').value = state.view === 'box' && here ? String(here.i) : '';
  byId('search').addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && found.length) pickFound(found[0].k);
    if (e.key === 'ArrowDown') { const first = byId('found').querySelector('button'); if (first) { e.preventDefault(); first.focus(); } }
    if (e.key === 'Escape') { e.target.value = ''; suggest(); }
  });
  byId('found').addEventListener('keydown', (e) => walk(byId('found'), e));
  if (typed) suggest();
  listShown();
  side.scrollTop = top;
  const again = mark && (byId(mark) || [...side.querySelectorAll('[data-filter]')].find((n) => n.dataset.filter === mark));
  if (again) again.focus({ preventScroll: true });
}

function shownList() {
  const list = el('ul', { class: 'list', id: 'shown' });
  list.addEventListener('keydown', (e) => walk(list, e));
  return list;
}
function listShown() {
  if (!byId('shown')) return;
  const marks = current.marks.slice().sort((a, b) => b.priority - a.priority || (a.i > b.i ? 1 : -1));
  fill(byId('shown'), marks.slice(0, listed).map((m, n) => el('li', {}, choice(named(m.type === 'box' ? boxName(m.i) : m.label), ({ person: () => roleShort(m.i), box: () => counted(B[m.i].people.length, 'person', 'people'), child: () => 'child', event: () => `${E.kind[m.i]} · ${E.title[m.i]}`, place: () => 'place', thing: () => `${spaced(H.kind[m.i])} · ${usersWords(m.i)}` })[m.type](), () => choose(m.key), { 'aria-current': m.key === state.sel ? 'true' : null, tabindex: n ? -1 : 0 }))),
    marks.length > listed && el('li', {}, button(`Show ${whole(Math.min(200, marks.length - listed))} more`, () => { listed += 200; listShown(); })));
}

function bar() {
  const menu = el('details', { class: 'menu' }, el('summary', { class: 'button' }, 'Export'), el('div', {}, EXPORTS.map(([words, small, run]) => choice(words, small, () => { menu.open = false; run(); }))));
  menu.addEventListener('keydown', (e) => { if (e.key === 'Escape') { menu.open = false; menu.querySelector('summary').focus(); } });
  const was = document.activeElement, at = byId('bar').contains(was) || byId('zoom').contains(was) ? was.id : '';
  fill(byId('bar'),
    B.length > 1 && button('Overview', () => openWhole('overview'), { 'aria-pressed': String(state.view === 'overview'), id: 'view-overview' }),
    button('Everyone', () => openWhole('all'), { 'aria-pressed': String(state.view === 'all'), id: 'view-all' }),
    current.eventCount > 0 && button('Events', () => show({ events: current.eventsOn ? 'off' : 'on' }), { 'aria-pressed': String(Boolean(current.eventsOn)), id: 'events' }),
    current.eventsOn && DISTRICTS.size > (DISTRICTS.has('') ? 1 : 0) && button('Places', () => show({ places: state.places ? '' : 'on' }), { 'aria-pressed': String(state.places === 'on'), id: 'places' }),
    current.thingCount > 0 && button('Things', () => show({ things: state.things ? '' : 'on' }), { 'aria-pressed': String(state.things === 'on'), id: 'things' }),
    button('Undo', undo, { disabled: !past.length, id: 'undo' }), button('Redo', redo, { disabled: !future.length, id: 'redo' }),
    el('span', { class: 'gap' }),
    E.id.length > 0 && FIRST_DAY && button('Timeline', () => show({ time: state.time ? '' : 'off' }, { quiet: true }), { 'aria-pressed': String(state.time !== 'off'), id: 'time' }),
    button('Table', () => show({ tab: state.tab === 'table' ? 'picture' : 'table' }, { quiet: true }), { 'aria-pressed': String(state.tab === 'table'), id: 'tab-table' }), menu);
  fill(byId('zoom'),
    button('−', () => zoomBy(0.8), { 'aria-label': 'Zoom out', id: 'out' }), button('+', () => zoomBy(1.25), { 'aria-label': 'Zoom in', id: 'in' }), button('Fit', fitPicture, { id: 'fit' }));
  if (at && byId(at)) byId(at).focus();
}
