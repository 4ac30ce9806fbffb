// Events of the picture by month, beside it: crimes dark, reports light. The table holds the same numbers.
function monthly() {
  const months = monthsOf(FIRST_DAY, LAST_DAY).map((m) => ({ ...m, crime: 0, report: 0 }));
  const sort = BY_YEAR ? 4 : 7, at = new Map(months.map((m) => [m.from.slice(0, sort), m]));
  let undated = 0;
  for (const e of (current.behind || new Map()).keys()) {
    const month = E.on[e] && at.get(E.on[e].slice(0, sort));
    if (month) month[E.kind[e]] += 1; else undated += 1;
  }
  return { months, undated };
}

function timeline() {
  const holder = byId('timeline'), on = state.time !== 'off' && E.id.length > 0 && FIRST_DAY && state.tab === 'picture';
  const was = holder.hidden;
  holder.hidden = !on;
  if (!on) { fill(holder); return was !== holder.hidden; }
  const { months, undated } = monthly(), most = Math.max(1, ...months.map((m) => m.crime + m.report));
  const total = months.reduce((s, m) => s + m.crime + m.report, 0), peak = months.reduce((p, m) => (m.crime + m.report > p.crime + p.report ? m : p), months[0]);
  const words = total ? `Events by ${EACH}: ${counted(total, 'event')}, most in ${peak.name} (${peak.crime + peak.report})${undated ? `, ${undated} undated` : ''}` : 'No dated event behind what is shown';
  const w = 760, h = 40, step = w / months.length, svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${w} ${h + 14}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${words}. The table view gives each ${EACH}.`);
  const pen = new SvgPen(svg), bar = (x, y, bw, bh, colour, edge) => { pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x + bw, y); pen.lineTo(x + bw, y + bh); pen.lineTo(x, y + bh); pen.closePath(); paint(pen, colour); if (edge) stroke(pen, INK, 0.8); };
  months.forEach((m, n) => {
    const x = n * step + 1.5, bw = Math.max(1.5, Math.min(step - 3, 46)), c = (h - 11) * (m.crime / most), r = (h - 11) * (m.report / most);
    const outside = (state.from && m.until < state.from) || (state.until && m.from > state.until);
    pen.globalAlpha = outside ? 0.3 : 1;
    if (r) bar(x, h - c - r, bw, r, '#DDE6EC', true);
    if (c) bar(x, h - c, bw, c, '#3D4A55', true);
    if (step > 24 && m.crime + m.report) text(pen, String(m.crime + m.report), x + bw / 2, h - c - r - 6, { size: 10, align: 'center', middle: true });
    const year = m.name.slice(-4), each = Math.ceil(months.length / 15);
    if (n % each === 0) {
      const words = BY_YEAR ? m.name : `${m.name.slice(0, 3)}${n === 0 || m.from.slice(5, 7) === '01' || each > 1 ? ` ${year.slice(2)}` : ''}`, half = widthOf(words, { size: 10 }) / 2 + 1;
      text(pen, words, Math.max(half, Math.min(w - half, x + bw / 2)), h + 8, { size: 10, align: 'center', middle: true, colour: '#4a5560' });
    }
    pen.globalAlpha = 1;
  });
  bar(0, h, w, 0.8, '#4a5560');
  svg.addEventListener('click', (e) => {
    const box = svg.getBoundingClientRect(), k = Math.floor(((e.clientX - box.left) / box.width) * months.length), m = months[k];
    if (m) show(state.from === m.from && state.until === m.until ? { from: '', until: '' } : { from: m.from, until: m.until });
  });
  fill(holder, el('p', {}, `${words}. `, el('span', { class: 'swatch crime' }), ' crimes ', el('span', { class: 'swatch report' }), ' reports'), svg);
  return was !== holder.hidden;
}

function timelineTable() {
  if (!E.id.length || !FIRST_DAY) return null;
  const { months, undated } = monthly();
  return el('table', {}, el('caption', {}, `Events behind what is shown, by ${EACH}${undated ? ` (${undated} undated not counted)` : ''}`),
    el('tr', {}, el('th', {}, BY_YEAR ? 'Year' : 'Month'), el('th', { class: 'number' }, 'Crimes'), el('th', { class: 'number' }, 'Reports')),
    months.map((m) => el('tr', {}, el('td', {}, m.name), el('td', { class: 'number' }, m.crime), el('td', { class: 'number' }, m.report))));
}
