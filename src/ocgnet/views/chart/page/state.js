// What is being looked at, as one small value. The address of the page keeps it, so a view can be sent as a
// link and every step can be undone.
const OPENING = COUNT > META.open_all_up_to && B.length > 1 ? 'overview' : 'all';
const blank = () => ({
  view: OPENING, of: '', to: '', steps: 1, sel: '', tab: 'picture', events: '', places: '', things: '', time: '',
  recorded: [], suggested: [], kinds: [], grades: [], change: [], min: 0, from: '', until: '', hide: [], more: [], pin: {},
});
const LISTS = ['recorded', 'suggested', 'kinds', 'grades', 'change', 'hide', 'more'];
let state = blank();
let past = [], future = [];
let redraw = () => {};

// Lists are kept as repeated parameters: an identifier may hold any character.
function toFragment(s) {
  const q = new URLSearchParams(), plain = blank();
  for (const [name, value] of Object.entries(s)) {
    if (Array.isArray(value)) value.forEach((v) => q.append(name, v));
    else if (name === 'pin') Object.entries(value).forEach(([k, [x, y]]) => q.append('pin', `${Math.round(x)},${Math.round(y)},${k}`));
    else if (value !== plain[name] || (name === 'view' && META.opening)) q.set(name, value);
  }
  return q.toString();
}

function fromFragment(text) {
  const q = new URLSearchParams(text), s = blank();
  const isIso = (v) => (/^\d{4}-\d\d-\d\d$/.test(v) ? v : '');
  const pick = (name, allowed) => { if (allowed.includes(q.get(name))) s[name] = q.get(name); };
  pick('view', ['overview', 'all', 'box', 'ego', 'path', 'child']);
  pick('tab', ['picture', 'table']); pick('events', ['on', 'off']); pick('places', ['on']); pick('things', ['on']); pick('time', ['off']);
  s.of = q.get('of') || ''; s.to = q.get('to') || ''; s.sel = q.get('sel') || '';
  s.steps = q.get('steps') === '2' ? 2 : 1;
  const least = Number(q.get('min'));
  s.min = Number.isFinite(least) ? Math.max(0, least) : 0;
  s.from = isIso(q.get('from') || ''); s.until = isIso(q.get('until') || '');
  for (const name of LISTS) s[name] = q.getAll(name);
  for (const pin of q.getAll('pin')) {
    const found = /^(-?\d{1,7}),(-?\d{1,7}),([\s\S]+)$/.exec(pin);
    if (found) s.pin[found[3]] = [Number(found[1]), Number(found[2])];
  }
  const needs = { box: 'box', ego: 'person', path: 'person', child: 'child' }[s.view];
  const ok = !needs || (thing(s.of) || {}).type === needs;
  if (!ok || (s.view === 'path' && (thing(s.to) || {}).type !== 'person')) { s.view = OPENING; s.of = ''; s.to = ''; }
  if (!thing(s.sel)) s.sel = '';
  return s;
}

let shownFragment = null;
function show(change, options) {
  const next = { ...state, ...change };
  if (toFragment(next) === toFragment(state)) return;
  if (!(options && options.quiet)) { past.push(state); future = []; if (past.length > 200) past.shift(); }
  settle(next);
}
function settle(next) {
  const before = state;
  state = next;
  shownFragment = toFragment(state);
  // Replacing avoids a browser history of hundreds of clicks; undo is a button of the page.
  history.replaceState(null, '', shownFragment ? `#${shownFragment}` : location.pathname + location.search);
  redraw(before);
}
function undo() { if (past.length) { future.push(state); settle(past.pop()); say('Undone'); } }
function redo() { if (future.length) { past.push(state); settle(future.pop()); say('Done again'); } }

const openBox = (b) => show({ view: 'box', of: key.box(b), to: '', sel: key.box(b), more: [], pin: {} });
const openPerson = (i, steps) => show({ view: 'ego', of: key.person(i), to: '', steps: steps || 1, sel: key.person(i), more: [], pin: {} });
const openChild = (c) => show({ view: 'child', of: key.child(c), to: '', sel: key.child(c), more: [], pin: {} });
const openPath = (i, j) => show({ view: 'path', of: key.person(i), to: key.person(j), sel: '', more: [], pin: {} });
const openWhole = (view) => show({ view, of: '', to: '', sel: '', more: [], pin: {} });

// Filters, in one place: the picture, the table, the counts and every export use these two.
function passesPerson(i) {
  if (state.hide.length && state.hide.includes(P.id[i])) return false;
  if (state.recorded.length && !state.recorded.includes(recorded(i) || 'none')) return false;
  return !state.suggested.length || state.suggested.includes(suggestion(i) || 'none');
}
function passesTie(t) {
  if ((T.weight[t] || 0) < state.min) return false;
  if (state.kinds.length && !kindsOf[t].some((k) => state.kinds.includes(k))) return false;
  if (state.change.length && !state.change.includes(change(t))) return false;
  if (state.grades.length && !gradesOfTie(t).some((g) => state.grades.includes(g))) return false;
  // An undated tie is kept: nothing says it lies outside the dates.
  if (state.from && T.last_on[t] && T.last_on[t] < state.from) return false;
  return !(state.until && T.first_on[t] && T.first_on[t] > state.until);
}
const isFiltered = () => state.recorded.length || state.suggested.length || state.kinds.length || state.grades.length || state.change.length || state.min > 0 || state.from || state.until || state.hide.length;
