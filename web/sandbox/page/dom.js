// A very small view library: describe what should be there with h(), and patch() changes the page to match.
// Elements that stay keep their focus, scroll position and typed text. Data only ever becomes text nodes.
// Properties of its own: `key` says which element is which among its neighbours, `own` leaves the content alone.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "use"]);
const AS_PROPERTY = new Set(["checked", "disabled", "value", "defaultValue", "defaultChecked"]);
const drawn = new WeakMap(); // element -> the properties it was last drawn with

const shown = (child) => child !== null && child !== undefined && child !== false && child !== "";

export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: children.flat(Infinity).filter(shown) };
}

/** A button that does something here, as opposed to one that submits a form. */
export function button(onclick, props, ...children) {
  return h("button", { type: "button", onclick, ...props }, children);
}

export function icon(name) {
  return h("svg", { class: "icon", "aria-hidden": "true" }, h("use", { href: `#i-${name}` }));
}

export function patch(parent, wanted) {
  const list = [wanted].flat(Infinity).filter(shown);
  const byKey = keyed(parent, list);
  let cursor = parent.firstChild;
  for (const item of list) {
    const node = reuse(item, cursor, byKey) ?? create(item);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
    update(node, item);
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

// Drops elements whose key is no longer wanted first, so that the others need not be moved around them.
function keyed(parent, list) {
  const wanted = new Set(list.map((item) => item.props?.key));
  const found = new Map();
  for (const node of [...parent.childNodes]) {
    const key = drawn.get(node)?.key;
    if (key === undefined) continue;
    if (wanted.has(key)) found.set(key, node);
    else node.remove();
  }
  return found;
}

function reuse(item, cursor, byKey) {
  if (typeof item !== "object") return cursor?.nodeType === Node.TEXT_NODE ? cursor : null;
  const { key } = item.props;
  const node = key === undefined ? cursor : byKey.get(key);
  if (node?.localName !== item.tag || drawn.get(node)?.key !== key) return null;
  return node;
}

function create(item) {
  if (typeof item !== "object") return document.createTextNode("");
  return SVG_TAGS.has(item.tag) ? document.createElementNS(SVG, item.tag) : document.createElement(item.tag);
}

function update(node, item) {
  if (typeof item !== "object") {
    if (node.data !== String(item)) node.data = String(item);
    return;
  }
  const before = drawn.get(node) ?? {};
  drawn.set(node, item.props);
  if (!item.props.own) patch(node, item.children); // before the properties: a select's value needs its options
  for (const name of Object.keys(before)) if (!(name in item.props)) set(node, name, null);
  for (const [name, value] of Object.entries(item.props)) {
    if (value !== before[name] || name === "value") set(node, name, value);
  }
}

function set(node, name, value) {
  if (name === "key" || name === "own") return;
  if (name.startsWith("on") || AS_PROPERTY.has(name)) {
    if (node[name] !== value && !(name === "value" && node === document.activeElement)) node[name] = value;
  } else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}
