// What may be filtered, each filter as a part of the left side.
const flip = (name, value) => show({ [name]: state[name].includes(value) ? state[name].filter((v) => v !== value) : [...state[name], value] });
const tick = (name, value, words, count) => el('label', { class: 'tick' }, el('input', { type: 'checkbox', checked: state[name].includes(value), onchange: () => flip(name, value), 'data-filter': `${name}:${value}` }), el('span', {}, words, el('span', { class: 'quiet' }, ` ${whole(count)}`)));

function rolesFilter() {
  const count = (of, role) => P.id.reduce((n, _, i) => n + ((of(i) || '') === role), 0);
  const others = [...new Set(P.id.map((_, i) => suggestion(i)))].filter((r) => !ROLES.includes(r)).sort();
  return [['recorded', 'Recorded role', recorded, recordedWords, RECORDED_ROLES], ['suggested', 'Suggested role', suggestion, (r) => r || 'no suggestion', [...ROLES, ...others]]].map(([name, title, of, words, roles]) =>
    el('fieldset', {}, el('legend', {}, `${title}: show only`), roles.map((r) => tick(name, r || 'none', words(r), count(of, r)))));
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

// Grades of the events behind a tie; several ticks mean any of them.
function gradesFilter() {
  const count = new Map();
  for (let t = 0; t < TIES; t += 1) for (const g of new Set(gradesOfTie(t))) count.set(g, (count.get(g) || 0) + 1);
  const words = (g) => ({ crime: 'a recorded crime (has no grade)', none: 'a report without a grade', unnamed: 'no event that may be named' })[g] || gradeShort(GRADES.find((x) => x.join(' ') === g));
  const order = [...GRADES.map((g) => g.join(' ')), 'none', 'crime', 'unnamed'].filter((g) => count.has(g));
  return [el('p', { class: 'quiet' }, 'Show only ties with at least one event of these. A tie keeps its whole strength.'),
    el('fieldset', {}, el('legend', {}, 'Tie rests on'), order.map((g) => tick('grades', g, words(g), count.get(g))))];
}

function changeFilter() {
  const count = { new: 0, kept: 0, gone: 0 };
  for (const c of T.change) count[c] += 1;
  return el('fieldset', {}, el('legend', {}, `Against ${periodWords(COMPARED)}: show only ties that are`),
    [['new', 'new (+)'], ['kept', 'kept (no sign)'], ['gone', 'gone (×)']].map(([c, words]) => tick('change', c, words, count[c])));
}

let playing = 0;
function stopPlaying() { clearInterval(playing); playing = 0; }
// Months from the first to the last day; years where there are more months than anybody steps through.
const MOST_MONTHS = 240;
const BY_YEAR = FIRST_DAY !== null && 12 * (Number(LAST_DAY.slice(0, 4)) - Number(FIRST_DAY.slice(0, 4))) > MOST_MONTHS;
const EACH = BY_YEAR ? 'year' : 'month';
function monthsOf(first, last) {
  const found = [], [y0, m0] = first.split('-').map(Number);
  for (let y = y0, m = BY_YEAR ? 1 : m0; ;) {
    const from = `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-01`;
    if (from > last) return found;
    const until = BY_YEAR ? `${from.slice(0, 4)}-12-31` : new Date(Date.UTC(y, m, 0)).toISOString().slice(0, 10);
    found.push({ from, until, name: BY_YEAR ? String(y) : new Date(Date.UTC(y, m - 1, 1)).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }) });
    if (BY_YEAR || m === 12) { y += 1; m = 1; } else m += 1;
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
  const words = el('output', { for: 'month' }, at ? months[at - 1].name : state.from || state.until ? 'dates below' : `all ${EACH}s`);
  const toMonth = (k) => show(k ? { from: months[k - 1].from, until: months[k - 1].until } : { from: '', until: '' });
  return [
    months.length > 1 && [
      el('label', { class: 'field', for: 'month' }, BY_YEAR ? 'Year: ' : 'Month: ', words),
      el('input', { type: 'range', id: 'month', min: 0, max: months.length, step: 1, value: at,
        oninput: (e) => { const k = Number(e.target.value); words.textContent = k ? months[k - 1].name : `all ${EACH}s`; }, onchange: (e) => { stopPlaying(); toMonth(Number(e.target.value)); } }),
      button(playing ? 'Stop' : `Play ${EACH} by ${EACH}`, () => {
        if (playing) { stopPlaying(); controls(); return; }
        let k = at >= months.length ? 0 : at;
        playing = setInterval(() => { k += 1; if (k > months.length) { stopPlaying(); controls(); } else toMonth(k); }, 900);
        k += 1; toMonth(k); controls();
      }, { id: 'play' })],
    el('p', { class: 'quiet' }, `Ties are dated ${day(FIRST_DAY)} to ${day(LAST_DAY)}. Undated ties stay.`), box('from', 'Active on or after'), box('until', 'Active on or before')];
}
