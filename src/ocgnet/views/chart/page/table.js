// What is shown as two tables, for those who would rather read.
function table() {
  const people = current.marks.filter((m) => m.type === 'person'), boxes = current.marks.filter((m) => m.type === 'box'), kids = current.marks.filter((m) => m.type === 'child');
  const events = [...(current.behind || new Map()).keys()].sort((a, b) => (E.on[b] || '').localeCompare(E.on[a] || '') || a - b);
  const link = (k, words) => el('button', { type: 'button', class: 'link', onclick: () => choose(k) }, named(words));
  const nameAt = (k) => { const m = current.at.get(k); return m.type === 'box' ? boxName(m.i) : m.label; };
  const isWho = (k) => !['event', 'place', 'thing'].includes(current.at.get(k).type);
  const strongest = current.lines.filter((l) => !['event', 'place', 'thing'].includes(l.type)).sort((a, b) => b.width - a.width || (a.key < b.key ? -1 : 1));
  const most = 500;
  fill(byId('table'),
    boxes.length > 0 && el('table', {}, el('caption', {}, `Groups and communities shown (${boxes.length})`), el('tr', {}, ['Group', 'People', 'Tied to'].map((h) => el('th', {}, h))),
      boxes.map((m) => el('tr', {}, el('td', {}, link(m.key, boxName(m.i))), el('td', {}, whole(B[m.i].people.length)), el('td', {}, join(current.near.get(m.key).filter(isWho).map(nameAt)))))),
    people.length > 0 && el('table', {}, el('caption', {}, `People shown (${people.length}${people.length > most ? `; the first ${most} here, all in the CSV` : ''})`),
      el('tr', {}, ['Person', 'Group', 'Suggested role (assessment)', 'Recorded role', 'Tied to, of those shown'].map((h) => el('th', {}, h))),
      people.slice().sort((a, b) => b.priority - a.priority || a.i - b.i).slice(0, most).map((m) => el('tr', {}, el('td', {}, link(m.key, m.label)), el('td', {}, named(boxName(P.box[m.i]))),
        el('td', {}, `${suggestedWords(m.i)}${!notSuspect(m.i) && stabilityWords(homeRole[m.i]) ? ` (${stabilityWords(homeRole[m.i])})` : ''}`), el('td', {}, groupless(m.i) ? 'in no group' : recordedWords(recorded(m.i))), el('td', {}, join(current.near.get(m.key).filter(isWho).map(nameAt)))))),
    kids.length > 0 && el('table', {}, el('caption', {}, `Linked children shown (${kids.length})`), el('tr', {}, ['Child', 'Linked to'].map((h) => el('th', {}, h))),
      kids.map((m) => el('tr', {}, el('td', {}, link(m.key, m.label)), el('td', {}, join(current.near.get(m.key).filter(isWho).map(nameAt)))))),
    el('table', {}, el('caption', {}, `Lines shown (${strongest.length}${strongest.length > most ? `; the strongest ${most} here, all in the CSV` : ''})`),
      el('tr', {}, ['Between', 'and', 'Strength', 'From', 'Dates', ...(COMPARED ? ['Since before'] : [])].map((h) => el('th', {}, h))),
      strongest.slice(0, most).map((l) => el('tr', {}, el('td', {}, l.type === 'tie' || l.type === 'link' ? link(l.key, nameAt(l.a)) : named(nameAt(l.a))), el('td', {}, named(nameAt(l.b))), ...lineCells(l).map((c) => el('td', {}, c)), COMPARED && el('td', {}, l.change || '')))),
    thingsTable(),
    timelineTable(),
    events.length > 0 && el('table', {}, el('caption', {}, `Events behind these lines (${events.length}${events.length > most ? `; the latest ${most} here` : ''})`),
      el('tr', {}, ['Event', 'Kind', 'Date', 'What', 'Grade', 'Place'].map((h) => el('th', {}, h))),
      events.slice(0, most).map((e) => el('tr', {}, el('td', {}, link(key.event(e), E.id[e])), el('td', {}, E.kind[e]), el('td', {}, day(E.on[e])), el('td', {}, named(E.title[e])), el('td', {}, E.kind[e] === 'report' ? gradeWords(e) : 'not graded: a crime'), el('td', {}, named(placeWords(e)))))));
}
const join = (names) => names.map((n, k) => [k ? ', ' : '', named(n)]);
function lineCells(l) {
  if (l.type === 'tie') return [T.weight[l.i], kindsOf[l.i].map(spaced).join(', '), `${day(T.first_on[l.i])} to ${day(T.last_on[l.i])}`];
  if (l.ties) return [Math.round(l.ties.reduce((s, t) => s + (T.weight[t] || 0), 0) * 1000) / 1000, counted(l.ties.length, 'tie'), ''];
  return ['', l.type === 'family' ? 'link to a child' : 'membership', ''];
}
