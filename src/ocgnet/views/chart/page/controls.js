// The left side and the bar: search, filters, what is shown as a list; the table that replaces the picture.
let pathFrom = null, found = [], listed = 60;

const searchable = [
  ...P.id.map((id, i) => ({ k: key.person(i), words: `${nameOf(i)} ${id}`.toLowerCase(), main: nameOf(i), small: () => `${id} · ${roleShort(i)}` })),
  ...B.map((b, i) => ({ k: key.box(i), words: `${boxName(i)} ${b.id.slice(b.id.indexOf(':') + 1)}`.toLowerCase(), main: boxName(i), small: () => counted(b.people.length, 'person', 'people') })),
  ...K.id.map((id, c) => ({ k: key.child(c), words: `${childName(c)} ${id}`.toLowerCase(), main: childName(c), small: () => `${id} · child` })),
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
  else if (what.type === 'child') openChild(what.i);
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

const flip = (name, value) => show({ [name]: state[name].includes(value) ? state[name].filter((v) => v !== value) : [...state[name], value] });
const tick = (name, value, words, count) => el('label', { class: 'tick' }, el('input', { type: 'checkbox', checked: state[name].includes(value), onchange: () => flip(name, value), 'data-filter': `${name}:${value}` }), el('span', {}, words, el('span', { class: 'quiet' }, ` ${whole(count)}`)));

function rolesFilter() {
  const count = (of, role) => P.id.reduce((n, _, i) => n + ((of(i) || '') === role), 0);
  return [['recorded', 'Recorded role', recorded, recordedWords], ['suggested', 'Suggested role', suggested, (r) => r || 'no suggestion']].map(([name, title, of, words]) =>
    el('fieldset', {}, el('legend', {}, `${title}: show only`), RECORDED_ROLES.map((r) => tick(name, r || 'none', words(r), count(of, r)))));
}

// The slider runs over ranks of strength, so that each step hides about as many ties as the one before.
const weightAt = (step) => (step ? SORTED_WEIGHTS[Math.min(TIES - 1, Math.floor((step / 40) * TIES))] : 0);
const stepOf = (min) => { let s = 0; while (s < 40 && weightAt(s) < min) s += 1; return s; };

function tiesFilter() {
  const kindCount = (k) => kindsOf.reduce((n, ks) => n + ks.includes(k), 0);
  const words = el('output', { for: 'strength' }, state.min ? `at least ${state.min}` : 'any');
  return [
    KINDS.length > 1 && el('fieldset', {}, el('legend', {}, 'Kind of tie: show only'), KINDS.map((k) => tick('kinds', k, spaced(k), kindCount(k)))),
    el('label', { class: 'field', for: 'strength' }, 'Strength: ', words),
    el('input', { type: 'range', id: 'strength', min: 0, max: 40, step: 1, value: stepOf(state.min),
      oninput: (e) => { words.textContent = Number(e.target.value) ? `at least ${weightAt(Number(e.target.value))}` : 'any'; },
      onchange: (e) => show({ min: weightAt(Number(e.target.value)) }) }),
  ];
}

let playing = 0;
function stopPlaying() { clearInterval(playing); playing = 0; }
function monthsOf(first, last) {
  const found = [];
  for (let [y, m] = first.split('-').map(Number); ;) {
    const from = `${y}-${String(m).padStart(2, '0')}-01`;
    if (from > last || found.length > 240) return found;
    const until = new Date(Date.UTC(y, m, 0)).toISOString().slice(0, 10);
    found.push({ from, until, name: new Date(Date.UTC(y, m - 1, 1)).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }) });
    if (m === 12) { y += 1; m = 1; } else m += 1;
  }
}

// Dates are typed as dd/mm/yyyy: the browser's own date box follows the locale of the machine.
function isoOf(words) {
  const p = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s*$/.exec(words);
  return p ? `${p[3]}-${p[2].padStart(2, '0')}-${p[1].padStart(2, '0')}` : '';
}
function datesFilter() {
  const box = (name, words) => [el('label', { class: 'field', for: name }, words), el('input', { type: 'text', id: name, inputmode: 'numeric', placeholder: 'dd/mm/yyyy', value: state[name] ? day(state[name]) : '',
    onchange: (e) => { const iso = isoOf(e.target.value); if (iso || !e.target.value.trim()) show({ [name]: iso }); else { e.target.setAttribute('aria-invalid', 'true'); say('Write the date as day/month/year, such as 01/04/2018'); e.target.value = ''; } } })];
  const months = monthsOf(FIRST_DAY, LAST_DAY), at = months.findIndex((m) => m.from === state.from && m.until === state.until) + 1;
  const words = el('output', { for: 'month' }, at ? months[at - 1].name : state.from || state.until ? 'dates below' : 'all months');
  const toMonth = (k) => show(k ? { from: months[k - 1].from, until: months[k - 1].until } : { from: '', until: '' });
  return [
    months.length > 1 && [
      el('label', { class: 'field', for: 'month' }, 'Month: ', words),
      el('input', { type: 'range', id: 'month', min: 0, max: months.length, step: 1, value: at,
        oninput: (e) => { const k = Number(e.target.value); words.textContent = k ? months[k - 1].name : 'all months'; }, onchange: (e) => { stopPlaying(); toMonth(Number(e.target.value)); } }),
      button(playing ? 'Stop' : 'Play month by month', () => {
        if (playing) { stopPlaying(); controls(); return; }
        let k = at >= months.length ? 0 : at;
        playing = setInterval(() => { k += 1; if (k > months.length) { stopPlaying(); controls(); } else toMonth(k); }, 900);
        k += 1; toMonth(k); controls();
      }, { id: 'play' })],
    el('p', { class: 'quiet' }, `Ties are dated ${day(FIRST_DAY)} to ${day(LAST_DAY)}. Undated ties stay.`), box('from', 'Active on or after'), box('until', 'Active on or before')];
}

const openParts = new Set(['list']);
function part(id, title, on, content) {
  const node = el('details', { 'data-part': id }, el('summary', {}, title, on ? ` (${on} set)` : ''), content);
  node.open = openParts.has(id);
  node.addEventListener('toggle', () => { if (node.open) openParts.add(id); else openParts.delete(id); });
  return node;
}

function controls() {
  const side = byId('side'), top = side.scrollTop, typed = byId('search') ? byId('search').value : '';
  const was = document.activeElement, mark = was && side.contains(was) ? was.id || was.dataset.filter : '';
  fill(side,
    el('label', { class: 'field', for: 'search' }, pathFrom === null ? K.id.length ? 'Find a person, group or child' : 'Find a person or group' : ['Path from ', named(nameOf(pathFrom)), ' to']),
    el('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false', 'aria-controls': 'found', value: typed, oninput: suggest }),
    el('ul', { id: 'found', class: 'suggest', 'aria-label': 'Suggestions' }),
    pathFrom !== null && button('Give up the path', () => { pathFrom = null; controls(); }),
    el('label', { class: 'field', for: 'group' }, 'Group'),
    el('select', { id: 'group', onchange: (e) => (e.target.value === '' ? openWhole(OPENING) : openBox(Number(e.target.value))) },
      el('option', { value: '' }, 'all'), B.map((b, i) => b.people.length > 0 && el('option', { value: i }, fit(boxName(i), 300, { size: 14 }), ` (${b.people.length})`))),
    HAS_ROLES && part('roles', 'Filter by role', state.recorded.length + state.suggested.length, rolesFilter()),
    TIES > 0 && part('ties', 'Filter by tie', state.kinds.length + (state.min > 0), tiesFilter()),
    FIRST_DAY && part('dates', 'Filter by date', Boolean(state.from) + Boolean(state.until), datesFilter()),
    isFiltered() ? el('div', { class: 'row' }, button('Clear filters', () => show({ recorded: [], suggested: [], kinds: [], min: 0, from: '', until: '', hide: [] }), { id: 'clear' })) : null,
    part('list', 'Shown here, as a list', 0, el('ul', { class: 'list', id: 'shown' })));
  const here = thing(state.of);
  byId('group').value = state.view === 'box' && here ? String(here.i) : '';
  byId('search').addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && found.length) pickFound(found[0].k);
    if (e.key === 'ArrowDown') { const first = byId('found').querySelector('button'); if (first) { e.preventDefault(); first.focus(); } }
    if (e.key === 'Escape') { e.target.value = ''; suggest(); }
  });
  byId('found').addEventListener('keydown', (e) => walk(byId('found'), e));
  byId('shown').addEventListener('keydown', (e) => walk(byId('shown'), e));
  if (typed) suggest();
  listShown();
  side.scrollTop = top;
  const again = mark && (byId(mark) || [...side.querySelectorAll('[data-filter]')].find((n) => n.dataset.filter === mark));
  if (again) again.focus({ preventScroll: true });
}

function listShown() {
  const marks = current.marks.slice().sort((a, b) => b.priority - a.priority || a.i - b.i);
  fill(byId('shown'), marks.slice(0, listed).map((m, n) => el('li', {}, choice(named(m.type === 'box' ? boxName(m.i) : m.label), m.type === 'person' ? roleShort(m.i) : m.type === 'box' ? counted(B[m.i].people.length, 'person', 'people') : 'child', () => choose(m.key), { 'aria-current': m.key === state.sel ? 'true' : null, tabindex: n ? -1 : 0 }))),
    marks.length > listed && el('li', {}, button(`Show ${whole(Math.min(200, marks.length - listed))} more`, () => { listed += 200; listShown(); })));
}

function bar() {
  const tab = (value, words) => button(words, () => show({ tab: value }, { quiet: true }), { 'aria-pressed': String(state.tab === value), id: `tab-${value}` });
  const menu = el('details', { class: 'menu' }, el('summary', { class: 'button' }, 'Export'), el('div', {}, EXPORTS.map(([words, small, run]) => choice(words, small, () => { menu.open = false; run(); }))));
  menu.addEventListener('keydown', (e) => { if (e.key === 'Escape') { menu.open = false; menu.querySelector('summary').focus(); } });
  const was = document.activeElement, at = byId('bar').contains(was) ? was.id : '';
  fill(byId('bar'),
    B.length > 1 && button('Overview', () => openWhole('overview'), { 'aria-pressed': String(state.view === 'overview'), id: 'view-overview' }),
    button('Everyone', () => openWhole('all'), { 'aria-pressed': String(state.view === 'all'), id: 'view-all' }),
    button('Undo', undo, { disabled: !past.length, id: 'undo' }), button('Redo', redo, { disabled: !future.length, id: 'redo' }),
    el('span', { class: 'gap' }),
    tab('picture', 'Picture'), tab('table', 'Table'),
    button('−', () => zoomBy(0.8), { 'aria-label': 'Zoom out', id: 'out' }), button('+', () => zoomBy(1.25), { 'aria-label': 'Zoom in', id: 'in' }), button('Fit', fitPicture, { id: 'fit' }), menu);
  if (at && byId(at)) byId(at).focus();
}

// What is shown as two tables, for those who would rather read.
function table() {
  const people = current.marks.filter((m) => m.type === 'person'), boxes = current.marks.filter((m) => m.type === 'box'), kids = current.marks.filter((m) => m.type === 'child');
  const link = (k, words) => el('button', { type: 'button', class: 'link', onclick: () => choose(k) }, named(words));
  const nameAt = (k) => { const m = current.at.get(k); return m.type === 'box' ? boxName(m.i) : m.label; };
  const strongest = current.lines.slice().sort((a, b) => b.width - a.width || (a.key < b.key ? -1 : 1));
  const most = 500;
  fill(byId('table'),
    boxes.length > 0 && el('table', {}, el('caption', {}, `Groups shown (${boxes.length})`), el('tr', {}, ['Group', 'People', 'Tied to'].map((h) => el('th', {}, h))),
      boxes.map((m) => el('tr', {}, el('td', {}, link(m.key, boxName(m.i))), el('td', {}, whole(B[m.i].people.length)), el('td', {}, join(current.near.get(m.key).map(nameAt)))))),
    people.length > 0 && el('table', {}, el('caption', {}, `People shown (${people.length}${people.length > most ? `; the first ${most} here, all in the CSV` : ''})`),
      el('tr', {}, ['Person', 'Group', 'Suggested role (assessment)', 'Recorded role', 'Tied to, of those shown'].map((h) => el('th', {}, h))),
      people.slice().sort((a, b) => b.priority - a.priority || a.i - b.i).slice(0, most).map((m) => el('tr', {}, el('td', {}, link(m.key, m.label)), el('td', {}, named(boxName(P.box[m.i]))),
        el('td', {}, suggested(m.i) ? `suggested ${suggested(m.i)} (${stabilityWords(homeRole[m.i])})` : 'none'), el('td', {}, recordedWords(recorded(m.i))), el('td', {}, join(current.near.get(m.key).map(nameAt)))))),
    kids.length > 0 && el('table', {}, el('caption', {}, `Linked children shown (${kids.length})`), el('tr', {}, ['Child', 'Linked to'].map((h) => el('th', {}, h))),
      kids.map((m) => el('tr', {}, el('td', {}, link(m.key, m.label)), el('td', {}, join(current.near.get(m.key).map(nameAt)))))),
    el('table', {}, el('caption', {}, `Lines shown (${strongest.length}${strongest.length > most ? `; the strongest ${most} here, all in the CSV` : ''})`),
      el('tr', {}, ['Between', 'and', 'Strength', 'From', 'Dates'].map((h) => el('th', {}, h))),
      strongest.slice(0, most).map((l) => el('tr', {}, el('td', {}, named(nameAt(l.a))), el('td', {}, named(nameAt(l.b))), ...lineCells(l).map((c) => el('td', {}, c))))));
}
const join = (names) => names.map((n, k) => [k ? ', ' : '', named(n)]);
function lineCells(l) {
  if (l.type === 'tie') return [T.weight[l.i], kindsOf[l.i].map(spaced).join(', '), `${day(T.first_on[l.i])} to ${day(T.last_on[l.i])}`];
  if (l.ties) return [Math.round(l.ties.reduce((s, t) => s + (T.weight[t] || 0), 0) * 1000) / 1000, counted(l.ties.length, 'tie'), ''];
  return ['', l.type === 'family' ? 'link to a child' : 'membership', ''];
}
