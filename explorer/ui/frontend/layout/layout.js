// Where everything in the drawing of a network goes. Pure: no document, and the same drawing for the same input.
//
// A layered layout of each group by itself (layout_segment), the groups put together from the inside out (layout_plan),
// and stages set side by side so that the whole fills a screen's proportions. Groups that are alike are laid out once.

import { Tracer } from "./lines.js";
import { divide } from "./parts.js";
import { Planner } from "./plan.js";
import { SPACE } from "./segment.js";

/** Sizes of text; a gap stands between a label and what is small before and after it. */
const TEXT = { label: 11, small: 9, title: 11, note: 9, entry: 9, gap: 5 };
const BOLD = 1.08; // how much wider bold text is
const HANDLE = 18; // room in the node of a closed stage for what opens it
const SIDES = 20; // on both sides of a node's text
const STEP = 5; // milliseconds of work between two reports of progress
const PAGE = 1100; // units: a drawing of this width is shown at its own size
const ROOMS = [3, 2.2, 1.6, 1.2, 0.9, 0.7]; // heights of columns that are tried, as shares of what would fill the page
const ENOUGH = 0.85; // of the best possible size; more columns are preferred where they cost no more

/**
 * Lays out what `isOpen(id)` leaves open; yields its progress from 0 to 1 every few milliseconds.
 * @param {import("../network/graph.js").Graph} graph
 * @param {(id: string) => boolean} isOpen
 * @param {{flow: "columns" | "column", aspect: number, measure: (text: string, size: number) => number}} options
 * @returns {object} {width, height, boxes, nodes, lines, entries}:
 *   boxes: {id, group, kind, title, note, open, x, y, w, h, depth}, the outer before the inner
 *   nodes: {id, node, x, y, w, h, box}, `node` as the graph has it, `box` the id of the innermost box around it
 *   lines: {source, target, shortcut, edges, via, path, x, y, w, h}, ids of nodes, `edges` as the scene has them; the path
 *     begins at the source, or at the entry `via` where another line is drawn from the source to there; x, y, w, h is the
 *     box around it
 *   entries: {id, x, y, w, h, text, box}, where lines come to the head of a column: a shape, or "" for a mere dot
 */
export function* layout(graph, isOpen, { flow = "columns", aspect = 1.6, measure }) {
  const pace = new Pace();
  const scene = graph.scene(isOpen);
  const { whole, lines, places } = yield* divide(scene, sizing(measure), pace);
  pace.progress = 0.2;
  const plan = yield* choose(whole, new Planner(pace), flow, aspect, heads(graph, scene, whole, lines, measure), pace);
  pace.progress = 0.6;
  const drawing = { width: plan.w, height: plan.h, boxes: [], nodes: [], lines: [], entries: [] };
  yield* put(whole, plan, 0, 0, drawing, pace);
  const tracer = new Tracer(lines, places);
  for (const line of lines) {
    drawing.lines.push(tracer.trace(line));
    pace.progress = 0.7 + (0.3 * drawing.lines.length) / lines.length;
    yield* pace.rest();
  }
  return drawing;
}

/** Reports progress now and then, so that the caller can let the browser do other things. */
class Pace {
  since = performance.now();
  progress = 0;

  *rest() {
    if (performance.now() - this.since < STEP) return;
    yield this.progress;
    this.since = performance.now();
  }
}

function sizing(measure) {
  const known = new Map();
  const width = (text, size) => {
    const key = `${size} ${text}`;
    if (text && !known.has(key)) known.set(key, measure(text, size));
    return text ? known.get(key) : 0;
  };
  return {
    node({ label, before, after, fill, around }) {
      if (around) return { w: Math.max(36, width(label, TEXT.small) + 14), h: 19 };
      const name = width(label, TEXT.label) * (fill === "stage" ? BOLD : 1);
      const texts = [width(before, TEXT.small), name, width(after, TEXT.small)].filter(Boolean);
      const text = texts.reduce((a, b) => a + b, 0) + TEXT.gap * (texts.length - 1);
      const least = { merge: 40, other: 56 }[fill] ?? 124;
      const w = Math.max(least, text + (fill === "merge" ? 16 : SIDES) + (fill === "stage" ? HANDLE : 0));
      return { w: Math.ceil(w), h: fill === "merge" ? 21 : 24 };
    },
    title({ group }) {
      return { title: width(group.title, TEXT.title) * (group.kind === "block" ? 1 : BOLD), note: width(group.note, TEXT.note) };
    },
  };
}

/** For every item of the whole drawing what stands at its head where a column begins with it: the shape that comes in. */
function heads(graph, scene, whole, lines, measure) {
  const output = graph.columns.findIndex(({ name }) => name === "Output");
  const entries = new Map();
  for (const line of lines) {
    if (line.part !== whole || entries.has(line.to) || !whole.items[line.to].part) continue;
    const text = graph.layers[scene.nodes.get(line.source).layers.at(-1)].row[output];
    entries.set(line.to, { w: measure(text, TEXT.entry) + 14, h: 16, text });
  }
  return entries;
}

/** The plan of the whole that can be shown largest on a page of these proportions. */
function* choose(whole, planner, flow, aspect, heads, pace) {
  const each = whole.items.map((_, item) => item);
  const wide = (room, starts) => {
    const entries = new Map([...heads].filter(([item]) => starts.includes(item)));
    return planner.plan(whole, room, null, { starts, entries });
  };
  if (flow === "column") return yield* wide(Infinity, [0]);
  const scale = ({ w, h }) => Math.min(1, PAGE / w, PAGE / aspect / h);
  const natural = yield* wide(Infinity, each);
  const side = Math.sqrt((natural.w * natural.h) / aspect);
  const found = [];
  for (const [nth, room] of [Infinity, ...ROOMS.map((share) => Math.round(share * side))].entries()) {
    const spread = yield* wide(room, each);
    const heights = whole.items.map((item, index) => (spread.plans[index] ?? item).h + SPACE.row);
    for (let columns = each.length; columns >= 1; columns--) {
      const starts = balanced(heights, columns);
      if (!starts) continue;
      const plan = yield* wide(room, starts);
      found.push({ plan, scale: scale(plan), columns });
      pace.progress = 0.2 + (0.4 * nth) / (ROOMS.length + 1);
    }
  }
  const enough = ENOUGH * Math.max(...found.map((one) => one.scale));
  const good = found.filter((one) => one.scale >= enough);
  return good.reduce((a, b) => (b.columns > a.columns || (b.columns === a.columns && b.scale > a.scale) ? b : a)).plan;
}

/** The first of each of so many columns, as even as can be; null where fewer do. */
function balanced(heights, columns) {
  const starts = (limit) => {
    const found = [0];
    let height = 0;
    heights.forEach((own, index) => {
      if (index && height + own > limit) {
        found.push(index);
        height = 0;
      }
      height += own;
    });
    return found;
  };
  let [low, high] = [Math.max(...heights), heights.reduce((a, b) => a + b, 0)];
  if (columns === heights.length) return heights.map((_, index) => index);
  for (let step = 0; step < 16; step++) {
    const middle = (low + high) / 2;
    if (starts(middle).length > columns) low = middle;
    else high = middle;
  }
  return starts(high).length === columns ? starts(high) : null;
}

/** Gives a part and all in it their places. */
function* put(part, plan, x, y, drawing, pace) {
  const id = part.box ? `group:${part.box.group.id}` : null;
  Object.assign(part, { x, y, plan });
  part.entries = plan.columns.map((column, nth) => {
    if (!column.entry) return null;
    const { entry } = column;
    const place = { x: x + column.x + entry.x, y: y + column.y + entry.y };
    const made = { ...entry, ...place, id: `into:${part.box.group.id}:${nth}`, box: id };
    drawing.entries.push(made);
    return made;
  });
  if (part.box) {
    const { group, open } = part.box;
    const { kind, title, note } = group;
    drawing.boxes.push({ id, group: group.id, kind, title, note, open, x, y, w: plan.w, h: plan.h, depth: part.depth });
  }
  for (const [nth, item] of part.items.entries()) {
    const column = plan.columns[plan.columnOf.get(nth)];
    const at = column.at.get(nth);
    const [left, top] = [x + column.x + at.x, y + column.y + at.y];
    if (item.part) yield* put(item.part, plan.plans[nth], left, top, drawing, pace);
    else {
      Object.assign(item, { x: left, y: top });
      drawing.nodes.push({ id: item.node.id, node: item.node, x: left, y: top, w: item.w, h: item.h, box: id });
    }
  }
  yield* pace.rest();
}
