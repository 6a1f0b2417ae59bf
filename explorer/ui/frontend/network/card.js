// The hover card: the whole table row of a layer, and all that a node stands for.

import { exactly, written } from "../shared/format.js";
import { twinsOf } from "./lights.js";

const NAMED = 6; // layers that are named before the rest is counted
const DISTANCE = 14; // pixels from the pointer
const EDGE = 4; // and at least from the window's edge

export class Card {
  constructor(root) {
    this.card = root.querySelector(".card");
  }

  /**
   * @param {object} item a node or box of the drawing
   * @param {[number, number]} at place in the window in pixels, beside which the card stands
   * @param {{graph: object, drawing: object, colours: object, marks?: object}} known
   */
  show(item, at, known) {
    const { colours } = known;
    if (this.item !== item || this.colours !== colours || this.step !== colours.step) this.fill(item, known);
    Object.assign(this, { item, colours, step: colours.step });
    // Above everything, so that it may reach beyond the view.
    this.card.showPopover();
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const [x, y] = at;
    const left = x + DISTANCE + width <= innerWidth ? x + DISTANCE : Math.max(EDGE, x - DISTANCE - width);
    const top = Math.max(EDGE, Math.min(y + DISTANCE, innerHeight - height - EDGE));
    Object.assign(this.card.style, { left: `${left}px`, top: `${top}px` });
  }

  hide() {
    this.card.hidePopover();
    this.item = undefined;
  }

  fill(item, { graph, drawing, colours, marks }) {
    const layers = layersOf(item, graph);
    const main = item.node && !item.id.startsWith("group:") ? graph.layers[item.node.main] : undefined;
    const parts = [make("h3", main ? main.name : title(item)), make("p", standsFor(item, layers, main, graph))];
    if (colours.words) parts.push(make("p", `${colours.overlay.label}: ${colours.words(layers)}`, "value"));
    for (const text of colours.flows ? currents(item, drawing, graph, colours) : []) parts.push(make("p", text));
    for (const text of differences(item, layers, graph, marks)) parts.push(make("p", text, "difference"));
    parts.push(table(main, layers, graph));
    this.card.replaceChildren(...parts);
  }
}

/** Indices of the layers of a node or a box. */
function layersOf(item, graph) {
  if (item.node) return item.node.layers;
  const { first, end } = graph.groups.get(item.group);
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function title(item) {
  return item.node ? item.node.label : [item.title, item.note].filter(Boolean).join(" · ");
}

/** "3×3 conv, 16 BN ReLU, with layer1.0.bn1, layer1.0.relu1"; of a group how many layers it has. */
function standsFor(item, layers, main, graph) {
  if (!main) return `${layers.length} ${layers.length === 1 ? "layer" : "layers"}, ${graph.layers[layers[0]].name} to ${graph.layers[layers.at(-1)].name}`;
  const words = [item.node.before, item.node.label, item.node.after].filter(Boolean).join(" ");
  const others = layers.map((layer) => graph.layers[layer].name).filter((name) => name !== main.name);
  if (!others.length) return words;
  const named = others.slice(0, others.length > NAMED + 1 ? NAMED : NAMED + 1);
  const rest = others.length - named.length;
  return `${words}. Also stands for ${named.join(", ")}${rest ? ` and ${rest} more` : ""}.`;
}

/** What differs from another network, and where a node stands for several layers, of how many of them that is true. */
function differences(item, layers, graph, marks) {
  const twins = new Set(item.node ? twinsOf(item, graph) : layers);
  const counts = new Map();
  for (const layer of layers) {
    const told = marks?.layers?.[graph.layers[layer].name];
    if (told) counts.set(told[1] || told[0], (counts.get(told[1] || told[0]) ?? 0) + twins.has(layer));
  }
  const texts = [...counts].map(([text, count]) => (twins.size > 1 && count ? `${text} (${count} of ${twins.size})` : text));
  return texts.slice(0, NAMED);
}

/** What comes back to an item along its lines, and what of it goes on to what it reads. */
function currents(item, drawing, graph, colours) {
  const isInside = (id) => (item.node ? id === item.id : drawing.inside(item).some((node) => node.id === id));
  const [outgoing, incoming] = [[], []];
  for (const line of drawing.linesAt(item)) {
    const leaves = isInside(line.source);
    const other = drawing.byId.get(leaves ? line.target : line.source);
    const told = `${graph.layers[other.node.main].name}${line.shortcut ? " (shortcut)" : ""} ${colours.lineWords(line)}`;
    (leaves ? outgoing : incoming).push(told);
  }
  const said = (words, texts) => (texts.length ? [`${words} ${texts.slice(0, NAMED).join(", ")}${texts.length > NAMED ? ", …" : ""}`] : []);
  return [...said("Comes back from", outgoing), ...said("goes on to", incoming)];
}

/** The row of the main layer; beside it, where the node stands for several, the same of all of them together. */
function table(main, layers, graph) {
  const made = document.createElement("table");
  const isGroup = !main;
  const several = layers.length > 1;
  if (several && main) made.append(row("th", "", "this layer", `all ${layers.length}`));
  graph.columns.forEach(({ name, kind, how }, at) => {
    const own = main && main.row[at];
    const all = several || isGroup ? together(layers.map((layer) => graph.layers[layer].row[at]), kind, how) : undefined;
    if ((own === undefined || own === "" || own === null) && all === undefined) return;
    const cells = main ? [written(own, kind)] : [];
    if (several || isGroup) cells.push(all === undefined ? "" : written(all, kind));
    const line = row("td", name, ...cells);
    line.lastChild.title = exactly(all ?? own, kind);
    made.append(line);
  });
  return made;
}

function together(values, kind, how) {
  const numbers = values.filter((value) => typeof value === "number");
  if (!numbers.length || kind === "text") return undefined;
  if (how === "sum" || (how === undefined && kind === "percent")) return numbers.reduce((a, b) => a + b, 0);
  return how === "max" ? numbers.reduce((a, b) => Math.max(a, b)) : undefined;
}

function row(cell, name, ...values) {
  const line = document.createElement("tr");
  line.append(make("th", name), ...values.map((value) => make(cell, value)));
  return line;
}

function make(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}
