// The SVG elements of a drawing: nodes, boxes with their titles and handles, shapes of signals, signs of a difference.

const SVG = "http://www.w3.org/2000/svg";
const SPACE = 5; // between a label and the smaller words beside it
// From the middle of a line of text down to its baseline. Asked to centre text, a browser takes longer to lay it out.
const [BASE, SMALL_BASE] = [3.8, 3.1];
export const HANDLE = { x: 13, y: 11, r: 7 }; // of a group, from its upper left corner

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** Writes only what differs: an attribute that is set again makes a browser paint again. */
export function setAttributes(one, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (one.getAttribute(name) !== String(value)) one.setAttribute(name, value);
}

/** What is written on a node or box, for a screen reader. */
export function wordsOf({ node, kind, title, note }) {
  return (node ? [node.before, node.label, node.after] : [kind, title, note]).filter(Boolean).join(" ");
}

/** A layer or a whole group; `small`: whether the words beside the label can be read, `text`: whether any can. */
export function nodeElement({ id, node, x, y, w, h }, { text, small }) {
  const made = element("g", {
    id,
    class: `node ${node.fill}${node.around ? " around" : ""}`,
    role: "button",
    "aria-label": wordsOf({ node }),
  });
  made.append(element("rect", { x, y, width: w, height: h, rx: Math.min(5, h / 3) }));
  if (!text) return made;
  const opens = id.startsWith("group:");
  const base = node.around ? SMALL_BASE : BASE;
  const words = element("text", { x: x + w / 2 + (opens ? HANDLE.x / 2 : 0), y: y + h / 2 + base, "text-anchor": "middle" });
  const [before, after] = small ? [node.before, node.after] : [];
  if (before) words.append(element("tspan", { class: "beside" }, before), element("tspan", { dx: SPACE }, node.label));
  else words.append(node.label);
  if (after) words.append(element("tspan", { class: "beside", dx: SPACE }, after));
  made.append(words);
  if (opens) made.append(handle(x + HANDLE.x, y + h / 2, false));
  return made;
}

/** The frame of a group, its title in its upper left corner after the handle. */
export function boxElement({ id, kind, title, note, open, x, y, w, h }, { text }) {
  const made = element("g", {
    id,
    class: `box ${kind} ${open ? "open" : "closed"}`,
    role: "button",
    "aria-expanded": open,
    "aria-label": wordsOf({ kind, title, note }),
  });
  made.append(element("rect", { x, y, width: w, height: h, rx: 7 }));
  if (!text) return made;
  const words = element("text", { x: x + HANDLE.x + HANDLE.r + SPACE, y: y + HANDLE.y + BASE, class: "title" });
  words.append(element("tspan", { class: "name" }, title));
  if (note) words.append(element("tspan", { class: "beside", dx: SPACE }, note));
  made.append(words, handle(x + HANDLE.x, y + HANDLE.y, open));
  return made;
}

/** A stage's name that keeps its size on screen, above a stage that is seen from far. */
export function headline({ x, y, w, title }, scale, pixels) {
  const made = element("text", { x, y: y - 4 / scale, class: "headline", style: `font-size: ${pixels / scale}px` });
  const letters = Math.floor((w * scale) / (0.6 * pixels));
  made.textContent = title.length <= letters ? title : letters > 2 ? `${title.slice(0, letters - 1)}…` : "";
  return made;
}

/** The shape of the signal that enters a stage. */
export function entryElement({ x, y, w, h, text }) {
  const made = element("g", { class: "entry", "aria-hidden": true });
  made.append(element("rect", { x, y, width: w, height: h, rx: h / 2 }));
  made.append(element("text", { x: x + w / 2, y: y + h / 2 + SMALL_BASE, "text-anchor": "middle" }, text));
  return made;
}

/** A round plus or minus. */
function handle(x, y, open) {
  const { r } = HANDLE;
  const made = element("g", { class: "handle", transform: `translate(${x} ${y})` });
  made.append(element("title", {}, open ? "Fold" : "Open"), element("circle", { r }));
  made.append(element("path", { d: open ? "M-3.5 0h7" : "M-3.5 0h7M0 -3.5v7" }));
  return made;
}

const SIGNS = { added: "M-3.5 0h7M0 -3.5v7", removed: "M-3.5 0h7", changed: "M-3.5 1c1.5 -3 2.5 -3 3.5 -1s2 2 3.5 -1" };

/** The sign of a difference, so that it is not told by colour alone. */
export function badge(mark, x, y, scale) {
  const made = element("g", { class: `badge ${mark}`, transform: `translate(${x} ${y}) scale(${Math.max(1, 0.8 / scale)})` });
  made.append(element("circle", { r: 7 }), element("path", { d: SIGNS[mark] }));
  return made;
}

export function rectangle({ x, y, w, h }, more = 0) {
  return `M${x - more} ${y - more}h${w + 2 * more}v${h + 2 * more}h${-w - 2 * more}z`;
}
