// Why: the role, the tie with its events, the event with its grade. Facts apart from assessments.
function roleBlock(i) {
  const row = homeRole[i];
  if (notSuspect(i)) return besideBlock(i);
  if (groupless(i)) return el('p', { class: 'quiet' }, 'Member of no group on the analysis date, so no role is recorded or suggested. ', row && row[7] ? row[7] : '');
  const many = rolesOf[i].length > 1;
  return rolesOf[i].map((r) => [
    many && el('h3', {}, 'In ', r[1] === null ? 'no group' : named(boxName(r[1]))),
    el('div', { class: 'role ours' }, el('span', { class: 'what' }, 'Suggested from the network: assessment, not a fact'),
      el('strong', {}, suggestedBy(r) ? `suggested ${r[3]}${stabilityWords(r) ? ` (${stabilityWords(r)})` : ''}` : `no role suggested${r[3] ? `: ${r[3]}` : ''}`)),
    el('div', { class: 'role theirs' }, el('span', { class: 'what' }, 'Recorded role: set by a person'), el('strong', {}, recordedWords(r[2]))),
    r[7] && [el('h3', {}, 'Why this suggestion'), el('p', {}, r[7])],
  ]);
}

// Whom the crimes do not suspect gets no suggestion, whatever the position; what a person recorded stays.
function besideBlock(i) {
  const theirs = rolesOf[i].filter((r) => r[1] !== null);
  return [el('div', { class: 'role beside' }, el('strong', {}, `${{ victim: 'A victim', witness: 'A witness', other: 'Linked otherwise' }[notSuspect(i)]} in the crimes that count here, not a suspect`), el('span', { class: 'what' }, 'No role is suggested from position.')),
    theirs.map((r) => el('div', { class: 'role theirs' }, el('span', { class: 'what' }, 'Recorded role in ', named(boxName(r[1])), ': set by a person'), el('strong', {}, recordedWords(r[2]))))];
}
// As what somebody stands in a crime where it is not as a suspect.
const asWhat = (e, people) => people.filter((i) => linkedAs.has(`${i} ${e}`)).map((i) => [' · ', named(nameOf(i)), ` as ${linkedAs.get(`${i} ${e}`)}`]);

function tieFacts(t) {
  const events = (T.events[t] || '').split('|').filter(Boolean), held = T.events_withheld[t] || 0, was = change(t);
  return facts([
    ['Since before', !was ? null : was === 'new' ? `new: no tie from ${periodWords(COMPARED)}` : was === 'gone' ? `gone: only from ${periodWords(COMPARED)}; what follows is of then` : `kept: strength was ${T.weight_before[t]}`],
    ['Strength', `${T.weight[t]}${STRONGEST ? ` (strongest here: ${STRONGEST})` : ''}`],
    ['From', kindsOf[t].map(spaced).join(', ')],
    ['Dated', T.first_on[t] ? (T.first_on[t] === T.last_on[t] ? day(T.first_on[t]) : `${day(T.first_on[t])} to ${day(T.last_on[t])}`) : 'not dated'],
    ['Events', events.length && !eventsOfTie[t].length ? events.map((label) => (tieThing(label) || BETWEEN.test(label) ? labelWords(label) : label)).join(', ') : null],
    ['Withheld', held ? `${counted(held, 'event')} counted but not named because of a handling code` : null],
    ['Drawn', isRecorded[t] ? 'solid: confirmed by a recorded crime' : onlyBeside(t) ? 'dash and dot: in every crime of this tie one of the two is a victim, witness or other, not a suspect' : 'dashed: unconfirmed, reports or contacts only'],
  ]);
}
const periodWords = (p) => `${day(p[0])} to ${day(p[1])}`;
// Events with date, what, and grade; contacts that no report records have no more than their kind.
function eventList(list, t) {
  const most = 100, events = list.slice().sort((a, b) => (E.on[b] || '').localeCompare(E.on[a] || '') || a - b);
  const bare = t === undefined ? [] : (T.events[t] || '').split('|').filter((label) => label && eventNamed(label) === undefined);
  return [
    el('ul', { class: 'list events' }, events.slice(0, most).map((e) => el('li', {},
      choice([E.kind[e] === 'crime' ? 'Crime ' : 'Report ', named(E.id[e]), ` · ${day(E.on[e])}`], [named(E.title[e] || 'no title'), E.kind[e] === 'report' ? [' · ', gradeWords(e), E.origin[e] ? ` · by ${spaced(E.origin[e])}` : ''] : [asWhat(e, t === undefined ? [] : [T.a[t], T.b[t]]), placeWords(e) ? [' · ', named(placeWords(e))] : '']], () => show({ sel: key.event(e) })))),
      bare.map((label) => el('li', { class: 'quiet' }, named(labelWords(label))))),
    events.length > most && el('p', { class: 'quiet' }, `${whole(events.length - most)} earlier ones are in the CSV.`),
  ];
}
// The events that made the tie in the earlier period, where there was one and is one.
function was(t) {
  const before = COMPARED && change(t) === 'kept' ? eventsIn(T.events_before[t]) : [];
  return before.length > 0 && [el('h3', {}, `Events of ${periodWords(COMPARED)} (${before.length})`), eventList(before)];
}
const tieShort = (t) => `${{ new: 'new · ', gone: 'gone · ' }[change(t)] || ''}strength ${T.weight[t]} · ${kindsOf[t].map(spaced).join(', ')} · ${day(T.last_on[t])}`;

function measures(i) {
  const known = Object.keys(P).filter((n) => n.endsWith('_percentile')).map((n) => n.replace('_percentile', ''));
  return known.length > 0 && el('details', {}, el('summary', {}, 'Measures and ranks within this data'),
    el('table', {}, el('tr', {}, el('th', {}, 'Measure'), el('th', { class: 'number' }, 'Value'), el('th', { class: 'number' }, 'Not higher')),
      known.map((n) => el('tr', {}, el('td', {}, n), el('td', { class: 'number' }, P[n][i] === null ? '–' : P[n][i]), el('td', { class: 'number' }, P[`${n}_percentile`][i] === null ? '–' : percent(P[`${n}_percentile`][i]))))));
}

function tiePanel(t) {
  return [
    el('h2', {}, 'Tie between ', named(nameOf(T.a[t])), ' and ', named(nameOf(T.b[t]))),
    tieFacts(t),
    eventsOfTie[t].length > 0 && [el('h3', {}, `Events that made this tie (${(T.events[t] || '').split('|').length})`), eventList(eventsOfTie[t], t)],
    was(t),
    el('p', { class: 'quiet' }, 'A tie says that records name both people, not what they were to each other.'),
    el('h3', {}, 'Both ends'), peopleList([T.a[t], T.b[t]]),
  ];
}

