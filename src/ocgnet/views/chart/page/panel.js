// The right side: who or what is selected, with the reasons.
const choose = (k) => {
  const what = thing(k);
  if (what && what.type === 'box') openBox(what.i); else show({ sel: k });
};
function openMark(k) {
  const what = thing(k);
  if (!what) return;
  if (what.type === 'person') openPerson(what.i); else if (what.type === 'box') openBox(what.i); else if (what.type === 'child') openChild(what.i); else if (what.type === 'thing') openThing(what.i);
}

// One sentence about a mark, for the screen reader and the list.
function inWords(k) {
  const what = thing(k);
  if (!what) return '';
  if (what.type === 'person') return `${nameOf(what.i)}, ${roleShort(what.i)}, ${counted(tiesNow(what.i).length, 'tie')}, ${boxName(P.box[what.i])}`;
  if (what.type === 'box') return `${boxName(what.i)}, ${counted(B[what.i].people.length, 'person', 'people')}`;
  if (what.type === 'child') return `${childName(what.i)}, a child linked to ${counted(adultsOf[what.i].length, 'adult')} here`;
  if (what.type === 'event') return `${E.kind[what.i]} ${E.id[what.i]}, ${E.title[what.i]}, ${day(E.on[what.i])}`;
  if (what.type === 'place') return `place ${what.i}`;
  if (what.type === 'thing') return `${spaced(H.kind[what.i])} ${thingName(what.i)}, ${usersWords(what.i)}`;
  if (what.type === 'link') return `ties between ${boxName(what.a)} and ${boxName(what.b)}`;
  return `tie between ${nameOf(T.a[what.i])} and ${nameOf(T.b[what.i])}`;
}
const roleShort = (i) => (childAt[i] !== null ? 'child, to be supported' : notSuspect(i) ? standsWords(i) : !HAS_ROLES ? counted(tiesNow(i).length, 'tie') : groupless(i) ? 'in no group, so no role' : `${suggestedWords(i)}; recorded: ${recordedWords(recorded(i))}`);

function panel() {
  const what = thing(state.sel);
  const content = !what ? startPanel() : { person: personPanel, box: boxPanel, child: childPanel, tie: tiePanel, event: eventPanel, place: placePanel, thing: thingPanel, link: () => linkPanel(what.a, what.b) }[what.type](what.i);
  fill(byId('panel'), content, what && legend());
  byId('panel').scrollTop = 0;
}

function startPanel() {
  const strongest = [...P.id.keys()].filter((i) => passesPerson(i) && suggested(i) && childAt[i] === null).sort((i, j) => priority(j) - priority(i) || i - j).slice(0, 5);
  return [
    el('h2', {}, 'How to read this'),
    el('p', {}, state.view === 'overview'
      ? `Each box is ${ANY_GROUP ? 'a group' : 'a community found in the ties'}; a line joins boxes whose people share ties, thicker where the ties are stronger. Choose a box to see its people.`
      : 'Each round mark is a person; a line is a tie from shared crimes, reports or contacts. Choose a mark or a line to see why it is there.'),
    legend(),
    strongest.length > 0 && [el('h3', {}, 'Highest suggested roles in what is shown'), peopleList(strongest)],
  ];
}

const peopleList = (list) => el('ul', { class: 'list' }, list.map((i) => el('li', {}, choice(named(nameOf(i)), [roleShort(i), ' · ', named(boxName(P.box[i]))], () => show({ sel: key.person(i) })))));

function personPanel(i) {
  const passing = strongestFirst(i), left = tiesOf[i].length - passing.length, became = personChange(i);
  const centre = state.view === 'ego' && state.of === key.person(i);
  const here = thing(state.of);
  return [
    el('h2', {}, named(nameOf(i))),
    el('p', { class: 'quiet' }, 'Nominal ', named(P.id[i]), ' · ', named(boxName(P.box[i]))),
    childAt[i] !== null && [el('div', { class: 'role child' }, el('strong', {}, 'This person is a child: to be supported, not ranked'), notSuspect(i) && el('span', { class: 'what' }, `${standsWords(i)}.`)), el('div', { class: 'row' }, button('What is known of the child', () => openChild(childAt[i])))],
    childAt[i] === null && HAS_ROLES && roleBlock(i),
    (became === 'new' || became === 'gone') && el('p', {}, became === 'new' ? `New: no tie in the earlier period (${periodWords(COMPARED)}).` : `Gone: ties in the earlier period (${periodWords(COMPARED)}) and none now.`),
    P.note && P.note[i] && el('p', {}, P.note[i]),
    el('div', { class: 'row' },
      !centre && button('Show ties around', () => openPerson(i), { 'data-do': 'ego' }),
      centre && button(state.steps === 2 ? 'One step' : 'Two steps', () => show({ steps: state.steps === 2 ? 1 : 2 })),
      state.view === 'ego' && !centre && state.steps === 1 && !state.more.includes(P.id[i]) && button('Add their ties', () => show({ more: [...state.more, P.id[i]] })),
      state.view !== 'box' || state.of !== key.box(P.box[i]) ? button('Open group', () => openBox(P.box[i])) : null,
      here && here.type === 'person' && here.i !== i && button('Path from the middle', () => openPath(here.i, i)),
      button('Path to…', () => { pathFrom = i; controls(); byId('search').focus(); say(`Search for the other end of the path from ${nameOf(i)}`); }),
      button('Hide', () => show({ hide: [...state.hide, P.id[i]], sel: '' }))),
    facts([['Crimes', P.crimes[i]], ['Of those that tie people', linkedOtherwise(i) || null], ['Reports', P.reports[i]], ['Harm', P.harm[i] !== null ? `${P.harm[i]} (crime severity)` : null], ['Crimes without a weight', P.harm_unknown[i] || null]]),
    P.crimes[i] !== null && el('p', { class: 'quiet' }, 'In the period, after the filters above. Reports also measure police attention.'),
    childrenOf[i].length > 0 && [el('h3', {}, `Linked children (${childrenOf[i].length}): to be supported, not suspects`), childList(childrenOf[i])],
    personThings(i),
    el('h3', {}, `Ties (${passing.length}${left ? `; ${left} hidden by filters` : ''})`),
    el('ul', { class: 'list neighbours' }, passing.slice(0, 200).map((t) => el('li', {},
      choice([named(nameOf(otherEnd(t, i))), ` · ${B[P.box[otherEnd(t, i)]].code}`], tieShort(t), () => show({ sel: tieKey(t) }), { 'data-tie': '' })))),
    passing.length > 200 && el('p', { class: 'quiet' }, `${whole(passing.length - 200)} weaker ties are in the table and the CSV.`),
    measures(i),
  ];
}

function boxPanel(b) {
  const box = B[b], f = box.facts;
  const links = boxTies(b).links.sort((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b);
  const members = box.people.filter(passesPerson).sort((i, j) => priority(j) - priority(i) || i - j);
  const kids = new Set(box.people.flatMap((i) => childrenOf[i]));
  const elsewhere = DATA.roles.filter((r) => r[1] === b && P.box[r[0]] !== b).map((r) => r[0]).filter(passesPerson);
  const about = {
    ocg: 'A group as recorded on the analysis date.',
    community: 'A community found in the ties of people without a group. It is not an organised crime group.',
    small: 'People without a group, in communities too small to show one by one.',
    alone: 'People without a group whose records tie them to nobody else here.',
  }[box.kind];
  return [
    el('h2', {}, named(boxName(b))),
    el('p', { class: 'quiet' }, box.kind === 'ocg' ? ['Group ', named(box.id.slice(4)), '. '] : '', about),
    facts([['People here', whole(box.people.length)], ['Linked children', kids.size || null],
      ...Object.entries(f).filter(([n]) => !['children', 'suggested_principals'].includes(n)).map(([n, v]) => [spaced(n)[0].toUpperCase() + spaced(n).slice(1), v])]),
    groupThings(b),
    el('h3', {}, `People (${members.length}${members.length < box.people.length ? ` of ${box.people.length}` : ''})`), peopleList(members.slice(0, 200)),
    elsewhere.length > 0 && [el('h3', {}, 'Also members, drawn in another group of theirs'), peopleList(elsewhere)],
    members.length > 200 && el('p', { class: 'quiet' }, `${whole(members.length - 200)} more are in the table.`),
    links.length > 0 && [el('h3', {}, `Groups with ties to it (${links.length})`),
      el('ul', { class: 'list' }, links.map((l) => { const o = l.a === b ? l.b : l.a; return el('li', {}, choice(named(boxName(o)), `${counted(l.ties.length, 'tie')}, strength ${Math.round(l.weight * 100) / 100} in all`, () => openBox(o))); }))],
  ];
}

const childList = (list) => el('ul', { class: 'list' }, list.map((c) => el('li', {}, choice(named(childName(c)), [`child${K.age[c] !== null ? `, ${K.age[c]}` : ''}`, K.band_child[c] ? ` · at least ${K.band_child[c]}` : ''], () => openChild(c)))));

const atLeast = (band) => (band ? `at least ${band}` : null);
const verifiedWords = (all) => `${all.filter((v) => v === 'yes').length} of ${counted(all.length, 'link')}`;
function childPanel(c) {
  const away = (K.nominals[c] || '').split('|').filter((id) => id && !personOf.has(id));
  return [
    el('h2', {}, named(childName(c))),
    el('p', { class: 'quiet' }, 'Child ', named(K.id[c]), '. Shown because adults linked to groups are around the child: a prompt for support, never a suspicion.'),
    facts([['Age', K.age[c]], ['About the child', atLeast(K.band_child[c])], ['About the adults', atLeast(K.band_adults[c])], ['Linked by', spaced(K.basis[c] || '').replace(/\|/g, ', ')], ['Verified', K.verified[c] ? verifiedWords(K.verified[c].split('|')) : null],
      ['Adverse experiences', K.known_aces[c] === null ? null : `at least ${K.known_aces[c]} known${K.unknown_aces[c] ? `, ${K.unknown_aces[c]} not recorded either way` : ''}`],
      ['Missing episodes', K.missing_episodes[c]], ['Sexual exploitation risk', K.cse_risk[c]], ['Criminal exploitation risk', K.cce_risk[c]], ['Freshest record', K.freshest[c] ? day(K.freshest[c]) : null]]),
    K.overdue[c] && el('p', {}, K.overdue[c].split(' | ').join('; '), '.'),
    K.because[c] && [el('h3', {}, 'Why'), el('p', {}, K.because[c])],
    K.path[c] && [el('h3', {}, 'How the child is linked'), el('ul', { class: 'list' }, K.path[c].split(' | ').map((p) => el('li', {}, p)))],
    el('div', { class: 'row' }, state.view !== 'child' || state.of !== key.child(c) ? button('Show adults around', () => openChild(c)) : null),
    adultsOf[c].length > 0 && [el('h3', {}, `Adults who link the child (${adultsOf[c].length})`), peopleList(adultsOf[c])],
    away.length > 0 && el('p', {}, `Also linked by ${away.join(', ')}, not drawn: left out of the network, such as when the review of the record is overdue.`),
    el('p', { class: 'quiet' }, 'A child at risk is referred to the MASH.'),
  ];
}

function linkPanel(a, b) {
  const between = boxTies(a).links.find((l) => l.a === Math.min(a, b) && l.b === Math.max(a, b)) || { ties: [] };
  const ties = between.ties.slice().sort((s, t) => T.weight[t] - T.weight[s] || s - t);
  return [
    el('h2', {}, 'Ties between ', named(boxName(a)), ' and ', named(boxName(b))),
    el('div', { class: 'row' }, button(`Open ${B[a].code}`, () => openBox(a)), button(`Open ${B[b].code}`, () => openBox(b))),
    el('h3', {}, `Ties (${ties.length})`),
    el('ul', { class: 'list' }, ties.slice(0, 200).map((t) => el('li', {}, choice([named(nameOf(T.a[t])), ' and ', named(nameOf(T.b[t]))], tieShort(t), () => show({ sel: tieKey(t) }))))),
    ties.length > 200 && el('p', { class: 'quiet' }, `${whole(ties.length - 200)} weaker ties are in the CSV.`),
  ];
}
