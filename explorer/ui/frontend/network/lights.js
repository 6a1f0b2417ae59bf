// What is lit up in a drawing: the selection and its neighbours, what a search found, what differs from another network.

import { badge, element, rectangle, setAttributes } from "./shapes.js";

const MARKS = ["added", "removed", "changed"];
const MOST_NEIGHBOURS = 60; // that are elements of their own however small they are
const MOST_BADGES = 400;

export class Lights {
  /** @param {import("./paint.js").Painter} painter */
  constructor(painter) {
    Object.assign(this, { painter, found: new Set(), marks: undefined, selected: undefined });
    painter.painted = () => this.refresh();
  }

  /**
   * @param {{selected?: object, found: Set<object>, marks?: {nodeMarks: Map, lineMarks: Map}}} lit items of the drawing:
   *   the selected node or box, the nodes of what was found, and of every differing node and line "added", "removed" or "changed"
   */
  show({ selected, found, marks }) {
    Object.assign(this, { selected, found, marks });
    const { drawing } = this.painter;
    this.lines = selected ? drawing.linesAt(selected) : [];
    const within = selected && (selected.node ? new Set([selected.id]) : new Set(drawing.inside(selected).map(({ id }) => id)));
    this.neighbours = new Set(this.lines.flatMap(({ source, target }) => [source, target]).filter((id) => !within.has(id)));
    this.painter.alone = new Set([...(selected?.node ? [selected.id] : []), ...[...this.neighbours].slice(0, MOST_NEIGHBOURS)]);
    this.painter.paint();
  }

  /** After every painting: elements came and went. */
  refresh() {
    const { painter, selected } = this;
    for (const [id, one] of painter.drawn) {
      if (!one.id) continue;
      const mark = this.marks?.nodeMarks.get(painter.drawing.byId.get(id));
      const classes = { marked: id === selected?.id, lit: this.neighbours?.has(id) ?? false };
      for (const name of MARKS) classes[name] = mark === name;
      for (const [name, on] of Object.entries(classes)) if (one.classList.contains(name) !== on) one.classList.toggle(name, on);
      if (classes.marked) setAttributes(one, { "aria-current": "true" });
      else one.removeAttribute("aria-current");
    }
    const { scale } = painter.camera;
    const seen = [...this.found].filter((node) => painter.sees(node));
    painter.path("found", painter.halos, seen.map((node) => rectangle(node, Math.max(3.5, 2.5 / scale))).join(""));
    if (!seen.length) this.drop("found");
    this.strokes("line lit", this.lines ?? []);
    this.showMarks(scale);
  }

  showMarks(scale) {
    const { painter, marks } = this;
    painter.badges.replaceChildren();
    const outlines = Object.fromEntries(MARKS.map((mark) => [mark, []]));
    const signs = [];
    for (const [node, mark] of marks?.nodeMarks ?? []) {
      if (!painter.sees(node)) continue;
      if (!painter.drawn.has(node.id)) outlines[mark].push(rectangle(node));
      else if (painter.details.heads) signs.push(badge(mark, node.x, node.y, scale));
    }
    for (const mark of MARKS) {
      const lines = [...(marks?.lineMarks ?? [])].filter(([, one]) => one === mark).map(([line]) => line);
      this.strokes(`line ${mark}`, lines);
      for (const line of painter.details.heads ? lines.filter((one) => painter.sees(one)) : [])
        signs.push(badge(mark, line.x + line.w, line.y + line.h / 2, scale));
      if (outlines[mark].length) painter.badges.append(element("path", { class: `outline ${mark}`, d: outlines[mark].join("") }));
    }
    painter.badges.append(...signs.slice(0, MOST_BADGES));
  }

  /** Some lines once more, above all others. */
  strokes(name, lines) {
    const d = lines.filter((line) => this.painter.sees(line)).map((line) => line.path).join("");
    if (!this.painter.path(name, this.painter.lines, d)) this.drop(name);
  }

  drop(name) {
    this.painter.drawn.get(name)?.remove();
    this.painter.drawn.delete(name);
  }
}

/**
 * Marks by layer and edge, as the page tells them, as marks of what stands for these in a drawing.
 * @param {{layers: Object<string, [string, string]>, edges: [string, string, string][]}} told
 * @param {object} graph
 * @param {Map<string, number>} indexOf of every layer by its name
 */
export function marksOf(told, graph, indexOf, drawing) {
  const markOf = [];
  for (const [name, [mark]] of Object.entries(told.layers ?? {})) markOf[indexOf.get(name) ?? -1] = mark;
  const nodeMarks = new Map();
  for (const node of drawing.nodes) {
    const mark = together(twinsOf(node, graph).map((layer) => markOf[layer]));
    const other = mark ?? (node.node.layers.some((layer) => markOf[layer]) ? "changed" : undefined);
    if (other) nodeMarks.set(node, other);
  }
  const lineMarks = new Map();
  const byEnds = new Map(drawing.lines.map((line) => [`${line.source} ${line.target}`, line]));
  for (const [from, to, mark] of told.edges ?? []) {
    const ends = [from, to].map((name) => drawing.nodeOf[indexOf.get(name)]?.id);
    const line = byEnds.get(ends.join(" "));
    if (line) lineMarks.set(line, lineMarks.get(line) ?? mark);
  }
  return { nodeMarks, lineMarks };
}

/** What a node mainly stands for: its main layer and the same of other blocks; of a whole stage, every layer. */
export function twinsOf({ id, node }, graph) {
  if (id.startsWith("group:")) return node.layers;
  const { kind } = graph.layers[node.main];
  return node.layers.filter((layer) => graph.layers[layer].kind === kind);
}

/** One mark for several layers: where they differ, or some have none, the whole is a changed one. */
function together(marks) {
  const known = marks.filter(Boolean);
  if (!known.length) return undefined;
  return marks.every((mark) => mark === known[0]) ? known[0] : "changed";
}
