// What the file holds, with the ways through it. Nothing here changes after loading.
const DATA = JSON.parse(byId('chart-data').textContent);
const META = DATA.meta, P = DATA.people, T = DATA.ties, B = DATA.boxes, K = DATA.children;
const COUNT = P.id.length, TIES = T.a.length;

const personOf = new Map(P.id.map((id, i) => [id, i]));
const boxOf = new Map(B.map((b, i) => [b.id, i]));
const childOf = new Map(K.id.map((id, i) => [id, i]));

const tiesOf = Array.from({ length: COUNT }, () => []);
for (let t = 0; t < TIES; t += 1) { tiesOf[T.a[t]].push(t); tiesOf[T.b[t]].push(t); }
const otherEnd = (t, i) => (T.a[t] === i ? T.b[t] : T.a[t]);

const childrenOf = Array.from({ length: COUNT }, () => []);
const adultsOf = K.id.map(() => []);
for (const [c, p] of DATA.child_links) { childrenOf[p].push(c); adultsOf[c].push(p); }

// Rows of the roles table: [person, box, recorded, suggested, stability, crimes, reports, because].
const rolesOf = Array.from({ length: COUNT }, () => []);
for (const row of DATA.roles) rolesOf[row[0]].push(row);
const homeRole = rolesOf.map((rows, i) => rows.find((r) => r[1] === P.box[i]) || rows[0] || null);
// A network without an analysis has people and ties only; roles are then not spoken of.
const HAS_ROLES = DATA.roles.length > 0;
const recorded = (i) => (homeRole[i] && homeRole[i][2]) || '';
const ROLES = ['principal', 'significant', 'peripheral'];
const suggestedBy = (row) => (row && ROLES.includes(row[3]) ? row[3] : '');
const suggested = (i) => suggestedBy(homeRole[i]);

const nameOf = (i) => P.name[i] || P.id[i];
const childName = (c) => K.name[c] || K.id[c];
const boxName = (b) => (B[b].kind === 'ocg' ? `${B[b].code} ${B[b].name}` : B[b].name);
// A nominal who is a linked child keeps the child's mark and words, whatever else the records hold.
const childAt = P.id.map((id) => (childOf.has(id) ? childOf.get(id) : null));
const key = { person: (i) => `p:${P.id[i]}`, box: (b) => `b:${B[b].id}`, child: (c) => `c:${K.id[c]}` };

// Where most groups are called "Operation …", the word is left out of the small boxes; panels keep it.
const firstWords = B.filter((b) => b.kind === 'ocg').map((b) => b.name.split(' ')[0]);
const common = firstWords.length > 2 && firstWords.filter((w) => w === firstWords[0]).length === firstWords.length ? `${firstWords[0]} ` : '';
const ANY_GROUP = firstWords.length > 0;
const markName = (b) => ({
  ocg: common && B[b].name.length > common.length ? B[b].name.slice(common.length) : B[b].name,
  community: counted(B[b].people.length, 'person', 'people'), small: B[b].name.replace(/ communities$/, ''), alone: 'No tie',
}[B[b].kind]);

function thing(k) {
  const id = (k || '').slice(2);
  if (!k) return null;
  if (k[0] === 'p' && personOf.has(id)) return { type: 'person', i: personOf.get(id) };
  if (k[0] === 'b' && boxOf.has(id)) return { type: 'box', i: boxOf.get(id) };
  if (k[0] === 'c' && childOf.has(id)) return { type: 'child', i: childOf.get(id) };
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
const isRecorded = kindsOf.map((ks) => !HAS_ROLES || ks.some((k) => META.recorded_kinds.includes(k)));
const STRONGEST = T.weight.reduce((m, w) => Math.max(m, w || 0), 0);
const SORTED_WEIGHTS = T.weight.slice().sort((x, y) => x - y);
const DAYS = [...T.first_on, ...T.last_on].filter(Boolean).sort();
const FIRST_DAY = DAYS[0] || null, LAST_DAY = DAYS[DAYS.length - 1] || null;

const RECORDED_ROLES = [...ROLES, ''];
const recordedWords = (role) => role || 'not assessed';
const suggestedWords = (role) => (role ? `suggested ${role}` : 'no suggestion');
function stabilityWords(row) {
  if (!suggestedBy(row)) return '';
  if (row[4] === null) return COUNT > META.resample_up_to ? 'stability not computed at this size' : 'stability not known';
  return META.resamples ? `stable: ${percent(row[4])} of ${whole(META.resamples)} resamples` : `stable: ${percent(row[4])} of resamples`;
}
// Who deserves a label first when there is no room for all.
const RANK = { principal: 3, significant: 2, peripheral: 1, '': 0 };
const priority = (i) => (childAt[i] === null ? (RANK[suggested(i)] * 2 + (RANK[recorded(i)] || 0) + (P.position_score[i] || 0)) : 0.5);
