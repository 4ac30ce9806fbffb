// What the file holds, with the ways through it. Nothing here changes after loading.
const DATA = JSON.parse(byId('chart-data').textContent);
const META = DATA.meta, P = DATA.people, T = DATA.ties, B = DATA.boxes, K = DATA.children, E = DATA.events;
const COUNT = P.id.length, TIES = T.a.length;

const personOf = new Map(P.id.map((id, i) => [id, i]));
const boxOf = new Map(B.map((b, i) => [b.id, i]));
const childOf = new Map(K.id.map((id, i) => [id, i]));
const thingOf = new Map(DATA.things.id.map((id, i) => [id, i]));

const tiesOf = Array.from({ length: COUNT }, () => []);
for (let t = 0; t < TIES; t += 1) { tiesOf[T.a[t]].push(t); tiesOf[T.b[t]].push(t); }
const otherEnd = (t, i) => (T.a[t] === i ? T.b[t] : T.a[t]);

const childrenOf = Array.from({ length: COUNT }, () => []);
const adultsOf = K.id.map(() => []);
for (const [c, p] of DATA.child_links) { childrenOf[p].push(c); adultsOf[c].push(p); }

// Rows of the roles table: [person, box, recorded, suggested, stability, crimes, reports, because, stability in a word].
const rolesOf = Array.from({ length: COUNT }, () => []);
for (const row of DATA.roles) rolesOf[row[0]].push(row);
const homeRole = rolesOf.map((rows, i) => rows.find((r) => r[1] === P.box[i]) || rows[0] || null);
// A network without an analysis has people and ties only; roles are then not spoken of.
const HAS_ROLES = DATA.roles.length > 0;
const recorded = (i) => (homeRole[i] && homeRole[i][2]) || '';
const ROLES = ['principal', 'significant', 'peripheral'];
const suggestedBy = (row) => (row && ROLES.includes(row[3]) ? row[3] : '');
// Whom no crime that counts suspects: a victim, a witness or somebody linked otherwise. Position says nothing of a role.
const notSuspect = (i) => P.stands[i];
const STANDS_WORDS = { victim: 'a victim', witness: 'a witness', other: 'linked otherwise' };
const standsWords = (i) => `${STANDS_WORDS[notSuspect(i)]} in the crimes shown, not a suspect`;
const linkedAs = new Map(DATA.links_as.map(([p, e, as]) => [`${p} ${e}`, as]));
const linkedOtherwise = (i) => Object.keys(STANDS_WORDS).map((as) => [as, DATA.links_as.filter(([p, , w]) => p === i && w === as).length]).filter(([, n]) => n).map(([as, n]) => `${as} in ${counted(n, 'crime')}`).join(', ');
const suggested = (i) => (notSuspect(i) ? '' : suggestedBy(homeRole[i]));
// What stands in place of a role where none is suggested: too little data, or no group to have a role in.
const suggestion = (i) => (notSuspect(i) ? 'not a suspect' : (homeRole[i] && homeRole[i][3]) || '');
const groupless = (i) => !homeRole[i] || homeRole[i][3] === 'no group';

const nameOf = (i) => P.name[i] || P.id[i];
const childName = (c) => K.name[c] || K.id[c];
const boxName = (b) => (B[b].kind === 'ocg' && B[b].code !== B[b].name ? `${B[b].code} ${B[b].name}` : B[b].name);
// A nominal who is a linked child keeps the child's mark and words, whatever else the records hold.
const childAt = P.id.map((id) => (childOf.has(id) ? childOf.get(id) : null));
const key = {
  person: (i) => `p:${P.id[i]}`, box: (b) => `b:${B[b].id}`, child: (c) => `c:${K.id[c]}`,
  event: (e) => `e:${E.kind[e][0]}${E.id[e]}`, thing: (h) => `h:${DATA.things.id[h]}`, place: (district) => `d:${district}`,
};

// Events: the ties name them; a contact names its kind and then the report that records it, a thing what it does.
const BY_THING = /^(shared|suspected)_(\S+) (.+)$/, BETWEEN = /^(suspected_)?(calls|travelled) (.+)$/;
const tieThing = (label) => { const m = BY_THING.exec(label); return m && !BETWEEN.test(label) ? m : null; };
function labelWords(label) {
  const m = tieThing(label), pair = BETWEEN.exec(label);
  if (m) {
    const h = thingOf.get(m[3]), own = h === undefined ? '' : DATA.things.identifier[h] || DATA.things.label[h];
    return `${m[1] === 'shared' ? 'Both used' : 'Both may have used (suspected)'} ${spaced(m[2])} ${m[3]}${own && own !== m[3] ? ` ${own}` : ''}`;
  }
  if (pair) return `${pair[2] === 'calls' ? 'Calls between' : 'Journeys together of'} ${pair[3]}${pair[1] ? ' (suspected)' : ''}`;
  return `Contact: ${spaced(label)}`;
}
const eventOf = new Map(E.id.map((id, e) => [id, e]));
const byKind = new Map(E.id.map((id, e) => [E.kind[e][0] + id, e]));
const eventNamed = (label) => (tieThing(label) || BETWEEN.test(label) ? undefined : eventOf.has(label) ? eventOf.get(label) : eventOf.get(label.slice(label.indexOf(' ') + 1)));
const eventsIn = (labels) => [...new Set((labels || '').split('|').map(eventNamed).filter((e) => e !== undefined))];
const eventsOfTie = T.events.map(E.id.length ? eventsIn : () => []);
const DISTRICTS = new Set(E.district);

// Grades are only ever read under the scheme that their own report declares: E means another thing in each.
const GRADES = DATA.grades;
const MEANINGS = {
  '3x5x2': [{ 1: 'reliable', 2: 'untested', 3: 'not reliable' }, { A: 'known directly', B: 'known indirectly but corroborated', C: 'known indirectly', D: 'not known', E: 'suspected to be false' }],
  '5x5x5': [{ A: 'always reliable', B: 'mostly reliable', C: 'sometimes reliable', D: 'unreliable', E: 'untested' }, { 1: 'known to be true', 2: 'known directly to the source', 3: 'known indirectly but corroborated', 4: 'cannot be judged', 5: 'suspected to be false' }],
};
const meaning = (scheme, place, grade) => ((MEANINGS[scheme] || [])[place] || {})[grade];
const gradeShort = (g) => `${g[0] || 'no scheme'}: source ${g[1] || 'not graded'}, information ${g[2] || 'not graded'}`;
function gradeWords(e) {
  const g = GRADES[E.grade[e]];
  if (!g) return 'not graded';
  const part = (n, grade) => (grade ? `${grade}${meaning(g[0], n, grade) ? ` (${meaning(g[0], n, grade)})` : ''}` : 'not graded');
  return `${g[0] || 'no scheme'}: source ${part(0, g[1])}, information ${part(1, g[2])}`;
}
const gradeKeys = (e) => (E.kind[e] === 'crime' ? ['crime'] : [E.grade[e] < 0 ? 'none' : GRADES[E.grade[e]].join(' ')]);
// A tie without any named event rests on contacts, or on reports whose names and grades are withheld.
const gradesOfTie = (t) => (eventsOfTie[t].length ? eventsOfTie[t].flatMap(gradeKeys) : ['unnamed']);

// Two periods: a tie that is gone belongs to the earlier one alone.
const COMPARED = META.compared;
const change = (t) => (COMPARED ? T.change[t] : '');
const isNow = (t) => change(t) !== 'gone';
const tiesNow = (i) => (COMPARED ? tiesOf[i].filter(isNow) : tiesOf[i]);
function personChange(i) {
  if (!COMPARED || !tiesOf[i].length) return '';
  if (tiesOf[i].every((t) => change(t) === 'new')) return 'new';
  return tiesOf[i].every((t) => change(t) === 'gone') ? 'gone' : 'kept';
}

// Where most groups are called "Operation …", the word is left out of the small boxes; panels keep it.
const firstWords = B.filter((b) => b.kind === 'ocg').map((b) => b.name.split(' ')[0]);
const common = firstWords.length > 2 && firstWords.filter((w) => w === firstWords[0]).length === firstWords.length ? `${firstWords[0]} ` : '';
const ANY_GROUP = firstWords.length > 0;
const markName = (b) => ({
  ocg: common && B[b].name.length > common.length ? B[b].name.slice(common.length) : B[b].name,
  community: counted(B[b].people.length, 'person', 'people'), small: B[b].name, alone: 'No group, no tie',
}[B[b].kind]);
// Where a box has no room for more.
const briefName = (b) => ({ small: B[b].name.split(' ').slice(0, 2).join(' '), alone: 'No tie' })[B[b].kind] || markName(b);

function thing(k) {
  const id = (k || '').slice(2);
  if (!k) return null;
  if (k[0] === 'p' && personOf.has(id)) return { type: 'person', i: personOf.get(id) };
  if (k[0] === 'b' && boxOf.has(id)) return { type: 'box', i: boxOf.get(id) };
  if (k[0] === 'h' && thingOf.has(id)) return { type: 'thing', i: thingOf.get(id) };
  if (k[0] === 'c' && childOf.has(id)) return { type: 'child', i: childOf.get(id) };
  if (k[0] === 'e' && byKind.has(id)) return { type: 'event', i: byKind.get(id) };
  if (k[0] === 'd' && id && DISTRICTS.has(id)) return { type: 'place', i: id };
  if (k[0] === 'l') {
    const [a, b] = id.split('\u001f').map((x) => boxOf.get(x));
    if (a !== undefined && b !== undefined) return { type: 'link', a, b };
  }
  if (k[0] === 't') {
    const [a, b] = id.split('\u001f').map((x) => personOf.get(x));
    const t = a === undefined || b === undefined ? undefined : tiesOf[a].find((x) => otherEnd(x, a) === b);
    if (t !== undefined) return { type: 'tie', i: t };
  }
  return null;
}
const tieKey = (t) => `t:${P.id[T.a[t]]}\u001f${P.id[T.b[t]]}`;

const kindsOf = T.kinds.map((k) => (k || '').split('|').filter(Boolean));
const KINDS = [...new Set(kindsOf.flat())].sort();
// A tie whose every crime has a victim, witness or other at one of its ends confirms nothing between suspects.
const crimesOf = (t) => eventsOfTie[t].filter((e) => E.kind[e] === 'crime');
const linksOther = (t, e) => linkedAs.has(`${T.a[t]} ${e}`) || linkedAs.has(`${T.b[t]} ${e}`);
const besideSuspects = kindsOf.map((ks, t) => linkedAs.size > 0 && ks.includes('crime') && !ks.includes('co_offending') && crimesOf(t).every((e) => linksOther(t, e)));
const onlyBeside = (t) => besideSuspects[t] && kindsOf[t].length === 1;
const isRecorded = kindsOf.map((ks, t) => !HAS_ROLES || (!besideSuspects[t] && ks.some((k) => META.recorded_kinds.includes(k))));
const STRONGEST = T.weight.reduce((m, w) => Math.max(m, w || 0), 0);
const SORTED_WEIGHTS = T.weight.slice().sort((x, y) => x - y);
const DAYS = [...T.first_on, ...T.last_on].filter(Boolean).sort();
const FIRST_DAY = DAYS[0] || null, LAST_DAY = DAYS[DAYS.length - 1] || null;

const RECORDED_ROLES = [...ROLES, ''];
const recordedWords = (role) => role || 'not assessed';
const suggestedWords = (i) => (notSuspect(i) ? standsWords(i) : suggested(i) ? `suggested ${suggested(i)}` : groupless(i) ? 'in no group' : suggestion(i) ? `no role suggested: ${suggestion(i)}` : 'no role suggested');
function stabilityWords(row) {
  if (!suggestedBy(row)) return '';
  if (row[4] === null) return COUNT > META.resample_up_to ? 'stability not computed at this size' : 'stability not known';
  return `${row[8] ? `${row[8]}: ` : 'the same in '}${percent(row[4])} of ${META.resamples ? `${whole(META.resamples)} ` : ''}resamples`;
}
// Who deserves a label first when there is no room for all.
const RANK = { principal: 3, significant: 2, peripheral: 1, '': 0 };
const priority = (i) => (childAt[i] === null && !notSuspect(i) ? (RANK[suggested(i)] * 2 + (RANK[recorded(i)] || 0) + (P.position_score[i] || 0)) : 0.5);
