// An overlay laid over a drawing: what value each node has, and its colour. Values are by layer, in the network's order.

import { colourAt, inkOn } from "./colours.js";
import { Scale } from "./scale.js";
import { written } from "../shared/format.js";

const PUT_TOGETHER = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  max: (values) => values.reduce((a, b) => Math.max(a, b), -Infinity),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
};
const NO_VALUE = { fill: "var(--paper)", ink: "var(--st-text-color)" };
const NO_NUMBER = { fill: "url(#hatch)", ink: "var(--st-text-color)" };
const LEVELS = 24; // of colour and width, so that lines that look alike are one path
const WIDTHS = [1, 5.5]; // of the line with the least and with the most
const NO_NUMBER_LINE = { name: "no-number", stroke: "var(--removed)", ink: "var(--paper)", width: WIDTHS[1] };

/** The colours of the kinds of layers: each node's own, by the style sheet; many together as most of them are. */
export const KINDS = {
  of: () => undefined,
  line: () => undefined,
  flows: false,
  mean(nodes) {
    const counts = {};
    for (const { node } of nodes) counts[node.fill] = (counts[node.fill] ?? 0) + 1;
    return Object.entries(counts).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "other";
  },
};

export class OverlayColours {
  /**
   * @param {object} overlay id, label, unit, how, scale, note, steps, values: [[value of each layer] of each step], or
   *   without steps [value of each layer]; a value is a number, null (there is none) or a text ("NaN", "Infinity");
   *   edges: the same for each edge of the anatomy, or null; range: [from, to] or null; edge_label and edge_range, where
   *   the lines show another quantity than the layers
   * @param {import("./drawing.js").NetworkDrawing} drawing
   */
  constructor(overlay, drawing, dark) {
    Object.assign(this, { overlay, drawing, dark, step: 0 });
    this.rounds = overlay.steps ? overlay.values : [overlay.values];
    this.currents = overlay.edges && (overlay.steps ? overlay.edges : [overlay.edges]);
    // Of any node and line at any step, so that a colour means the same at every step.
    const nodes = this.rounds.flatMap((round) => drawing.nodes.map(({ node }) => this.together(node.layers, round)));
    const lines = (this.currents ?? []).flatMap((round) => drawing.lines.map(({ edges }) => largest(edges, round)));
    const isOther = Boolean(overlay.edge_label);
    this.scale = new Scale(isOther ? nodes : nodes.concat(lines), overlay.scale, overlay.range);
    this.lineScale = isOther ? new Scale(lines, "log", overlay.edge_range) : this.scale;
    this.strokes = new Map();
  }

  /** Show a step by its text, the last one where there is none such. */
  goTo(step) {
    const at = this.overlay.steps?.findIndex((one) => String(one) === step) ?? 0;
    this.step = at < 0 ? this.rounds.length - 1 : at;
  }

  /** One value for some layers, null where none has one, a text where one is not a number. */
  together(layers, values = this.rounds[this.step]) {
    return together(layers, values, this.overlay.how);
  }

  of({ node }) {
    const value = this.together(node.layers);
    if (value === null) return NO_VALUE;
    if (typeof value === "string") return NO_NUMBER;
    return this.at(this.scale.share(value));
  }

  at(share) {
    const fill = colourAt(share, this.dark);
    return { fill, ink: inkOn(fill) };
  }

  /** As the nodes would look from far: the middle of their shares. */
  mean(nodes) {
    const values = nodes.map(({ node }) => this.together(node.layers));
    const numbers = values.filter((value) => typeof value === "number");
    if (!numbers.length) return values.some((value) => value !== null) ? NO_NUMBER.fill : NO_VALUE.fill;
    return colourAt(PUT_TOGETHER.mean(numbers.map((value) => this.scale.share(value))), this.dark);
  }

  /** Whether lines have values. */
  get flows() {
    return Boolean(this.currents);
  }

  /** What comes back along a line: the largest of the edges it stands for, null where none has a value. */
  along({ edges }) {
    return largest(edges, this.currents[this.step]);
  }

  /** How a line is drawn: its `name`, alike for those that look the same, stroke, ink on it, and width; undefined without a value. */
  line(line) {
    const value = this.currents ? this.along(line) : null;
    if (value === null) return undefined;
    if (typeof value === "string") return NO_NUMBER_LINE;
    const level = Math.round(this.lineScale.share(value) * LEVELS);
    if (!this.strokes.has(level)) this.strokes.set(level, this.stroke(level));
    return this.strokes.get(level);
  }

  stroke(level) {
    const share = level / LEVELS;
    const { fill, ink } = this.at(share);
    return { name: `level-${level}`, stroke: fill, ink, width: WIDTHS[0] + share * (WIDTHS[1] - WIDTHS[0]) };
  }

  /** The value of some layers in words. */
  words(layers) {
    const value = this.together(layers);
    const { unit, label } = this.overlay;
    return inWords(value, unit === label || unit === label.toLowerCase() ? "" : unit);
  }

  lineWords(line) {
    return inWords(this.along(line), this.overlay.edge_label ? "" : this.overlay.unit);
  }

  /** How many layers have no value at this step, and how many layers and edges one that is not a number. */
  missing() {
    const values = this.rounds[this.step];
    const none = values.filter((value) => value === null || value === undefined).length;
    const noNumber = [...values, ...(this.currents?.[this.step] ?? [])].filter((value) => typeof value === "string").length;
    return { none, noNumber };
  }
}

function together(places, values, how) {
  const known = places.map((place) => values[place]).filter((value) => value !== null && value !== undefined);
  if (!known.length) return null;
  return known.find((value) => typeof value === "string") ?? PUT_TOGETHER[how](known);
}

function largest(edges, values) {
  return together(edges, values, "max");
}

function inWords(value, unit) {
  if (value === null) return "no value";
  return typeof value === "string" ? `not a number (${value})` : amount(value, unit);
}

/** `1.2 M MACs`, `64 kB`, `3.1e-5`. */
export function amount(value, unit = "") {
  if (unit === "bytes") return value ? written(Math.round(value), "bytes") : "0 B";
  return unit ? `${short(value)} ${unit}` : short(value);
}

/** Three figures, with k, M, G for thousands and powers of ten for small ones. */
function short(value) {
  const size = Math.abs(value);
  if (needsPower(value)) return withPower(value);
  if (size < 1000) return String(Number(value.toPrecision(3)));
  const power = Math.min(4, Math.floor(Math.log10(size) / 3 + 1e-9));
  return `${Number((value / 1000 ** power).toPrecision(3))}${["", "k", "M", "G", "T"][power]}`;
}

/** Values that stand side by side, in one notation: where one is written with a power of ten, all are. */
export function alike(values) {
  return values.map(values.some(needsPower) ? withPower : short);
}

function needsPower(value) {
  const size = Math.abs(value);
  return size > 0 && (size < 0.001 || size >= 1e15);
}

function withPower(value) {
  return value === 0 ? "0" : value.toExponential(1).replace("e+", "e").replace(".0e", "e");
}
