// From the state to a scene: marks with places and lines between them. Whole pictures are here, pictures
// around one person or child in focus.js. Nothing here draws.
const COLOURS = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#CC79A7'];
const GREY = '#A9B0B7';
// Groups are coloured; communities only where the records hold no group, so that the two are never confused.
const colourOf = (b) => (B.length === 1 ? COLOURS[1] : B[b].kind === 'ocg' || (B[b].kind === 'community' && !ANY_GROUP) ? COLOURS[b % COLOURS.length] : GREY);
const isRest = (b) => B[b].kind === 'small' || B[b].kind === 'alone';
const SIZE = { principal: 15, significant: 11.5, peripheral: 8.5, '': 6.5 };

function personMark(i, x, y, options) {
  return {
    key: key.person(i), type: 'person', i, x, y, r: (childAt[i] === null && !notSuspect(i) ? SIZE[suggested(i)] : 9) * ((options && options.larger) || 1), colour: colourOf(P.box[i]),
    ring: childAt[i] !== null ? '' : HAS_ROLES ? recorded(i) : 'peripheral', child: childAt[i] !== null, stands: notSuspect(i), member: !groupless(i), label: nameOf(i), code: options && options.coded ? B[P.box[i]].code : '', priority: priority(i), change: personChange(i),
  };
}
function boxMark(b, x, y, w, h, second) {
  return { key: key.box(b), type: 'box', i: b, x, y, w, h, colour: colourOf(b), label: markName(b), brief: briefName(b), code: B[b].code, second, priority: 9, dashed: B[b].kind !== 'ocg' };
}
const childMark = (c, x, y) => ({ key: key.child(c), type: 'child', i: c, x, y, r: 9, label: childName(c), priority: 2.5 });
const tieLine = (t) => ({ key: tieKey(t), type: 'tie', i: t, a: key.person(T.a[t]), b: key.person(T.b[t]), width: lineWidth(T.weight[t]), dash: isRecorded[t] ? 'solid' : onlyBeside(t) ? 'beside' : 'dashed', across: P.box[T.a[t]] !== P.box[T.b[t]], change: change(t) });
const lineWidth = (w) => 0.8 + 4.2 * Math.sqrt((w || 0) / (STRONGEST || 1));
// A child who is also a nominal in the picture stands there once.
const asPerson = (c, shown) => { const i = personOf.get(K.id[c]); return i !== undefined && shown.has(i) ? key.person(i) : null; };
const familyLine = (c, i, as) => ({ key: `f:${K.id[c]}|${P.id[i]}`, type: 'family', a: as || key.child(c), b: key.person(i), width: 1.2, dash: 'dotted' });

function scene() {
  const built = { overview: overviewScene, all: allScene, box: boxScene, ego: egoScene, path: pathScene, child: childScene }[state.view]();
  built.regions = built.regions || [];
  for (const mark of built.marks) {
    const pin = state.pin[mark.key];
    if (pin) { [mark.x, mark.y] = pin; mark.pinned = true; }
  }
  if (COMPARED) built.notes.push(...changeNote(built));
  if (state.from || state.until) built.notes.push(`ties active ${state.from ? `from ${day(state.from)} ` : ''}${state.until ? `until ${day(state.until)}` : ''}`.trim());
  const standing = new Set(built.marks.map((m) => m.key));
  built.lines = built.lines.filter((l) => standing.has(l.a) && standing.has(l.b));
  addEvents(built);
  addThings(built);
  for (const mark of built.marks) if ((mark.type === 'event' || mark.type === 'thing') && state.pin[mark.key]) [mark.x, mark.y] = state.pin[mark.key];
  built.at = new Map(built.marks.map((m) => [m.key, m]));
  // In a dense picture thick lines would be one grey sheet.
  const drawn = built.lines.filter((l) => !['event', 'place', 'thing'].includes(l.type));
  const thin = Math.max(0.4, Math.min(1, (2.2 * built.marks.length) / (drawn.length || 1)));
  if (thin < 1) for (const l of drawn) { l.width = Math.max(0.6, l.width * thin); l.crowded = true; }
  built.near = new Map(built.marks.map((m) => [m.key, []]));
  for (const l of built.lines) { built.near.get(l.a).push(l.b); built.near.get(l.b).push(l.a); }
  return built;
}

// What became of the ties and people in sight since the earlier period, in numbers.
function changeNote(built) {
  const seen = new Set(built.lines.flatMap((l) => (l.type === 'tie' ? [l.i] : l.ties || []))), n = { new: 0, kept: 0, gone: 0 }, who = { new: 0, gone: 0 };
  for (const t of seen) n[change(t)] += 1;
  for (const m of built.marks) if (m.change === 'new' || m.change === 'gone') who[m.change] += 1;
  const people = built.marks.some((m) => m.type === 'person');
  const unsigned = built.lines.length > MOST_SIGNS ? ['ties are so many that colour alone marks the new and the gone'] : [];
  return [...unsigned, `of these ties ${n.new} new (+), ${n.kept} kept, ${n.gone} gone (×)${people ? `; ${counted(who.new, 'person', 'people')} without a tie before (+), ${who.gone} without one now (×)` : ''}`];
}

function hiddenNote(people, ties, leading) {
  const notes = leading || [];
  if (people || ties) notes.push(`filters hide ${[people && counted(people, 'person', 'people'), ties && counted(ties, 'tie')].filter(Boolean).join(' and ')}`);
  return notes;
}

// Ties between boxes, added up over the ties that pass.
function boxTies(only) {
  const sums = new Map();
  let left = 0;
  for (let t = 0; t < TIES; t += 1) {
    const a = P.box[T.a[t]], b = P.box[T.b[t]];
    if (only !== undefined && a !== only && b !== only) continue;
    if (!passesTie(t) || !passesPerson(T.a[t]) || !passesPerson(T.b[t])) { left += 1; continue; }
    if (a === b) continue;
    const k = a < b ? `${a} ${b}` : `${b} ${a}`;
    const sum = sums.get(k) || { a: Math.min(a, b), b: Math.max(a, b), ties: [], weight: 0, recorded: false, new: 0, gone: 0 };
    sum.ties.push(t); if (isNow(t)) { sum.weight += T.weight[t] || 0; sum.recorded = sum.recorded || isRecorded[t]; }
    sum.new += change(t) === 'new'; sum.gone += change(t) === 'gone';
    sums.set(k, sum);
  }
  return { links: [...sums.values()], left };
}

function overviewScene() {
  const { links, left } = boxTies();
  let hidden = 0;
  const empty = B.filter((box) => !box.people.length).length;
  const marks = B.flatMap((box, b) => {
    if (!box.people.length) return [];
    const passing = box.people.reduce((n, i) => n + passesPerson(i), 0);
    hidden += box.people.length - passing;
    const size = passing === box.people.length ? counted(passing, 'person', 'people') : `${whole(passing)} of ${counted(box.people.length, 'person', 'people')}`;
    const short = box.kind === 'community' && passing === box.people.length ? (ANY_GROUP ? 'no group' : '') : size;
    return [boxMark(b, box.x, box.y, box.w, box.h, short)];
  });
  // Whoever is in no group has ties to nearly all of them: drawn, they would hide the ties between groups.
  const drawn = links.filter((l) => !isRest(l.a) && !isRest(l.b));
  const undrawn = links.reduce((n, l) => n + l.ties.length, 0) - drawn.reduce((n, l) => n + l.ties.length, 0);
  const most = drawn.reduce((m, l) => Math.max(m, l.weight), 1);
  const lines = drawn.map((l) => ({
    key: `l:${B[l.a].id}\u001f${B[l.b].id}`, type: 'link', a: key.box(l.a), b: key.box(l.b), ties: l.ties, weight: l.weight,
    width: 0.8 + 7 * Math.sqrt(l.weight / most), dash: l.recorded ? 'solid' : 'dashed', change: linkChange(l),
  }));
  bendAround(lines, marks);
  const groups = B.filter((b) => b.kind === 'ocg' && b.people.length).length;
  const what = [counted(groups, 'group'), ...[['community', 'community found in ties', 'communities found in ties']].map(([k, one, many]) => {
    const n = B.filter((b) => b.kind === k).length; return n ? counted(n, one, many) : '';
  }).filter(Boolean)];
  const notes = hiddenNote(hidden, left);
  if (undrawn) notes.push([`${counted(undrawn, 'tie')} with people outside these ${groups ? 'groups' : 'communities'} not drawn`, 'open a box to see its own']);
  if (empty) notes.push(`${counted(empty, 'group')} without a person in this analysis`);
  return { marks, lines, title: groups || !COUNT ? `Overview: ${what.join(' and ')}` : `Overview: ${what.slice(1).join('')}`, notes };
}

// A line that would pass under a box of which it says nothing bends around it, as little as it must. Past some
// hundreds of lines nobody follows a single one.
const BENDS = [0.08, -0.08, 0.16, -0.16, 0.24, -0.24, 0.34, -0.34, 0.46, -0.46];
function bendAround(lines, marks) {
  if (lines.length > MOST_LINES) return;
  const at = new Map(marks.map((m) => [m.key, m])), wide = marks.map((m) => [m, [m.x - m.w / 2 - 3, m.y - m.h / 2 - 3, m.x + m.w / 2 + 3, m.y + m.h / 2 + 3]]);
  for (const l of lines) {
    const a = at.get(l.a), b = at.get(l.b), others = wide.filter(([m]) => m !== a && m !== b).map(([, box]) => box);
    let least = others.reduce((n, box) => n + crosses([a.x, a.y, b.x, b.y], box), 0);
    for (const bend of least ? BENDS : []) {
      const mid = bent(a, b, bend), steps = [0, 1, 2, 3, 4, 5, 6].map((n) => [...alongBend(a, mid, b, n / 7), ...alongBend(a, mid, b, (n + 1) / 7)]);
      const under = others.reduce((n, box) => n + Number(steps.some((s) => crosses(s, box))), 0);
      if (under < least) { least = under; l.bend = bend; }
      if (!under) break;
    }
  }
}

// Ties between two boxes: new when nothing joined the two before, gone when nothing joins them now.
const linkChange = (l) => (!COMPARED ? '' : l.new === l.ties.length ? 'new' : l.gone === l.ties.length ? 'gone' : 'kept');

// Past the first number nobody can tell people apart, past the second no browser keeps the picture in hand.
const TELL_APART = 3000, MOST_AT_ONCE = 60000;
function allScene() {
  if (COUNT > MOST_AT_ONCE) {
    return { marks: [], lines: [], regions: [], title: `Everyone: ${counted(COUNT, 'person', 'people')} are more than one picture can hold (at most ${whole(MOST_AT_ONCE)})`, notes: [['nobody is drawn', 'choose a group, or search for a person; the overview shows all groups']] };
  }
  const { marks, lines, hidden, left } = peopleScene([...P.id.keys()], (i) => [P.x[i], P.y[i]]);
  const inside = B.map(() => []);
  for (const m of marks) inside[P.box[m.i]].push(m);
  const regions = B.flatMap((box, b) => (box.kind === 'ocg' || box.kind === 'community' ? region(b, inside[b]) : []));
  return { marks, lines, regions, title: `Everyone: ${counted(marks.length, 'person', 'people')}`, notes: [...hiddenNote(hidden, left), ...(marks.length > TELL_APART ? [['too many to tell apart at this size', 'choose a group, search for a person, or filter']] : [])] };
}

function peopleScene(people, place, options) {
  const shown = new Set(people.filter(passesPerson));
  const marks = [...shown].map((i) => personMark(i, ...place(i), options));
  const lines = [];
  let left = 0;
  for (const i of people) {
    for (const t of tiesOf[i]) {
      const j = otherEnd(t, i);
      if (j < i && people.length === COUNT) continue;
      if (!passesTie(t) || !shown.has(i)) { left += 1; continue; }
      if (shown.has(j)) { if (i < j) lines.push(tieLine(t)); } else if (!passesPerson(j)) left += 1;
    }
  }
  return { marks, lines, hidden: people.length - shown.size, left, shown };
}

function region(b, marks) {
  if (!marks.length) return [];
  const xs = marks.map((m) => m.x), ys = marks.map((m) => m.y), pad = 22;
  const x = Math.min(...xs) - pad, y = Math.min(...ys) - pad;
  return [{ box: b, x, y, w: Math.max(...xs) + pad - x, h: Math.max(...ys) + pad - y, colour: colourOf(b), code: B[b].code, label: B[b].kind === 'ocg' && B[b].code !== B[b].name ? `${B[b].code} ${markName(b)}` : B[b].name }];
}

const NEIGHBOUR_BOXES = 14;
function boxScene() {
  const b = thing(state.of).i, people = B[b].people;
  // Wider than in the whole picture: names are written across, and screens and A4 are wide.
  const more = roomForEvents(people), wide = 1.65 * more, tall = 1.3 * more;
  const mx = people.reduce((s, i) => s + P.x[i], 0) / (people.length || 1), my = people.reduce((s, i) => s + P.y[i], 0) / (people.length || 1);
  const { marks, lines, hidden, left, shown } = peopleScene(people, (i) => [(P.x[i] - mx) * wide, (P.y[i] - my) * tall]);
  const reachX = Math.max(80, ...marks.map((m) => Math.abs(m.x))), reachY = Math.max(60, ...marks.map((m) => Math.abs(m.y)));
  const notes = hiddenNote(hidden, left);
  const at = new Map(marks.map((m) => [m.i, m]));
  const pairs = marks.flatMap((m) => childrenOf[m.i].map((c) => [c, m]));
  lines.push(...pairs.filter(([c]) => asPerson(c, shown)).map(([c, m]) => familyLine(c, m.i, asPerson(c, shown))));
  const kids = around(pairs.filter(([c]) => !asPerson(c, shown)), Math.max(60, ...marks.map((m) => Math.abs(m.x))) + 22, Math.max(50, ...marks.map((m) => Math.abs(m.y))) + 22);
  marks.push(...kids.marks);
  lines.push(...kids.lines);
  const links = boxTies(b).links.sort((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b);
  const drawn = isRest(b) ? [] : links.slice(0, NEIGHBOUR_BOXES);
  if (links.length > drawn.length) notes.push([`${counted(links.length - drawn.length, drawn.length ? 'more group' : 'group')} with ties to these people not drawn`, 'see the panel']);
  const neighbours = drawn.map((l) => {
    const inner = l.ties.map((t) => at.get(shown.has(T.a[t]) && P.box[T.a[t]] === b ? T.a[t] : T.b[t])).filter(Boolean);
    const angle = Math.atan2(inner.reduce((s, m) => s + m.y, 0), inner.reduce((s, m) => s + m.x, 0));
    return { link: l, other: l.a === b ? l.b : l.a, angle };
  }).sort((x, y) => x.angle - y.angle || x.other - y.other);
  const grow = Math.max(1, Math.hypot(reachX, reachY) / 420), rx = reachX * 1.1 + 120 * grow, ry = reachY * 1.1 + 70 * grow, turn = neighbours.length ? evenTurn(neighbours) : 0;
  neighbours.forEach((n, k) => {
    const angle = turn + (2 * Math.PI * k) / neighbours.length;
    const [x, y] = clearOf(marks, rx * Math.cos(angle), ry * Math.sin(angle), 126 * grow, 44 * grow);
    marks.push(boxMark(n.other, x, y, 126 * grow, 44 * grow, counted(n.link.ties.length, 'tie')));
    const per = new Map();
    for (const t of n.link.ties) { const i = P.box[T.a[t]] === b ? T.a[t] : T.b[t]; per.set(i, [...(per.get(i) || []), t]); }
    for (const [i, ties] of per) {
      lines.push({ key: `o:${P.id[i]}\u001f${B[n.other].id}`, type: 'outside', a: key.person(i), b: key.box(n.other), ties,
        width: lineWidth(ties.filter(isNow).reduce((s, t) => s + (T.weight[t] || 0), 0)), dash: ties.some((t) => isRecorded[t]) ? 'solid' : 'dashed',
        change: COMPARED ? (ties.every((t) => change(t) === change(ties[0])) ? change(ties[0]) : 'kept') : '' });
    }
  });
  return { marks, lines, regions: isRest(b) ? [] : region(b, marks.filter((m) => m.type === 'person')), title: boxTitle(b, shown.size, lines.filter((l) => l.type === 'tie' && isNow(l.i)).length, links.filter((l) => !isRest(l.a) && !isRest(l.b)).length), notes };
}

const boxTitle = (b, people, ties, others) => (isRest(b) ? `${boxName(b)}: ${counted(people, 'person', 'people')}`
  : `${boxName(b)}: ${counted(people, 'person shares', 'people share')} ${counted(ties, 'tie')}${others ? ` and have ties with ${counted(others, 'other group or community', 'other groups or communities')}` : ''}`);

// A box moves outwards until it covers no mark and leaves room for a name beside each.
function clearOf(marks, x, y, w, h) {
  const covers = (s) => marks.some((m) => Math.abs(m.x - s * x) < (w + (m.w || 2 * m.r)) / 2 + 12 && Math.abs(m.y - s * y) < (h + (m.h || 2 * m.r)) / 2 + 20);
  let s = 1;
  while (covers(s) && s < 4) s += 0.05;
  return [s * x, s * y];
}

// The turn of an even ring that moves the boxes least from where their ties point.
function evenTurn(neighbours) {
  let sin = 0, cos = 0;
  neighbours.forEach((n, k) => { const d = n.angle - (2 * Math.PI * k) / neighbours.length; sin += Math.sin(d); cos += Math.cos(d); });
  return Math.atan2(sin, cos);
}

// Children stand just outside the box around the group, each near the adult who links it.
function around(pairs, halfX, halfY) {
  const by = new Map();
  for (const [c, m] of pairs) by.set(c, [...(by.get(c) || []), m]);
  const placed = [...by].map(([c, adults]) => {
    const x = adults.reduce((s, m) => s + m.x, 0) / adults.length, y = adults.reduce((s, m) => s + m.y, 0) / adults.length;
    return { c, adults, angle: Math.atan2(y, x) };
  }).sort((u, v) => u.angle - v.angle || u.c - v.c);
  // More children than fit around at this distance stand further out, as far as they need.
  const out = Math.max(40, (placed.length * 36) / (2 * Math.PI) - Math.min(halfX, halfY));
  const gap = Math.min(34 / (Math.min(halfX, halfY) + out), (2 * Math.PI) / (placed.length || 1));
  let last = -Infinity;
  for (const p of placed) { p.angle = Math.max(p.angle, last + gap); last = p.angle; }
  const reach = (t) => Math.min(halfX / Math.max(1e-6, Math.abs(Math.cos(t))), halfY / Math.max(1e-6, Math.abs(Math.sin(t)))) + out;
  return {
    marks: placed.map((p) => childMark(p.c, reach(p.angle) * Math.cos(p.angle), reach(p.angle) * Math.sin(p.angle))),
    lines: placed.flatMap((p) => p.adults.map((m) => familyLine(p.c, m.i))),
  };
}
