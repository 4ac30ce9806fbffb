// What leaves the page: a picture with its marking, legend and data line, and tables of what is shown.
const fileName = (ending) => `${META.marking.replace(/[^A-Za-z0-9-]+/g, '_')}_network_${META.run_id || 'chart'}.${ending}`;

function download(name, blob) {
  const url = URL.createObjectURL(blob), a = el('a', { href: url, download: name });
  document.body.appendChild(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  say(`${name} written`);
}

function lines(words, room, o) {
  const rows = [];
  let row = '';
  for (const word of words.split(' ')) {
    if (row && widthOf(`${row} ${word}`, o) > room) { rows.push(row); row = word; } else row = row ? `${row} ${word}` : word;
  }
  return [...rows, row];
}

// One sheet in the proportions of A4 landscape: picture first, then legend, data line and what is left out.
// Few marks leave room for larger letters, which a wall is read by.
const sheetSize = () => (current.marks.length <= 60 ? { w: 1160, h: 790 } : { w: 1395, h: 950 });
function drawSheet(target) {
  const { w, h } = sheetSize(), pen = target();
  roundBox(pen, 0, 0, w, h, 0.01); paint(pen, '#fff');
  for (const y of [0, h - 24]) {
    roundBox(pen, 0, y, w, 24, 0.01); paint(pen, INK);
    text(pen, META.marking, w / 2, y + 12, { size: 13, bold: true, colour: '#fff', align: 'center', middle: true });
  }
  let y = 50;
  // The whole is headed by its finding, a part by what it shows.
  const [main, second] = ['overview', 'all'].includes(state.view) && !isFiltered() ? [META.title, current.title] : [current.title, META.title];
  for (const row of lines(main, w - 40, { size: 21, bold: true })) { text(pen, row, 20, y, { size: 21, bold: true }); y += 25; }
  if (main !== second) { text(pen, fit(second, w - 40, { size: 14 }), 20, y, { size: 14, colour: '#4a5560' }); y += 19; }
  const foot = [META.data_line.join(' · '), ...(current.notes.length ? [`In this picture: ${current.notes.map((n) => [n].flat()[0]).join('; ')}.`] : []),
    `Suggested roles are assessments from network position, not facts. Run ${META.run_id}.`].flatMap((t) => lines(t, w - 40, { size: 11.5 }));
  const keys = legendNow(), across = keys.length > 12 && w > 1300 ? 5 : 4, keyHeight = Math.ceil(keys.length / across) * 34, footTop = h - 30 - foot.length * 15, keyTop = footTop - keyHeight - 6;
  foot.forEach((row, n) => text(pen, row, 20, footTop + 12 + 15 * n, { size: 11.5, colour: '#4a5560' }));
  keys.forEach(([words, draw], n) => {
    const column = n % across, rowAt = Math.floor(n / across), left = 20 + column * ((w - 40) / across), top = keyTop + rowAt * 34;
    draw(target(0.8, left, top));
    lines(words, (w - 40) / across - 72, { size: 11 }).slice(0, 3).forEach((row, k, all) => text(pen, row, left + 66, top + 18 + (k - (all.length - 1) / 2) * 12.5, { size: 11 }));
  });
  const b = bounds(current), room = { w: w - 40, h: keyTop - y - 12 };
  const scale = Math.min((room.w - 130) / b.w, (room.h - 34) / b.h, 2);
  const inner = target(scale, 20 + (room.w - b.w * scale) / 2 - b.x * scale, y + (room.h - b.h * scale) / 2 - b.y * scale);
  const names = placeLabels(current, scale, new Set([state.sel]), w - 40), titled = new Set(names.map((l) => l.key));
  text(pen, unwritten(names), w - 20, keyTop - 4, { size: 11.5, colour: '#4a5560', align: 'right' });
  for (const r of current.regions) drawRegion(inner, r, scale, titled.has(`region ${r.box}`));
  for (const l of current.lines) drawLine(inner, l, current.at, false, state.view === 'all');
  drawChanges(inner, current.lines, current.at, scale);
  for (const m of current.marks) drawMark(inner, m, scale);
  drawLabels(inner, names, scale, null);
}

function sheetSvg() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const { w, h } = sheetSize();
  svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  drawSheet((k, dx, dy) => new SvgPen(svg, k, dx, dy));
  return svg;
}
const svgText = () => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(sheetSvg())}`;
function savePng() {
  const { w, h } = sheetSize(), twice = 2, canvas = document.createElement('canvas');
  canvas.width = w * twice; canvas.height = h * twice;
  const pen = canvas.getContext('2d');
  // A canvas has one transform at a time, so each pen of the sheet sets its own before it draws.
  drawSheet((k = 1, dx = 0, dy = 0) => new Proxy(pen, {
    get(on, name) { const v = on[name]; if (typeof v !== 'function') return v; return (...a) => { on.setTransform(twice * k, 0, 0, twice * k, twice * dx, twice * dy); return v.apply(on, a); }; },
    set(on, name, v) { on[name] = v; return true; },
  }));
  canvas.toBlob((blob) => download(fileName('png'), blob), 'image/png');
}

// A spreadsheet may run a cell that begins so; an apostrophe goes before it.
const cell = (v) => { const t = v === null || v === undefined ? '' : String(v); const safe = typeof v === 'string' && /^[=+\-@\t\r]/.test(t) ? `'${t}` : t; return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe; };
const csv = (rows) => `\ufeff${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;

function peopleCsv() {
  const head = ['person_id', 'name', 'kind', 'group', 'group_name', 'recorded_role', 'suggested_role', 'stability', 'position_score', 'crimes', 'reports', 'ties_shown', 'because', 'marking', 'run_id'];
  const tail = [META.marking, META.run_id];
  const idOf = (b) => B[b].id.replace(/^(ocg|community):/, '');
  // A group stands for all its people who pass the filters.
  const people = [...new Set(current.marks.flatMap((m) => (m.type === 'person' ? [m.i] : m.type === 'box' && state.view === 'overview' ? B[m.i].people.filter(passesPerson) : [])))].sort((a, b) => a - b);
  const rows = people.map((i) => {
    const r = homeRole[i] || [], near = current.near.get(key.person(i));
    return [P.id[i], P.name[i], notSuspect(i) || 'nominal', idOf(P.box[i]), B[P.box[i]].name, r[2] || '', notSuspect(i) ? 'not a suspect' : r[3] || '', notSuspect(i) || r[4] === undefined ? null : r[4], notSuspect(i) ? null : P.position_score[i], P.crimes[i], P.reports[i], near ? near.length : strongestFirst(i).length, notSuspect(i) ? standsWords(i) : r[7] || '', ...tail];
  });
  for (const m of current.marks) if (m.type === 'child') rows.push([K.id[m.i], K.name[m.i], 'child', '', '', '', '', null, null, null, null, current.near.get(m.key).length, K.because[m.i], ...tail]);
  return csv([head, ...rows]);
}
function tiesCsv() {
  const head = ['person_a', 'name_a', 'person_b', 'name_b', 'weight', 'kinds', 'first_on', 'last_on', 'events', 'events_withheld', ...(COMPARED ? ['change', 'weight_before', 'events_before'] : []), 'marking', 'run_id'];
  const shown = [...new Set(current.lines.flatMap((l) => (l.type === 'tie' ? [l.i] : l.ties || [])))].sort((s, t) => s - t);
  return csv([head, ...shown.map((t) => [P.id[T.a[t]], P.name[T.a[t]], P.id[T.b[t]], P.name[T.b[t]], T.weight[t], T.kinds[t], T.first_on[t], T.last_on[t], T.events[t], T.events_withheld[t], ...(COMPARED ? [T.change[t], T.weight_before[t], T.events_before[t]] : []), META.marking, META.run_id])]);
}

function eventsCsv() {
  const head = ['event_id', 'kind', 'on', 'title', 'grading_scheme', 'source_grade', 'information_grade', 'origin', 'district', 'ward', 'marking', 'run_id'];
  return csv([head, ...[...current.behind.keys()].sort((a, b) => a - b).map((e) => [E.id[e], E.kind[e], E.on[e], E.title[e], ...(GRADES[E.grade[e]] || ['', '', '']), E.origin[e], E.district[e], E.ward[e], META.marking, META.run_id])]);
}

const saveCsv = (what, make) => download(fileName(`${what}.csv`), new Blob([make()], { type: 'text/csv;charset=utf-8' }));
const EXPORTS = [
  ['People shown (CSV)', 'for Excel', () => saveCsv('people', peopleCsv)],
  ['Ties shown (CSV)', 'with events and dates', () => saveCsv('ties', tiesCsv)],
  ...(E.id.length ? [['Events shown (CSV)', 'with grades and places', () => saveCsv('events', eventsCsv)]] : []),
  ...(H.id.length ? [['Things shown (CSV)', 'with who used them', () => saveCsv('things', thingsCsv)]] : []),
  ['Picture (PNG)', 'with marking and legend', savePng],
  ['Picture (SVG)', 'sharp at any size', () => download(fileName('svg'), new Blob([svgText()], { type: 'image/svg+xml' }))],
  ['Print', 'one A4 landscape page', () => window.print()],
];
const printSheet = () => fill(byId('print-sheet'), sheetSvg());
window.addEventListener('beforeprint', printSheet);
window.addEventListener('afterprint', () => fill(byId('print-sheet')));
