// Building the page. Text reaches it through textContent alone: what people are called never becomes markup.
const byId = (id) => document.getElementById(id);

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'onclick' || name === 'oninput' || name === 'onchange') node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'hidden') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function fill(node, ...children) {
  node.textContent = '';
  return add(node, children);
}

// A name in its own direction, so that right-to-left text or stray direction marks cannot reorder its neighbours.
const named = (text) => el('bdi', {}, text);

const button = (text, onclick, props) => el('button', { type: 'button', class: 'button', onclick, ...props }, text);

const choice = (main, small, onclick, props) =>
  el('button', { type: 'button', class: 'choice', onclick, ...props }, main, small && el('small', {}, small));

const facts = (pairs) =>
  el('dl', { class: 'facts' }, pairs.filter(([, v]) => v !== null && v !== undefined && v !== '').map(([k, v]) => [el('dt', {}, k), el('dd', {}, v)]));

const say = (text) => { byId('said').textContent = text; };

const whole = (n) => Math.round(n).toLocaleString('en-GB');
const counted = (n, one, many) => `${whole(n)} ${n === 1 ? one : many || one + 's'}`;
const percent = (share) => `${Math.round(share * 100)}%`;
const spaced = (word) => String(word).replace(/_/g, ' ');
function day(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso || '');
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : 'not dated';
}
