// The grammar of the picture. Each function draws on a canvas or on an SvgPen alike, so screen, print and
// exports cannot differ.
const INK = '#1b1f23', LINE = '#5d6770', FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';
const NEW = '#0b4f8a', GONE = '#8a3b00';
const DASHES = { solid: [], dashed: [7, 5], dotted: [1.5, 4], beside: [9, 4, 1.5, 4] };
const CALM = '#3D566B', CALM_LINE = '#59738A';

function tint(hex, share) {
  const n = parseInt(hex.slice(1), 16);
  return `rgb(${[16, 8, 0].map((s) => Math.round(255 - (255 - ((n >> s) & 255)) * share)).join(',')})`;
}
const isDark = (hex) => { const n = parseInt(hex.slice(1), 16); return 0.3 * (n >> 16) + 0.59 * ((n >> 8) & 255) + 0.11 * (n & 255) < 100; };

function roundBox(pen, x, y, w, h, r) {
  pen.beginPath();
  pen.moveTo(x + r, y);
  pen.arcTo(x + w, y, x + w, y + h, r);
  pen.arcTo(x + w, y + h, x, y + h, r);
  pen.arcTo(x, y + h, x, y, r);
  pen.arcTo(x, y, x + w, y, r);
  pen.closePath();
}
function disc(pen, x, y, r) { pen.beginPath(); pen.arc(x, y, r, 0, 2 * Math.PI); }
function stroke(pen, colour, width, dash) { pen.strokeStyle = colour; pen.lineWidth = width; pen.setLineDash(dash || []); pen.stroke(); pen.setLineDash([]); }
function paint(pen, colour) { pen.fillStyle = colour; pen.fill(); }

// People are round. The ring says what was recorded: double principal, thick significant, thin peripheral,
// broken not assessed. The size says what is suggested; the colour says which group.
function drawPerson(pen, m) {
  if (m.child) { drawChild(pen, m); return; }
  if (m.stands) { drawBeside(pen, m); return; }
  const { x, y, r } = m, colour = m.change === 'gone' ? '#fff' : m.colour;
  drawPeople(pen, [m]);
  if (m.code && r >= 7) {
    const size = Math.min(r * 0.82, (r * 2.5) / Math.max(2, m.code.length));
    text(pen, m.code, x, y, { size, bold: true, colour: isDark(colour) ? '#fff' : INK, align: 'center', middle: true });
  }
  signs(pen, m);
}
function signs(pen, m) {
  const { x, y, r } = m;
  if (m.change === 'new' || m.change === 'gone') badge(pen, m.change, x + r * 0.9 + (m.ring === 'principal' ? 3 : 0), y - r * 0.9, 6);
  if (m.pinned) { disc(pen, x + r * 0.8, y - r * 0.8, 3.2); paint(pen, INK); stroke(pen, '#fff', 1.2); }
}

// The discs of people who look the same.
function drawPeople(pen, marks) {
  const [{ ring, change, colour }] = marks, fill = change === 'gone' ? '#fff' : colour;
  const discs = (more, inside, width, dash) => {
    pen.beginPath();
    for (const { x, y, r } of marks) { if (marks.length > 1) pen.moveTo(x + r + more, y); pen.arc(x, y, r + more, 0, 2 * Math.PI); }
    paint(pen, inside); stroke(pen, INK, width, dash);
  };
  if (ring === 'principal') { discs(4.5, '#fff', 2.2); discs(0, fill, 1.6); } else if (ring === 'significant') discs(0, fill, 3.4);
  else if (ring === 'peripheral') discs(0, fill, 1.1);
  else discs(0, fill, 1.3, [2.2, 2.6]);
}

// A victim, witness or other: hollow, in the calm colour and never a group's, with a letter. Members keep their ring.
function drawBeside(pen, m) {
  const { x, y, r } = m, calm = !m.member;
  disc(pen, x, y, r); paint(pen, '#fff');
  if (calm) stroke(pen, CALM_LINE, 1.8); else { drawPeople(pen, [{ ...m, colour: '#fff' }]); }
  text(pen, m.stands[0].toUpperCase(), x, y, { size: r * 1.25, bold: true, colour: CALM, align: 'center', middle: true });
  signs(pen, m);
}

// A child: a pale kite with a soft edge and a small figure, never a disc, never in a group's colour.
function drawChild(pen, m) {
  const { x, y, r } = m, d = r * 1.25;
  pen.beginPath();
  pen.moveTo(x, y - d); pen.lineTo(x + d, y); pen.lineTo(x, y + d); pen.lineTo(x - d, y); pen.closePath();
  paint(pen, '#E8F1F7'); stroke(pen, CALM_LINE, 1.6);
  disc(pen, x, y - r * 0.3, r * 0.2); paint(pen, CALM);
  pen.beginPath(); pen.moveTo(x, y - r * 0.05); pen.lineTo(x + r * 0.36, y + r * 0.5); pen.lineTo(x - r * 0.36, y + r * 0.5); pen.closePath(); paint(pen, CALM);
}

// What became of a tie or person since the earlier period: a plus for new, a cross for gone; kept has no sign.
function badge(pen, what, x, y, r) {
  const s = r * 0.55, cross = what === 'gone';
  disc(pen, x, y, r); paint(pen, '#fff'); stroke(pen, cross ? GONE : NEW, 1.4);
  pen.beginPath();
  if (cross) { pen.moveTo(x - s * 0.8, y - s * 0.8); pen.lineTo(x + s * 0.8, y + s * 0.8); pen.moveTo(x - s * 0.8, y + s * 0.8); pen.lineTo(x + s * 0.8, y - s * 0.8); } else { pen.moveTo(x - s, y); pen.lineTo(x + s, y); pen.moveTo(x, y - s); pen.lineTo(x, y + s); }
  stroke(pen, cross ? GONE : NEW, 2);
}

// A crime is a dark square, a report a light one with lines of text, a place a house; none is a person.
function drawEvent(pen, m) {
  const { x, y, r } = m, crime = E.kind[m.i] === 'crime';
  square(pen, x, y, r);
  paint(pen, crime ? '#3D4A55' : '#fff'); stroke(pen, INK, 1.1);
  if (!crime) for (const dy of [-0.4, 0.1, 0.6]) { pen.beginPath(); pen.moveTo(x - r * 0.6, y + dy * r); pen.lineTo(x + r * (dy > 0.5 ? 0.1 : 0.6), y + dy * r); stroke(pen, '#4a5560', 1); }
}
function square(pen, x, y, r) { pen.beginPath(); pen.moveTo(x - r, y - r); pen.lineTo(x + r, y - r); pen.lineTo(x + r, y + r); pen.lineTo(x - r, y + r); pen.closePath(); }
function drawPlace(pen, m) {
  const { x, y, r } = m;
  pen.beginPath();
  pen.moveTo(x, y - r); pen.lineTo(x + r, y - r * 0.1); pen.lineTo(x + r * 0.7, y - r * 0.1); pen.lineTo(x + r * 0.7, y + r * 0.9); pen.lineTo(x - r * 0.7, y + r * 0.9); pen.lineTo(x - r * 0.7, y - r * 0.1); pen.lineTo(x - r, y - r * 0.1); pen.closePath();
  paint(pen, '#fff'); stroke(pen, INK, 1.5);
}

// A group: a rounded box with its colour as a bar, its code, its name and its size.
function drawBox(pen, m, scale) {
  const x = m.x - m.w / 2, y = m.y - m.h / 2;
  // Too small for words: the code alone, on the group's colour.
  if (m.w * scale < 64) {
    roundBox(pen, x, y, m.w, m.h, 8); paint(pen, m.dashed ? '#fff' : m.colour); stroke(pen, INK, 1.4, m.dashed ? [4, 3] : []);
    text(pen, m.code, m.x, m.y, { size: Math.min(12.5 / scale, m.h * 0.7, (m.w * 0.86) / (0.62 * m.code.length)), bold: true, colour: !m.dashed && isDark(m.colour) ? '#fff' : INK, align: 'center', middle: true });
    return;
  }
  roundBox(pen, x, y, m.w, m.h, 8); paint(pen, m.dashed ? '#fff' : tint(m.colour, 0.22)); stroke(pen, INK, 1.4, m.dashed ? [4, 3] : []);
  const bar = Math.min(29, m.w * 0.3);
  pen.save();
  roundBox(pen, x + 3, y + 3, bar, m.h - 6, 6); paint(pen, m.colour);
  pen.restore();
  const big = Math.max(12, Math.min(15, 12 / scale)), small = Math.max(11, Math.min(13.5, 11 / scale));
  text(pen, m.code, x + 3 + bar / 2, m.y, { size: Math.min(big, (bar * 1.3) / Math.max(2, m.code.length)), bold: true, colour: isDark(m.colour) ? '#fff' : INK, align: 'center', middle: true });
  const left = x + bar + 7, room = m.w - bar - 9;
  const most = m.h > big * 2.2 + small + 8 ? 2 : 1, lines = wrap(most === 1 && widthOf(m.label, { size: big, bold: true }) > room ? m.brief : m.label, room, { size: big, bold: true }, most);
  const height = lines.length * big * 1.12 + (m.second ? small * 1.15 : 0);
  lines.forEach((line, n) => text(pen, line, left, m.y - height / 2 + big * (0.58 + 1.12 * n), { size: big, bold: true, middle: true }));
  text(pen, fit(m.second, room, { size: small }), left, m.y + height / 2 - small * 0.55, { size: small, middle: true });
}

function drawRegion(pen, r, scale, titled) {
  roundBox(pen, r.x, r.y, r.w, r.h, 18);
  paint(pen, tint(r.colour, 0.1)); stroke(pen, tint(r.colour, 0.75), 1.5 / Math.min(1, scale));
  // Without room for its title a group shows its code behind its people.
  if (!titled) text(pen, r.code, r.x + r.w / 2, r.y + r.h / 2, { size: Math.min(r.h * 0.62, r.w / (0.66 * r.code.length)), bold: true, colour: tint(r.colour, 0.42), align: 'center', middle: true });
}

// How far the ink of a mark reaches, in width and height.
function inkOf(m) {
  if (m.type === 'box') return [m.w + 1.4, m.h + 1.4];
  const edge = m.type === 'child' || m.child ? 0.5 * m.r + 1.6 : m.ring === 'principal' ? 11.2 : m.ring === 'significant' ? 3.4 : 2;
  return [2 * m.r + edge, 2 * m.r + edge];
}
function drawMark(pen, m, scale) { ({ person: drawPerson, child: drawChild, box: drawBox, event: drawEvent, place: drawPlace, thing: drawThing })[m.type](pen, m, scale); }

// In the picture of everyone ties across groups step back behind those within.
function lineStyle(l, faint, pale) {
  const bold = faint === 'bold', width = (Math.round(l.width * 2) / 2 || 0.5) * (bold && l.crowded ? 1.8 : 1);
  return {
    alpha: bold ? 0.95 : faint ? 0.2 : l.type === 'event' || l.type === 'place' || l.type === 'thing' ? 0.6 : COMPARED && l.change === 'kept' ? 0.4 : l.type === 'link' || l.type === 'outside' ? 0.45 : l.across && pale ? 0.38 : l.crowded ? 0.5 : 0.75,
    colour: l.type === 'family' || l.dash === 'beside' ? CALM_LINE : l.change === 'new' ? NEW : l.change === 'gone' ? GONE : LINE, width, dash: DASHES[l.dash].map((d) => d * Math.max(1, width / 2.5)),
  };
}
// Where a bent line turns: off its middle by a share of its length.
const bent = (a, b, bend) => ({ x: (a.x + b.x) / 2 - (b.y - a.y) * bend, y: (a.y + b.y) / 2 + (b.x - a.x) * bend });
const alongBend = (a, m, b, s) => ['x', 'y'].map((v) => (1 - s) ** 2 * a[v] + 2 * s * (1 - s) * m[v] + s * s * b[v]);
function trace(pen, l, a, b) {
  pen.moveTo(a.x, a.y);
  if (!l.bend) { pen.lineTo(b.x, b.y); return; }
  const mid = bent(a, b, l.bend);
  pen.quadraticCurveTo(mid.x, mid.y, b.x, b.y);
}
function drawLine(pen, l, at, faint, pale) {
  const a = at.get(l.a), b = at.get(l.b), s = lineStyle(l, faint, pale);
  pen.beginPath(); trace(pen, l, a, b);
  pen.globalAlpha = s.alpha;
  stroke(pen, s.colour, s.width, s.dash);
  pen.globalAlpha = 1;
}
// Many lines at once, on the screen: those in sight, by kind, in runs that one stroke draws. Lines that cross within
// one stroke do not darken, so short runs keep the picture's depth.
function* alike(lines, at, view) {
  const kinds = new Map();
  for (const l of lines) {
    const a = at.get(l.a), b = at.get(l.b);
    if ((a.x < view.left && b.x < view.left) || (a.x > view.right && b.x > view.right) || (a.y < view.top && b.y < view.top) || (a.y > view.bottom && b.y > view.bottom)) continue;
    const k = `${l.type} ${l.change || ''} ${l.dash} ${Math.round(l.width * 2)} ${l.across ? 1 : 0}`;
    if (!kinds.has(k)) kinds.set(k, []);
    kinds.get(k).push(l);
  }
  for (const same of kinds.values()) for (let from = 0; from < same.length; from += 400) yield same.slice(from, from + 400);
}
function drawAlike(pen, same, at, faint, pale) {
  const s = lineStyle(same[0], faint, pale);
  pen.globalAlpha = s.alpha;
  for (let from = 0; from < same.length; from += 40) {
    pen.beginPath();
    for (const l of same.slice(from, from + 40)) trace(pen, l, at.get(l.a), at.get(l.b));
    stroke(pen, s.colour, s.width, s.dash);
  }
  pen.globalAlpha = 1;
}

const MOST_SIGNS = 3000;
// The sign in the middle of a tie that is new or gone, where the tie is long enough to carry one.
function drawChanges(pen, lines, at, scale) {
  if (!COMPARED || lines.length > MOST_SIGNS) return;
  const r = Math.min(7, 5.2 / scale);
  for (const l of lines) {
    if (l.change !== 'new' && l.change !== 'gone') continue;
    const a = at.get(l.a), b = at.get(l.b);
    if (Math.hypot(a.x - b.x, a.y - b.y) > (a.r || 40) + (b.r || 40) + 3 * r) badge(pen, l.change, ...alongBend(a, bent(a, b, l.bend || 0), b, 0.5), r);
  }
}

const fontOf = (o) => `${o.bold ? 'bold ' : ''}${o.size}px ${FONT}`;
function text(pen, words, x, y, o) {
  pen.font = fontOf(o);
  pen.textAlign = o.align || 'left';
  pen.textBaseline = o.middle ? 'middle' : 'alphabetic';
  if (o.halo) { pen.strokeStyle = '#fff'; pen.lineWidth = o.halo; pen.lineJoin = 'round'; pen.setLineDash([]); pen.strokeText(words, x, y); }
  pen.fillStyle = o.colour || INK;
  pen.fillText(words, x, y);
}

// Widths are measured once per text at one size: fonts scale.
const ruler = document.createElement('canvas').getContext('2d');
const widths = new Map();
function widthOf(words, o) {
  const k = (o.bold ? 'b' : 'n') + words;
  if (!widths.has(k)) { ruler.font = fontOf({ size: 100, bold: o.bold }); widths.set(k, ruler.measureText(words).width / 100); }
  return widths.get(k) * o.size;
}
function fit(words, room, o) {
  if (widthOf(words, o) <= room) return words;
  const letters = [...words];
  let low = 0, high = letters.length;
  while (low < high) { const mid = (low + high + 1) >> 1; if (widthOf(`${letters.slice(0, mid).join('')}…`, o) <= room) low = mid; else high = mid - 1; }
  return `${letters.slice(0, low).join('').trimEnd()}…`;
}
function wrap(words, room, o, most) {
  if (most === 1 || widthOf(words, o) <= room) return [fit(words, room, o)];
  const parts = words.split(' ');
  let n = parts.length - 1;
  while (n > 1 && widthOf(parts.slice(0, n).join(' '), o) > room) n -= 1;
  return [fit(parts.slice(0, n).join(' '), room, o), fit(parts.slice(n).join(' '), room, o)].filter((w) => w !== '…' && w);
}

// The part of a canvas's drawing interface used above, writing SVG.
class SvgPen {
  constructor(parent, scale, dx, dy) { Object.assign(this, { parent, k: scale || 1, dx: dx || 0, dy: dy || 0, globalAlpha: 1, dash: [], d: '' }); }
  X(x) { return Math.round((this.dx + this.k * x) * 100) / 100; }
  Y(y) { return Math.round((this.dy + this.k * y) * 100) / 100; }
  save() {} restore() {}
  beginPath() { this.d = ''; this.dot = null; }
  moveTo(x, y) { this.d += `M${this.X(x)} ${this.Y(y)}`; this.at = [x, y]; }
  lineTo(x, y) { this.d += `L${this.X(x)} ${this.Y(y)}`; this.at = [x, y]; }
  quadraticCurveTo(mx, my, x, y) { this.d += `Q${this.X(mx)} ${this.Y(my)} ${this.X(x)} ${this.Y(y)}`; this.at = [x, y]; }
  closePath() { this.d += 'Z'; }
  arc(x, y, r) { this.dot = [this.X(x), this.Y(y), r * this.k]; }
  arcTo(x1, y1, x2, y2, r) { // Only right angles are drawn here.
    const unit = (a, b) => { const n = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1; return [(b[0] - a[0]) / n, (b[1] - a[1]) / n]; };
    const p = [x1, y1], from = unit(p, this.at), to = unit(p, [x2, y2]);
    this.lineTo(x1 + from[0] * r, y1 + from[1] * r);
    this.d += `A${r * this.k} ${r * this.k} 0 0 1 ${this.X(x1 + to[0] * r)} ${this.Y(y1 + to[1] * r)}`;
    this.at = [x1 + to[0] * r, y1 + to[1] * r];
  }
  setLineDash(dash) { this.dash = dash; }
  put(tag, attributes, words) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [n, v] of Object.entries(attributes)) if (v !== null) node.setAttribute(n, v);
    if (words !== undefined) node.textContent = words;
    this.parent.appendChild(node);
    return node;
  }
  shape(attributes) {
    if (this.globalAlpha !== 1) attributes.opacity = this.globalAlpha;
    if (this.dot) this.put('circle', { cx: this.dot[0], cy: this.dot[1], r: Math.round(this.dot[2] * 100) / 100, ...attributes });
    else this.put('path', { d: this.d, ...attributes });
  }
  fill() { this.shape({ fill: this.fillStyle, stroke: 'none' }); }
  stroke() { this.shape({ fill: 'none', stroke: this.strokeStyle, 'stroke-width': Math.round(this.lineWidth * this.k * 100) / 100, 'stroke-dasharray': this.dash.length ? this.dash.map((d) => Math.round(d * this.k * 100) / 100).join(' ') : null }); }
  write(words, x, y, attributes) {
    const [, bold, size] = /^(bold )?([\d.]+)px/.exec(this.font);
    this.put('text', {
      x: this.X(x), y: this.Y(y), 'font-family': FONT.replace(/"/g, "'"), 'font-size': Math.round(size * this.k * 100) / 100, 'font-weight': bold ? 'bold' : null,
      'text-anchor': { center: 'middle', right: 'end' }[this.textAlign] || null, dy: this.textBaseline === 'middle' ? '.35em' : null, ...attributes,
    }, words);
  }
  fillText(words, x, y) { this.write(words, x, y, { fill: this.fillStyle }); }
  strokeText(words, x, y) { this.write(words, x, y, { fill: 'none', stroke: this.strokeStyle, 'stroke-width': this.lineWidth * this.k, 'stroke-linejoin': 'round' }); }
}
