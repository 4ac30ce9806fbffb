// Pictures around one person or child, and the paths between two people. People stand by steps away.
const MOST_SHOWN = 120;

const strongestFirst = (i) => tiesOf[i].filter((t) => passesTie(t) && passesPerson(otherEnd(t, i)))
  .sort((s, t) => T.weight[t] - T.weight[s] || otherEnd(s, i) - otherEnd(t, i));

function withTies(people, extraLines, title, notes, options) {
  const shown = new Set(people.keys());
  const marks = [...people].map(([i, [x, y]]) => personMark(i, x, y, { coded: true, larger: 1.15, ...options }));
  const lines = [];
  for (const i of shown) for (const t of tiesOf[i]) if (T.a[t] === i && shown.has(T.b[t]) && passesTie(t)) lines.push(tieLine(t));
  return { marks, lines: [...lines, ...extraLines], title, notes };
}

// Rings of at most `room` marks; the strongest stand nearest.
function ring(list, radius, room) {
  const places = new Map();
  for (let from = 0, k = 0; from < list.length; k += 1) {
    const r = radius + k * 84, fits = Math.max(6, Math.floor((2 * Math.PI * r) / room));
    const part = list.slice(from, from + fits).sort((i, j) => P.box[i] - P.box[j] || i - j);
    // An odd number of places: nobody stands opposite another, whose line would then run through the middle.
    const slots = part.length + ((part.length + 1) % 2);
    part.forEach((i, n) => {
      const angle = -Math.PI / 2 + (2 * Math.PI * (n + (k % 2) / 2)) / slots;
      places.set(i, [1.35 * r * Math.cos(angle), r * Math.sin(angle)]);
    });
    from += fits;
  }
  return places;
}

function egoScene() {
  const i = thing(state.of).i, notes = [];
  const first = strongestFirst(i).map((t) => otherEnd(t, i));
  const left = tiesOf[i].length - first.length;
  const near = first.slice(0, MOST_SHOWN);
  const inner = ring(near, 150, 74);
  const seen = new Set([i, ...near]);
  const second = [];
  const widen = state.steps === 2 ? near : near.filter((j) => state.more.includes(P.id[j]));
  for (const j of widen) for (const t of strongestFirst(j)) { const k = otherEnd(t, j); if (!seen.has(k)) { seen.add(k); second.push(k); } }
  const room = Math.max(0, MOST_SHOWN - near.length);
  const outerRadius = Math.max(150, ...[...inner.values()].map(([x, y]) => Math.hypot(x / 1.35, y))) + 110;
  const outer = ring(second.slice(0, room), outerRadius, 62);
  const cut = first.length - near.length + Math.max(0, second.length - room);
  if (cut) notes.push(`${counted(cut, 'person', 'people')} further out not drawn; the strongest ${MOST_SHOWN} are`);
  const people = new Map([[i, [0, 0]], ...inner, ...outer]);
  const last = outer.size ? Math.max(...[...outer.values()].map(([x, y]) => Math.hypot(x / 1.35, y))) : outerRadius - 110;
  const kids = childrenOf[i].filter((c) => !asPerson(c, people)).map((c, n, all) => childMark(c, (n - (all.length - 1) / 2) * 110, last + 90));
  const built = withTies(people, childrenOf[i].map((c) => familyLine(c, i, asPerson(c, people))), '', hiddenNote(0, left, notes));
  built.marks.push(...kids);
  const within = state.steps === 2 ? 'two steps' : 'one step';
  built.title = `${counted(people.size - 1, 'person is', 'people are')} within ${within} of ${nameOf(i)}`;
  return built;
}

// All shortest paths, by steps, over the ties that pass.
function shortestPaths(i, j) {
  const from = new Map([[i, 0]]);
  let edge = [i];
  while (edge.length && !from.has(j)) {
    const next = [];
    for (const u of edge) for (const t of tiesOf[u]) {
      const v = otherEnd(t, u);
      if (!from.has(v) && isNow(t) && passesTie(t) && (v === j || passesPerson(v))) { from.set(v, from.get(u) + 1); next.push(v); }
    }
    edge = next;
  }
  if (!from.has(j)) return null;
  const layers = [[j]], on = new Set([j]);
  for (let d = from.get(j) - 1; d >= 0; d -= 1) {
    const layer = new Set();
    for (const v of layers[0]) for (const t of tiesOf[v]) {
      const u = otherEnd(t, v);
      if (from.get(u) === d && isNow(t) && passesTie(t)) layer.add(u);
    }
    layers.unshift([...layer].sort((x, y) => priority(y) - priority(x) || x - y));
    layer.forEach((u) => on.add(u));
  }
  return layers;
}

function pathScene() {
  const i = thing(state.of).i, j = thing(state.to).i, notes = [];
  const layers = shortestPaths(i, j);
  if (!layers) {
    return { ...withTies(new Map([[i, [-160, 0]], [j, [160, 0]]]), [], `No path joins ${nameOf(i)} and ${nameOf(j)}`, hiddenNote(0, 0, isFiltered() ? ['under the filters set'] : [])) };
  }
  const people = new Map();
  // A long path is drawn small: rows further apart leave its names room.
  const apart = Math.max(78, 20 * layers.length);
  let cut = 0;
  layers.forEach((layer, d) => {
    const shown = layer.slice(0, 12);
    cut += layer.length - shown.length;
    shown.forEach((u, n) => people.set(u, [(d - (layers.length - 1) / 2) * 190, (n - (shown.length - 1) / 2) * apart]));
  });
  if (cut) notes.push(`${counted(cut, 'more person', 'more people')} on equally short paths not drawn`);
  const steps = layers.length - 1;
  const built = withTies(people, [], `${nameOf(i)} and ${nameOf(j)} are ${counted(steps, 'step')} apart`, notes, { larger: 1.3 });
  const depth = new Map(layers.flatMap((layer, d) => layer.map((u) => [key.person(u), d])));
  built.lines = built.lines.filter((l) => l.change !== 'gone' && Math.abs(depth.get(l.a) - depth.get(l.b)) === 1);
  return built;
}

function childScene() {
  const c = thing(state.of).i, adults = adultsOf[c].filter(passesPerson);
  const notes = hiddenNote(adultsOf[c].length - adults.length, 0);
  const people = new Map(adults.map((i, n) => [i, [(n - (adults.length - 1) / 2) * 240, 130]]));
  const built = withTies(people, adults.map((i) => familyLine(c, i)), `${counted(adults.length, 'adult links', 'adults link')} the child ${childName(c)} to ${counted(new Set(adults.map((i) => P.box[i]).filter((b) => B[b].kind === 'ocg')).size, 'group')}`, notes, { larger: 1.3 });
  built.marks.push({ ...childMark(c, 0, 0), r: 15, priority: 10 });
  const boxes = [...new Set(adults.map((i) => P.box[i]))];
  boxes.forEach((b, n) => {
    const mates = adults.filter((i) => P.box[i] === b);
    const x = boxes.length === 1 ? people.get(mates[0])[0] : (n - (boxes.length - 1) / 2) * 240;
    built.marks.push(boxMark(b, boxes.length === 1 && mates.length > 1 ? 0 : x, 270, 190, 60, counted(B[b].people.length, 'person', 'people')));
    for (const i of mates) built.lines.push({ key: `m:${P.id[i]}`, type: 'member', a: key.person(i), b: key.box(b), width: 1.2, dash: 'solid' });
  });
  const others = [...new Set(adults.flatMap((i) => childrenOf[i]))].filter((x) => x !== c).sort((x, y) => x - y);
  others.forEach((o, n) => {
    built.marks.push(childMark(o, (n - (others.length - 1) / 2) * 120, -90));
    for (const i of adultsOf[o]) if (people.has(i)) built.lines.push(familyLine(o, i));
  });
  return built;
}
