// Phones, vehicles, addresses and other things as hexagons with a letter, drawn when asked for: people come first.
const H = DATA.things;
const MOST_THINGS = 60, THING_R = 8, UNKNOWN_EACH = 5;
const LETTERS = { phone: 'P', sim: 'S', device: 'D', vehicle: 'V', address: 'A', premises: 'B', account: '£', organisation: 'O', online_handle: '@', line: 'L', weapon: 'W', other: '…' };

// Rows of links: [thing, person, relation, first day, last day, confidence, report]; of contacts: [thing, thing, times, days, first, last].
const usersOf = H.id.map(() => []), thingsOf = Array.from({ length: COUNT }, () => []);
for (const row of DATA.thing_links) { usersOf[row[0]].push(row); thingsOf[row[1]].push(row); }
const contactsOf = H.id.map(() => []);
for (const row of DATA.thing_contacts) { contactsOf[row[0]].push([row[1], ...row.slice(2)]); contactsOf[row[1]].push([row[0], ...row.slice(2)]); }
for (const list of contactsOf) list.sort((x, y) => y[1] - x[1] || x[0] - y[0]);
const groupsOf = H.id.map(() => []), ofGroup = B.map(() => []);
for (const [h, b, from, to] of DATA.thing_groups) { groupsOf[h].push([b, from, to]); ofGroup[b].push(h); }
// Numbers that nobody is known to use, by how central they are to a group: [group, thing, rank, why].
const unknownOf = B.map(() => []), whyUnknown = H.id.map(() => []);
for (const [b, h, rank, why] of DATA.unattributed) { unknownOf[b].push([h, rank, why]); whyUnknown[h].push([b, rank, why]); }

const thingName = (h) => H.label[h] || H.identifier[h] || H.id[h];
const kindWords = (h) => spaced(H.kind[h])[0].toUpperCase() + spaced(H.kind[h]).slice(1);
const isSure = (row) => row[5] !== 'suspected';
const spanWords = (from, to) => (from && to ? (from === to ? day(from) : `${day(from)} to ${day(to)}`) : from ? `since ${day(from)}` : to ? `until ${day(to)}` : 'not dated');
const inDates = (from, to) => !(state.from && to && to < state.from) && !(state.until && from && from > state.until);
const usersWords = (h) => {
  const n = new Set(usersOf[h].map((r) => r[1])).size + (H.others[h] || 0);
  return n ? counted(n, 'person', 'people') : ['phone', 'sim', 'device', 'line', 'online_handle', 'account'].includes(H.kind[h]) ? 'nobody is known to use it' : 'no person recorded';
};

// Which things belong into a picture: those used by somebody in it, the shared ones first, then what the groups in it
// hold, then the unattributed numbers that are most central to them.
function thingsHere(built) {
  const here = new Set(built.marks.filter((m) => m.type === 'person').map((m) => m.i));
  const users = new Map();
  for (const i of here) for (const row of thingsOf[i]) if (inDates(row[3], row[4])) users.set(row[0], (users.get(row[0]) || new Set()).add(i));
  const used = [...users.keys()].sort((x, y) => users.get(y).size - users.get(x).size || x - y);
  const boxes = state.view === 'box' ? [thing(state.of).i] : [...new Set([...here].map((i) => P.box[i]))];
  const held = boxes.flatMap((b) => ofGroup[b]), unknown = boxes.flatMap((b) => unknownOf[b].slice(0, UNKNOWN_EACH).map(([h]) => h));
  const all = [...new Set([...used.filter((h) => users.get(h).size > 1), ...unknown, ...held, ...used])];
  const chosen = thing(state.sel);
  if (chosen && chosen.type === 'thing' && !all.includes(chosen.i)) all.unshift(chosen.i);
  return { all, users };
}

function addThings(built) {
  if (!WITH_EVENTS.includes(state.view) || !H.id.length) return;
  const { all, users } = thingsHere(built);
  built.thingCount = all.length;
  if (!all.length) return;
  built.thingsOn = state.things === 'on';
  const shared = all.filter((h) => users.has(h) && users.get(h).size > 1).length;
  if (!built.thingsOn) { built.notes.push([`${counted(all.length, 'thing')}${shared ? `, ${whole(shared)} shared,` : ''} not drawn`, 'choose Things above']); return; }
  const chosen = thing(state.sel), first = chosen && chosen.type === 'thing' ? [chosen.i] : [];
  const drawn = [...new Set([...first, ...all])].slice(0, MOST_THINGS);
  if (all.length > drawn.length) built.notes.push(`${MOST_THINGS} of ${whole(all.length)} things drawn, shared ones first; all in the panels of their people`);
  const at = new Map(built.marks.map((m) => [m.key, m])), places = new Spots(built.marks);
  for (const h of drawn) {
    const lines = [], own = new Set(users.get(h) || []);
    for (const row of usersOf[h]) if (own.has(row[1])) { own.delete(row[1]); lines.push([key.person(row[1]), usersOf[h].some((r) => r[1] === row[1] && isSure(r)) ? 'solid' : 'dashed']); }
    // Who is in touch with a number that nobody is known to use: by the numbers of those people.
    if (!usersOf[h].length) for (const [o] of contactsOf[h]) for (const r of usersOf[o]) if (at.has(key.person(r[1])) && !lines.some(([k]) => k === key.person(r[1]))) lines.push([key.person(r[1]), 'dotted']);
    const ends = lines.map(([k]) => at.get(k)).filter(Boolean);
    const [x, y] = places.near(mean(ends, 'x'), mean(ends, 'y'), 2 * THING_R + 10);
    const mark = { key: key.thing(h), type: 'thing', i: h, x, y, r: THING_R, label: thingName(h), priority: 0.4, quiet: (users.get(h) || new Set()).size < 2 && usersOf[h].length > 0 };
    built.marks.push(mark);
    for (const [k, dash] of lines) if (at.has(k)) built.lines.push({ key: `${mark.key}>${k}`, type: 'thing', a: mark.key, b: k, width: dash === 'dotted' ? 1.1 : 0.9, dash });
  }
}

function hexagon(pen, x, y, r) {
  pen.beginPath();
  for (let n = 0; n < 6; n += 1) { const turn = (Math.PI / 3) * n + Math.PI / 6, px = x + r * Math.cos(turn), py = y + r * Math.sin(turn); if (n) pen.lineTo(px, py); else pen.moveTo(px, py); }
  pen.closePath();
}
// A thing whose user nobody knows is hollow with a broken edge; every other one is filled.
function drawThing(pen, m) {
  const known = usersOf[m.i].length || groupsOf[m.i].length || H.others[m.i];
  hexagon(pen, m.x, m.y, m.r * 1.15); paint(pen, known ? '#F3E9D2' : '#fff'); stroke(pen, INK, 1.2, known ? [] : [3, 2]);
  text(pen, LETTERS[H.kind[m.i]], m.x, m.y + 0.5, { size: m.r * 1.15, bold: true, align: 'center', middle: true });
}

// A thing opens where it stands, or around somebody who uses it, or in the group that it is central to.
function openThing(h) {
  const k = key.thing(h), user = usersOf[h].find((r) => passesPerson(r[1]));
  if (current.at.has(k)) { show({ sel: k }); return; }
  const group = (groupsOf[h][0] || whyUnknown[h][0] || [])[0];
  if (user) show({ view: 'ego', of: key.person(user[1]), to: '', steps: 1, sel: k, more: [], pin: {}, things: 'on', tab: 'picture' });
  else if (group !== undefined) show({ view: 'box', of: key.box(group), to: '', sel: k, more: [], pin: {}, things: 'on', tab: 'picture' });
  else show({ sel: k });
}
const thingList = (list, small) => el('ul', { class: 'list things' }, list.map((h) => el('li', {}, choice([kindWords(h), ' ', named(thingName(h))], small(h), () => openThing(h)))));

// Days from the first to the last of a strip, for bars of users and of calls above one another.
const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / 86400000;
function strip(words, height, draw) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 320 ${height}`);
  svg.setAttribute('class', 'strip');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words);
  draw(new SvgPen(svg), (x, y, w, h, colour, dash) => (pen) => { pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x + w, y); pen.lineTo(x + w, y + h); pen.lineTo(x, y + h); pen.closePath(); paint(pen, colour); stroke(pen, INK, 0.6, dash); });
  return svg;
}
function usersStrip(h) {
  const rows = usersOf[h].slice().sort((x, y) => (x[3] || '').localeCompare(y[3] || '') || x[1] - y[1]).slice(0, 20);
  const days = [...rows.flatMap((r) => [r[3], r[4]]), H.first[h], H.last[h], LAST_DAY].filter(Boolean).sort();
  if (!rows.length || !days.length || rows.every((r) => !r[3] && !r[4])) return null;
  const from = dayNumber(days[0]), span = Math.max(1, dayNumber(days[days.length - 1]) - from), x = (iso, open) => (iso ? ((dayNumber(iso) - from) / span) * 318 + 1 : open);
  return strip(`Users over time: ${rows.map((r) => `${nameOf(r[1])} ${spanWords(r[3], r[4])}`).join('; ')}`, rows.length * 16 + 14, (pen, bar) => {
    rows.forEach((r, n) => {
      const left = x(r[3], 1), right = Math.max(left + 2, x(r[4], 319));
      bar(left, n * 16 + 2, right - left, 11, isSure(r) ? '#C9D7E0' : '#fff', isSure(r) ? [] : [3, 2])(pen);
      text(pen, fit(nameOf(r[1]), 200, { size: 10 }), Math.min(left + 3, 315 - widthOf(fit(nameOf(r[1]), 200, { size: 10 }), { size: 10 })), n * 16 + 7.5, { size: 10, middle: true, halo: 2.5 });
    });
    text(pen, day(days[0]), 1, rows.length * 16 + 9, { size: 9.5, colour: '#4a5560' });
    text(pen, day(days[days.length - 1]), 319, rows.length * 16 + 9, { size: 9.5, colour: '#4a5560', align: 'right' });
  });
}
// Calls and messages by month, as [month, number]: months between without any are drawn empty.
function callsStrip(h) {
  const months = H.months[h];
  if (!months.length) return null;
  const number = (m) => Number(m.slice(0, 4)) * 12 + Number(m.slice(5, 7)) - 1, from = number(months[0][0]), to = number(months[months.length - 1][0]);
  const step = 318 / (to - from + 1), most = Math.max(...months.map(([, n]) => n)), peak = months.find(([, n]) => n === most);
  const words = `By month: most in ${peak[0].slice(5)}/${peak[0].slice(0, 4)} (${whole(most)})`;
  return [el('p', { class: 'quiet' }, words), strip(`Calls and messages by month. ${months.map(([m, n]) => `${m.slice(5)}/${m.slice(0, 4)}: ${whole(n)}`).join(', ')}`, 54, (pen, bar) => {
    for (const [m, n] of months) bar(1 + (number(m) - from) * step, 40 - 38 * (n / most), Math.max(1, Math.min(step - 1, 24)), 38 * (n / most), '#3D4A55', [])(pen);
    bar(0, 40, 320, 0.6, '#4a5560', [])(pen);
    text(pen, `${months[0][0].slice(5)}/${months[0][0].slice(0, 4)}`, 1, 51, { size: 9.5, colour: '#4a5560' });
    if (to > from) text(pen, `${months[months.length - 1][0].slice(5)}/${months[months.length - 1][0].slice(0, 4)}`, 319, 51, { size: 9.5, colour: '#4a5560', align: 'right' });
  })];
}

function thingPanel(h) {
  const rows = usersOf[h].slice().sort((x, y) => (x[3] || '').localeCompare(y[3] || '') || x[1] - y[1]);
  const touch = contactsOf[h].slice(0, 20), others = H.others[h];
  return [
    el('h2', {}, kindWords(h), ' ', named(thingName(h))),
    el('p', { class: 'quiet' }, named(H.id[h]), groupsOf[h].map(([b, from, to]) => [' · of ', named(boxName(b)), ` (${spanWords(from, to)})`])),
    facts([['Written', H.identifier[h] && H.identifier[h] !== thingName(h) ? named(H.identifier[h]) : null], ['District', H.district[h] && named(H.district[h])], ['Calls and messages', H.calls[h] ? `${whole(H.calls[h])}, ${spanWords(H.first[h], H.last[h])}` : null],
      ['Other users', others ? `${counted(others, 'person', 'people')} not drawn: no nominal of this chart` : null]]),
    whyUnknown[h].length > 0 && [el('div', { class: 'role ours' }, el('span', { class: 'what' }, 'Nobody is known to use it: assessment, not a fact'), el('strong', {}, 'Who is this?')),
      whyUnknown[h].map(([b, rank, why]) => el('p', {}, `Number ${rank} of those in touch with `, named(boxName(b)), '. ', why))],
    rows.length > 0 && [el('h3', {}, `People, over time (${new Set(rows.map((r) => r[1])).size})`), usersStrip(h),
      el('ul', { class: 'list' }, rows.map((r) => el('li', {}, choice([named(nameOf(r[1])), ` · ${spaced(r[2])}`], [`${spanWords(r[3], r[4])} · ${r[5] || 'recorded'}`, r[6] ? [' · report ', named(r[6])] : ''], () => show({ sel: key.person(r[1]) })))))],
    H.months[h].length > 0 && [el('h3', {}, 'Calls and messages'), callsStrip(h)],
    touch.length > 0 && [el('h3', {}, `Most in touch with (${touch.length}${contactsOf[h].length > touch.length ? ` of ${whole(contactsOf[h].length)}` : ''})`),
      thingList(touch.map(([o]) => o), (o) => { const [, times, days, from, to] = touch.find((c) => c[0] === o); return [`${counted(times, 'time')} on ${counted(days, 'day')}, ${spanWords(from, to)} · `, usersOf[o].length ? named([...new Set(usersOf[o].map((r) => nameOf(r[1])))].slice(0, 3).join(', ')) : usersWords(o)]; })],
    el('p', { class: 'quiet' }, 'A thing says that records name these people with it, not what they did with it or with one another.'),
  ];
}

const personThings = (i) => thingsOf[i].length > 0 && [el('h3', {}, `Things (${new Set(thingsOf[i].map((r) => r[0])).size})`),
  thingList([...new Set(thingsOf[i].map((r) => r[0]))], (h) => { const own = thingsOf[i].filter((r) => r[0] === h), n = new Set(usersOf[h].map((r) => r[1])).size - 1; return `${own.map((r) => `${spaced(r[2])} ${spanWords(r[3], r[4])}${isSure(r) ? '' : ', suspected'}`).join('; ')}${n ? ` · with ${counted(n, 'other')}` : ''}`; })];
const groupThings = (b) => [
  unknownOf[b].length > 0 && [el('h3', {}, `Numbers that nobody is known to use (${unknownOf[b].length})`), el('p', { class: 'quiet' }, 'By how central they are to this group: assessments, to be looked into.'),
    thingList(unknownOf[b].slice(0, UNKNOWN_EACH).map(([h]) => h), (h) => `${unknownOf[b].find(([o]) => o === h)[2].split('. ')[0].replace(/\.$/, '')}.`),
    unknownOf[b].length > UNKNOWN_EACH && el('p', { class: 'quiet' }, `${whole(unknownOf[b].length - UNKNOWN_EACH)} more are in the table unattributed.`)],
  ofGroup[b].length > 0 && [el('h3', {}, `Things of the group (${ofGroup[b].length})`), thingList(ofGroup[b], usersWords)],
];
const THING_KEYS = [
  ['Hexagon: a thing, by the letter of its kind (P phone, S SIM, D device, L line, V vehicle, A address, B premises, £ account, O organisation, @ handle)', (pen) => drawKeyThing(pen, 'P', true)],
  ['Hollow hexagon: nobody is known to use it; dotted lines say who is in touch with it', (pen) => drawKeyThing(pen, 'P', false)],
];
function drawKeyThing(pen, letter, known) { hexagon(pen, 38, 18, 12); paint(pen, known ? '#F3E9D2' : '#fff'); stroke(pen, INK, 1.4, known ? [] : [3, 2]); text(pen, letter, 38, 18.5, { size: 12, bold: true, align: 'center', middle: true }); }

function thingsTable() {
  const marks = current.marks.filter((m) => m.type === 'thing');
  return marks.length > 0 && el('table', {}, el('caption', {}, `Things shown (${marks.length})`), el('tr', {}, ['Thing', 'Kind', 'People, of those shown', 'Calls and messages'].map((h) => el('th', {}, h))),
    marks.map((m) => el('tr', {}, el('td', {}, el('button', { type: 'button', class: 'link', onclick: () => show({ sel: m.key }) }, named(m.label))), el('td', {}, spaced(H.kind[m.i])), el('td', {}, join(current.near.get(m.key).map((k) => current.at.get(k).label))), el('td', { class: 'number' }, H.calls[m.i] ? whole(H.calls[m.i]) : ''))));
}
function thingsCsv() {
  const head = ['thing_id', 'kind', 'label', 'identifier', 'person_id', 'name', 'relation', 'from_date', 'to_date', 'confidence', 'report_id', 'marking', 'run_id'], tail = [META.marking, META.run_id];
  return csv([head, ...current.marks.filter((m) => m.type === 'thing').flatMap(({ i: h }) => { const own = [H.id[h], H.kind[h], H.label[h], H.identifier[h]]; return usersOf[h].length ? usersOf[h].map((r) => [...own, P.id[r[1]], P.name[r[1]], ...r.slice(2), ...tail]) : [[...own, '', '', '', '', '', '', '', ...tail]]; })]);
}
