// An overlay laid over a drawing: what value each node has, and its colour. Values are by layer, in the network's order.

import { colourAt, inkOn } from "./colours.js";
import { written } from "../shared/format.js";

const PUT_TOGETHER = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  max: (values) => values.reduce((a, b) => Math.max(a, b), -Infinity),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
};
const NO_VALUE = { fill: "var(--paper)", ink: "var(--st-text-color)" };
const NO_NUMBER = { fill: "url(#hatch)", ink: "var(--st-text-color)" };

/** The colours of the kinds of layers: each node's own, by the style sheet; many together as most of them are. */
export const KINDS = {
  of: () => undefined,
  mean(nodes) {
    const counts = {};
    for (const { node } of nodes) counts[node.fill] = (counts[node.fill] ?? 0) + 1;
    return Object.entries(counts).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "other";
  },
};

export class OverlayColours {
  /**
   * @param {object} overlay id, label, unit, how, scale, note, steps, values: [[value of each layer] of each step], or
   *   without steps [value of each layer]; a value is a number, null (there is none) or a text ("nan", "inf")
   * @param {import("./drawing.js").NetworkDrawing} drawing
   */
  constructor(overlay, drawing, dark) {
    Object.assign(this, { overlay, drawing, dark, step: 0 });
    this.rounds = overlay.steps ? overlay.values : [overlay.values];
    this.range = this.measure();
  }

  /** Show a step by its text, the last one where there is none such. */
  goTo(step) {
    const at = this.overlay.steps?.findIndex((one) => String(one) === step) ?? 0;
    this.step = at < 0 ? this.rounds.length - 1 : at;
  }

  /** The smallest and largest value of any node at any step, so that a colour means the same at every step. */
  measure() {
    const together = (round) => this.drawing.nodes.map(({ node }) => this.together(node.layers, round));
    const numbers = this.rounds.flatMap(together).filter((value) => typeof value === "number");
    this.isLog = this.overlay.scale === "log" && numbers.some((value) => value > 0);
    const used = this.isLog ? numbers.filter((value) => value > 0) : numbers;
    if (!used.length) return undefined;
    const [least, most] = [used.reduce((a, b) => Math.min(a, b)), used.reduce((a, b) => Math.max(a, b))];
    return [!this.isLog && least > 0 && least < 0.5 * most ? 0 : least, most];
  }

  /** One value for some layers, null where none has one, a text where one is not a number. */
  together(layers, values = this.rounds[this.step]) {
    const known = layers.map((layer) => values[layer]).filter((value) => value !== null && value !== undefined);
    if (!known.length) return null;
    return known.find((value) => typeof value === "string") ?? PUT_TOGETHER[this.overlay.how](known);
  }

  /** Where a value lies between the smallest and the largest, from 0 to 1; in the middle where they are one. */
  share(value) {
    const [least, most] = this.range;
    if (value < least) return 0; // a zero on a logarithmic scale
    if (most === least) return 0.5;
    const share = this.isLog ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    return Math.min(1, share);
  }

  of({ node }) {
    const value = this.together(node.layers);
    if (value === null) return NO_VALUE;
    if (typeof value === "string") return NO_NUMBER;
    return this.at(this.share(value));
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
    return colourAt(PUT_TOGETHER.mean(numbers.map((value) => this.share(value))), this.dark);
  }

  /** The value of some layers in words. */
  words(layers) {
    const value = this.together(layers);
    if (value === null) return "no value";
    const { unit, label } = this.overlay;
    return typeof value === "string" ? `not a number (${value})` : amount(value, unit === label || unit === label.toLowerCase() ? "" : unit);
  }

  /** How many layers have no value at this step, and how many one that is not a number. */
  missing() {
    const values = this.rounds[this.step];
    const none = values.filter((value) => value === null || value === undefined).length;
    return { none, noNumber: values.filter((value) => typeof value === "string").length };
  }

  /** Round values between the smallest and the largest, about `count` of them. */
  ticks(count = 4) {
    if (!this.range) return [];
    const [least, most] = this.range;
    if (!this.isLog || most / least < 10) return even(least, most, count);
    const [low, high] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
    const step = Math.max(1, Math.ceil((high - low) / count));
    return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => 10 ** (low + i * step));
  }
}

function even(least, most, count) {
  if (most === least) return [least];
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const ticks = [];
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most * (1 + 1e-9); i += 1) ticks.push(i * step);
  return ticks;
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
