// The picture as it is drawn on the screen: small ones afresh in every frame, large ones once into a bitmap. While
// a large one is moved the bitmap moves with it and a sharper one is drawn in slices, so that no frame waits.
const FEW = 1500, SLICE = 20, CHUNK = 250;
let layer = null, job = null;

let written = [], writtenFor = '';
function* labelsAt(scale, bright) {
  const stamp = `${version} ${scale.toFixed(3)} ${state.sel} ${cursor}`;
  if (writtenFor !== stamp) { written = yield* placing(current, scale, bright || new Set([cursor]), holder.clientWidth); writtenFor = stamp; }
  return written;
}

// All parts of the picture from back to front; it pauses after each part so that its caller may wait.
function* parts(pen, scale, bright, sight) {
  const labels = yield* labelsAt(scale, bright);
  yield;
  const titled = new Set(labels.map((l) => l.key)), faint = [], strong = [];
  for (const [n, r] of current.regions.entries()) { drawRegion(pen, r, scale, titled.has(`region ${r.box}`)); if (n % 40 === 39) yield; }
  yield;
  for (const l of current.lines) (bright && !(bright.has(l.a) && bright.has(l.b) && (l.a === state.sel || l.b === state.sel || l.key === state.sel || bright.size === 2)) ? faint : strong).push(l);
  const pale = !bright && state.view === 'all';
  yield;
  for (const [list, how] of [[faint, true], [strong, bright ? 'bold' : false]]) {
    for (const same of alike(list, current.at, sight)) { drawAlike(pen, same, current.at, how, pale); yield; }
  }
  drawChanges(pen, strong, current.at, scale);
  const many = current.marks.length > CHUNK && !bright;
  if (many) for (const same of alikePeople(current.marks.filter(isPlain), sight)) { drawPeople(pen, same); yield; }
  const single = many ? current.marks.filter((m) => !isPlain(m)) : current.marks;
  for (let from = 0; from < single.length; from += CHUNK) {
    for (const m of single.slice(from, from + CHUNK)) drawOne(pen, m, scale, bright && !bright.has(m.key));
    yield;
  }
  for (let from = 0; from < labels.length; from += CHUNK) { drawLabels(pen, labels.slice(from, from + CHUNK), scale, bright); yield; }
  return labels;
}

function drawOne(pen, m, scale, faded) {
  // White under a faded mark, so that lines do not run through it.
  if (faded) { if (m.type === 'box') roundBox(pen, m.x - m.w / 2, m.y - m.h / 2, m.w, m.h, 8); else disc(pen, m.x, m.y, m.r); paint(pen, '#fff'); }
  pen.globalAlpha = faded ? 0.35 : 1;
  drawMark(pen, m, scale);
  pen.globalAlpha = 1;
}

// People who look the same, in runs that few strokes draw: thousands of them differ in four rings and seven colours.
const isPlain = (m) => m.type === 'person' && !m.child && !m.stands && !m.code && !m.pinned && m.change !== 'new' && m.change !== 'gone';
function* alikePeople(marks, view) {
  const looks = new Map();
  for (const m of marks) {
    if (m.x + m.r + 8 < view.left || m.x - m.r - 8 > view.right || m.y + m.r + 8 < view.top || m.y - m.r - 8 > view.bottom) continue;
    const k = `${m.colour} ${m.ring}`;
    if (!looks.has(k)) looks.set(k, []);
    looks.get(k).push(m);
  }
  for (const same of looks.values()) for (let from = 0; from < same.length; from += CHUNK) yield same.slice(from, from + CHUNK);
}

// What of the picture's plane a canvas shows.
function sightOf(at, canvas) {
  const s = at.a;
  return { left: -at.e / s, right: (canvas.width - at.e) / s, top: -at.f / s, bottom: (canvas.height - at.f) / s };
}
const sameSpot = (a, b) => a.a === b.a && a.e === b.e && a.f === b.f;

function drawPicture(pen) {
  const at = pen.getTransform(), bright = lit(), scale = network.getScale();
  if (current.marks.length + current.lines.length <= FEW) {
    layer = job = null;
    labels = allAtOnce(parts(pen, scale, bright, sightOf(at, pen.canvas)));
    sayUnwritten();
    return;
  }
  const stamp = `${version} ${state.sel} ${pen.canvas.width} ${pen.canvas.height}`;
  if (!layer || layer.stamp !== stamp) { job = null; layer = allAtOnce(bitmap(pen.canvas, at, scale, bright, stamp)); labels = layer.labels; } else if (!sameSpot(layer.at, at) && !job) {
    job = bitmap(pen.canvas, at, scale, bright, stamp);
    requestAnimationFrame(sharpen);
  }
  sayUnwritten();
  const by = at.a / layer.at.a;
  pen.save();
  pen.setTransform(by, 0, 0, by, at.e - by * layer.at.e, at.f - by * layer.at.f);
  pen.drawImage(layer.canvas, 0, 0);
  pen.restore();
}

// Names that found no room are counted under the picture: nothing is left away in silence.
const unwritten = (list) => (list.unwritten ? `${counted(list.unwritten, 'name')} not written for want of room` : '');
function sayUnwritten() {
  const words = labels.unwritten ? `${unwritten(labels)}: zoom in, or see the list` : '';
  if (byId('unwritten').textContent !== words) byId('unwritten').textContent = words;
}

function* bitmap(like, at, scale, bright, stamp) {
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
  canvas.width = like.width; canvas.height = like.height;
  pen.setTransform(at);
  const steps = parts(pen, scale, bright, sightOf(at, canvas));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { canvas, at, stamp, labels: value };
    yield pen;
  }
}
function allAtOnce(steps) {
  for (;;) { const { done, value } = steps.next(); if (done) return value; }
}
function sharpen() {
  if (!job) return;
  const until = performance.now() + SLICE;
  for (;;) {
    const { done, value } = job.next();
    // A canvas puts its work off until somebody looks; looking at one pixel keeps the work in this slice.
    if (!done) value.getImageData(0, 0, 1, 1);
    if (done) { job = null; layer = value; labels = layer.labels; network.redraw(); return; }
    if (performance.now() > until) break;
  }
  requestAnimationFrame(sharpen);
}
