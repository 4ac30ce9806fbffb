// The legend: the same drawing as in the picture, with words.
// Solid or dashed is said first and in full, because people act on it: confirmed means that a recorded crime
// (or a recorded contact of the kind co-offending) links both; anything else is unconfirmed.
const ROLE_KEYS = 5;
const anyMark = (is) => () => current.marks.some(is), anyLine = (is) => () => current.lines.some(is);
const aPerson = anyMark((m) => m.type === 'person' && !m.child && !m.stands);
const KEYS = [
  // The first five speak of roles.
  ['Round: a person. Size: suggested role (large principal, medium significant, small peripheral, dot none)', (pen) => { let x = 12; for (const r of [...ROLES, '']) { drawPerson(pen, { x, y: 18, r: SIZE[r] * 0.66, colour: '#fff', ring: 'peripheral' }); x += 19; } }, aPerson],
  ['Double ring: recorded principal', (pen) => drawPerson(pen, { x: 38, y: 18, r: 9, colour: '#fff', ring: 'principal' }), aPerson],
  ['Thick ring: recorded significant', (pen) => drawPerson(pen, { x: 38, y: 18, r: 10, colour: '#fff', ring: 'significant' }), aPerson],
  ['Thin ring: recorded peripheral', (pen) => drawPerson(pen, { x: 38, y: 18, r: 10, colour: '#fff', ring: 'peripheral' }), aPerson],
  ['Broken ring: no recorded role', (pen) => drawPerson(pen, { x: 38, y: 18, r: 10, colour: '#fff', ring: '' }), aPerson],
  ['Rounded box: a group, by its id. Its colour goes with it', (pen) => { roundBox(pen, 8, 5, 60, 27, 6); paint(pen, tint(COLOURS[1], 0.22)); stroke(pen, INK, 1.4); roundBox(pen, 11, 8, 20, 21, 5); paint(pen, COLOURS[1]); }, anyMark((m) => m.type === 'box' ? !m.dashed : m.type === 'person')],
  ['Broken border: people without a group, by communities found in ties', (pen) => { roundBox(pen, 8, 5, 60, 27, 6); paint(pen, '#fff'); stroke(pen, INK, 1.4, [4, 3]); roundBox(pen, 11, 8, 20, 21, 5); paint(pen, GREY); }, anyMark((m) => m.dashed)],
  ['Kite: a linked child, to be supported', (pen) => drawChild(pen, { x: 38, y: 18, r: 11 }), anyMark((m) => m.type === 'child' || m.child)],
  ['Solid line: confirmed by a recorded crime', (pen) => keyLine(pen, 'solid', 3, LINE)],
  ['Dashed line: unconfirmed, from reports or contacts only', (pen) => keyLine(pen, 'dashed', 2.4, LINE), anyLine((l) => l.dash === 'dashed')],
  ['Hollow with V, W or O: a victim, a witness or linked otherwise in the crimes shown; not a suspect', (pen) => { [['victim', 14], ['witness', 38], ['other', 62]].forEach(([stands, x]) => drawBeside(pen, { x, y: 18, r: 10, stands, ring: '', member: false })); }, anyMark((m) => m.stands)],
  ['Dash and dot: one of the two is a victim, witness or other of the crime', (pen) => keyLine(pen, 'beside', 2.4, CALM_LINE), anyLine((l) => l.dash === 'beside')],
  ['Dotted line: link to a child', (pen) => keyLine(pen, 'dotted', 1.8, CALM_LINE), anyLine((l) => l.type === 'family')],
  ['Line to a box: ties with people in it', (pen) => boxLine(pen, 2.2), anyLine((l) => l.type === 'outside')],
  ['Thin line to a box: member of the group', (pen) => boxLine(pen, 1.1), anyLine((l) => l.type === 'member')],
  ['Thicker line: stronger tie', (pen) => { pen.beginPath(); pen.moveTo(6, 12); pen.lineTo(70, 12); stroke(pen, LINE, 1); pen.beginPath(); pen.moveTo(6, 25); pen.lineTo(70, 25); stroke(pen, LINE, 5); }],
];
const EVENT_KEYS = [
  ['Dark square: a recorded crime', (pen) => drawEventKey(pen, true)],
  ['Light square: an intelligence report', (pen) => drawEventKey(pen, false)],
  ['House: a place (district) of these events', (pen) => drawPlace(pen, { x: 38, y: 18, r: 10 })],
];
const CHANGE_KEYS = [
  ['Plus, blue: new since the earlier period', (pen) => { keyLine(pen, 'solid', 2.4, NEW); badge(pen, 'new', 38, 18, 8); }],
  ['Cross, brown, hollow person: gone since then', (pen) => { keyLine(pen, 'solid', 2.4, GONE); badge(pen, 'gone', 38, 18, 8); }],
  ['No sign, grey: kept', (pen) => keyLine(pen, 'solid', 2.4, LINE)],
];
const boxLine = (pen, width) => { disc(pen, 12, 18, 6); stroke(pen, INK, 1.1); pen.beginPath(); pen.moveTo(18, 18); pen.lineTo(46, 18); stroke(pen, LINE, width); roundBox(pen, 46, 9, 26, 18, 5); stroke(pen, INK, 1.4); };
function drawEventKey(pen, crime) {
  square(pen, 38, 18, 8); paint(pen, crime ? '#3D4A55' : '#fff'); stroke(pen, INK, 1.4);
  if (!crime) for (const dy of [-4, 0, 4]) { pen.beginPath(); pen.moveTo(33, 18 + dy); pen.lineTo(43, 18 + dy); stroke(pen, '#4a5560', 1.2); }
}
// Only what is met in the picture; a key without a condition always is.
const legendNow = () => [...LEGEND.filter(([, , met]) => !met || met()), ...(current && current.eventsOn ? EVENT_KEYS.slice(0, state.places === 'on' ? 3 : 2) : []), ...(current && current.thingsOn ? THING_KEYS : []), ...(COMPARED ? CHANGE_KEYS : [])];
const LEGEND = HAS_ROLES ? KEYS : [['Round: a person', KEYS[3][1]], KEYS[ROLE_KEYS], KEYS[KEYS.length - 1]];
const keyLine = (pen, dash, width, colour) => { pen.beginPath(); pen.moveTo(6, 18); pen.lineTo(70, 18); stroke(pen, colour, width, DASHES[dash]); };

function legend() {
  return el('section', { id: 'legend', 'aria-label': 'Legend' }, el('h3', {}, 'Legend'), el('div', { class: 'key' }, legendNow().map(([words, draw]) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 76 38');
    svg.setAttribute('aria-hidden', 'true');
    draw(new SvgPen(svg));
    return [svg, el('span', {}, words)];
  })));
}
