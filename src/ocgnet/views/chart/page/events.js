// Crimes, reports and places as marks of their own, in the pictures of one group, person or child.
const FEW_EVENTS = 60, MOST_EVENTS = 240;
const WITH_EVENTS = ['box', 'ego', 'child', 'path'];
const EVENT_R = 6;

function passesEvent(e) {
  if (state.from && E.on[e] && E.on[e] < state.from) return false;
  if (state.until && E.on[e] && E.on[e] > state.until) return false;
  return !state.grades.length || gradeKeys(e).some((g) => state.grades.includes(g));
}

// Events behind the lines of a picture, each with the keys of the marks that it joins.
function eventsBehind(built, ends) {
  const behind = new Map();
  for (const l of built.lines) {
    for (const t of l.type === 'tie' ? [l.i] : l.ties || []) for (const e of eventsOfTie[t]) {
      if (!passesEvent(e)) continue;
      if (!behind.has(e)) behind.set(e, ends ? new Set() : null);
      if (ends) behind.get(e).add(l.a).add(l.b);
    }
  }
  return behind;
}

// How much wider a group has to stand so that its events fit between its people.
function roomForEvents(people) {
  const inside = new Set(people), behind = new Set();
  for (const i of people) for (const t of tiesOf[i]) if (T.a[t] === i && inside.has(T.b[t]) && passesTie(t)) for (const e of eventsOfTie[t]) if (passesEvent(e)) behind.add(e);
  const on = state.events ? state.events === 'on' : behind.size <= FEW_EVENTS;
  return on ? Math.sqrt(1 + (Math.min(behind.size, MOST_EVENTS) * 800) / (2304 * (people.length || 1))) : 1;
}

// Marks for the events behind ties between two people in sight; ties that leave the picture keep theirs in the panel.
function addEvents(built) {
  built.behind = eventsBehind(built);
  if (!WITH_EVENTS.includes(state.view)) return;
  const behind = eventsBehind({ lines: built.lines.filter((l) => l.type === 'tie') }, true);
  const chosen = [...behind.keys()].sort((a, b) => (E.on[b] || '').localeCompare(E.on[a] || '') || a - b);
  built.eventCount = chosen.length;
  if (!chosen.length) return;
  const on = state.events ? state.events === 'on' : chosen.length <= FEW_EVENTS;
  built.eventsOn = on;
  if (!on) { built.notes.push([`${counted(chosen.length, 'event')} behind these ties not drawn`, 'choose Events above']); return; }
  if (chosen.length > MOST_EVENTS) built.notes.push(`the latest ${MOST_EVENTS} of ${whole(chosen.length)} events drawn, all in the table`);
  const drawn = chosen.slice(0, MOST_EVENTS), at = new Map(built.marks.map((m) => [m.key, m]));
  const places = new Spots(built.marks);
  const byDistrict = new Map();
  for (const e of drawn) {
    const ends = [...behind.get(e)].map((k) => at.get(k)).filter(Boolean);
    const [x, y] = places.near(mean(ends, 'x'), mean(ends, 'y'), 2 * EVENT_R + 5);
    const mark = { key: key.event(e), type: 'event', i: e, x, y, r: EVENT_R, label: E.id[e], priority: -1, quiet: true };
    built.marks.push(mark);
    for (const m of ends) built.lines.push({ key: `${mark.key}>${m.key}`, type: 'event', a: mark.key, b: m.key, width: 0.7, dash: m.type === 'person' && linkedAs.has(`${m.i} ${e}`) ? 'dotted' : 'solid' });
    if (E.district[e]) byDistrict.set(E.district[e], [...(byDistrict.get(E.district[e]) || []), mark]);
  }
  if (state.places !== 'on') return;
  for (const [district, marks] of [...byDistrict].sort()) {
    const [x, y] = places.near(mean(marks, 'x') * 1.25, mean(marks, 'y') * 1.25, 26);
    const mark = { key: key.place(district), type: 'place', i: district, x, y, r: 9, label: district, priority: 1 };
    built.marks.push(mark);
    for (const m of marks) built.lines.push({ key: `${mark.key}>${m.key}`, type: 'place', a: mark.key, b: m.key, width: 0.8, dash: 'dotted' });
  }
}
const mean = (list, axis) => list.reduce((s, m) => s + m[axis], 0) / (list.length || 1);

// Free spots among what already stands, tried on a spiral, so that an event is near its people and covers nobody.
class Spots {
  constructor(marks) {
    this.taken = marks.map((m) => [m.x, m.y, (m.type === 'box' ? m.w / 2 : m.r) + 3, (m.type === 'box' ? m.h / 2 : m.r) + 3]);
    // Room for a name under each person, who would else stand nameless among the events.
    for (const m of marks) if (m.type === 'person') this.taken.push([m.x, m.y + m.r + 13, widthOf(m.label, { size: LABEL }) / 2 + 4, LABEL * 0.75]);
  }
  near(x, y, size) {
    const half = size / 2;
    for (let k = 0; ; k += 1) {
      const turn = k * 2.399963, out = size * 0.62 * Math.sqrt(k), sx = x + out * Math.cos(turn), sy = y + out * Math.sin(turn);
      if (k > 4000 || !this.taken.some(([tx, ty, w, h]) => Math.abs(sx - tx) < w + half && Math.abs(sy - ty) < h + half)) {
        this.taken.push([sx, sy, half, half]);
        return [sx, sy];
      }
    }
  }
}

const placeWords = (e) => [E.ward[e], E.district[e]].filter(Boolean).filter((w, n, all) => !(n === 1 && all[0].includes(w))).join(', ');
function eventPanel(e) {
  const people = [...new Set(T.a.flatMap((_, t) => (eventsOfTie[t].includes(e) ? [T.a[t], T.b[t]] : [])))].sort((i, j) => i - j);
  return [
    el('h2', {}, E.kind[e] === 'crime' ? 'Crime ' : 'Report ', named(E.id[e])),
    facts([[E.kind[e] === 'crime' ? 'Offence' : 'Title', E.title[e] && named(E.title[e])], ['Date', day(E.on[e])], ['Place', placeWords(e) && named(placeWords(e))],
      ['Grade', E.kind[e] === 'report' ? gradeWords(e) : null], ['Came in by', spaced(E.origin[e] || '')]]),
    el('p', { class: 'quiet' }, E.kind[e] === 'crime' ? 'A crime that links these people in the roles named above the picture. Victims and witnesses are not shown unless that line names them.' : 'A report that names these people. It is intelligence, graded as it says, not proof.'),
    el('h3', {}, `People it ties to one another here (${people.length})`), peopleList(people),
  ];
}
function placePanel(district) {
  const here = current.marks.filter((m) => m.type === 'event' && E.district[m.i] === district);
  return [el('h2', {}, named(district)), el('p', { class: 'quiet' }, 'District of these events, as recorded.'), el('h3', {}, `Events drawn (${here.length})`), eventList(here.map((m) => m.i))];
}
