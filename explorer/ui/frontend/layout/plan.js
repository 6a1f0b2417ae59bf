// How a part is laid out: its items in rows, the rows in one column or, where they would be too high, in several.

import { BOTTOM, TOP } from "./parts.js";
import { ranks } from "./ranks.js";
import { SPACE, inKey, outKey, segment } from "./segment.js";

export const PAD = 10; // between a box and what is in it
export const HEAD = 23; // height of a box's title
const CHANNEL = 34; // between columns
const TRACK = 7; // between lines beside one another in a channel
const DOT = { w: 6, h: 6, text: "" }; // at the head of a column
const SHORT = 0.6; // of the height there is
const HANDLE = 15; // before the title of a group that opens and closes

/** Makes plans, each but once. */
export class Planner {
  /** @param {{rest(): Generator}} pace rests now and then */
  constructor(pace) {
    this.pace = pace;
    this.made = new Map();
  }

  /**
   * Where everything in a part goes, relative to its upper left corner; parts of one key share a plan.
   * @param {number} room columns higher than this are split where they can be
   * @param {{w, h, text} | null} entry what stands at the head, where a line comes in from beside the part
   * @param {{starts, entries} | null} cuts of the whole drawing: the first item of each column, and what stands at the
   *   head of items
   * @yields when it is time to rest
   * @returns w, h; plans of the items that are parts; columns with their x and y (see `segment`); columnOf: Map item ->
   *   number; connectors: Map key -> corners; ins, outs, sides: places across by port; anchor; entry
   */
  *plan(part, room, entry = null, cuts = null) {
    const key = `${part.key} ${room} ${entry?.text ?? ""} ${cuts?.starts ?? ""}`;
    if (!this.made.has(key)) this.made.set(key, yield* this.#plan(part, room, entry, cuts));
    return this.made.get(key);
  }

  *#plan(part, room, entry, cuts) {
    const inner = room - HEAD - PAD;
    const plans = [];
    for (const [nth, { part: one }] of part.items.entries()) {
      plans.push(one && (yield* this.plan(one, inner, cuts?.entries.get(nth))));
    }
    yield* this.pace.rest();
    const box = (nth) => plans[nth] ?? { w: part.items[nth].w, h: part.items[nth].h, anchor: part.items[nth].w / 2 };
    const { ways, rows } = arrange(part);
    const heights = rows.map((row) => Math.max(...row.map((nth) => box(nth).h)) + SPACE.row);
    const starts = cuts?.starts ?? split(heights, crossings(part, rows, ways), inner);
    const columnOf = new Map();
    rows.forEach((row, nth) => row.forEach((item) => columnOf.set(item, starts.filter((start) => start <= nth).length - 1)));
    for (const way of ways) for (const item of way.items) columnOf.set(item, columnOf.get(way.to) ?? columnOf.get(way.from) ?? 0);
    const columns = starts.map((start, nth) => {
      const head = nth === 0 ? entry : cuts ? null : DOT;
      return segment({ rows: rows.slice(start, starts[nth + 1]), ...within(part, ways, columnOf, nth, cuts), box, entry: head });
    });
    return this.#compose({ part, plans, box, columns, columnOf, entry });
  }

  /** The columns side by side, the title above and the lines between them. */
  #compose({ part, plans, box, columns, columnOf, entry }) {
    const [pad, head] = part.box ? [PAD, HEAD] : [0, 0];
    const links = crossing(part, columnOf);
    let x = pad + this.#indent(part, columns[0], entry, pad);
    columns.forEach((column, nth) => {
      const tracks = links.filter((link) => link.column === nth).length;
      if (nth) x += CHANNEL + TRACK * Math.max(0, tracks - 1);
      // The first column has no dot at its head; its first row stands level with the others'.
      Object.assign(column, { x, y: head + (columns.length > 1 && columns[1].entry && !column.entry ? DOT.h + SPACE.row : 0) });
      x += column.w;
    });
    const connectors = connect(links, columns, columnOf, box);
    const low = [...connectors.values()].map((points) => Math.max(...points.map(([, y]) => y)) + 2);
    const w = Math.max(x + pad, this.#titleWidth(part) + pad);
    const h = Math.max(head, ...columns.map((column) => column.y + column.h), ...low) + pad;
    const { ins, outs, sides } = edges(part, columns, columnOf, box);
    const anchor = [...ins, ...outs, w / 2].find((place) => place !== undefined);
    return { w, h, plans, columns, columnOf, connectors, ins, outs, sides, anchor, entry: entryAt(columns[0]) };
  }

  #titleWidth(part) {
    return part.box ? PAD + HANDLE + part.title + (part.note ? 6 + part.note : 0) : 0;
  }

  /** How far the content moves to the right for the line that comes in from above to pass the title. */
  #indent(part, column, entry, pad) {
    const incoming = [...column.ins.values()];
    if (!part.box || entry || !incoming.length) return 0;
    return Math.max(0, this.#titleWidth(part) + 8 - pad - Math.min(...incoming));
  }
}

/** Rows of the items that lie on no way, and the ways: {from, to, items, links} of what goes around. */
function arrange(part) {
  const arcs = part.links.filter((link) => link.arc);
  const after = new Map(arcs.map((link) => [link.from, link]));
  const count = (end, item) => arcs.filter((link) => link[end] === item).length;
  // A node on a way is entered and left once; else it stands in a row like any other.
  const isAround = (item) => part.items[item]?.node?.around && count("from", item) === 1 && count("to", item) === 1;
  const ways = [];
  for (const first of arcs) {
    if (isAround(first.from)) continue;
    const way = { from: first.from, to: first.to, items: [], links: [first] };
    while (isAround(way.to)) {
      way.items.push(way.to);
      way.links.push(after.get(way.to));
      way.to = way.links.at(-1).to;
    }
    ways.push(way);
  }
  const on = new Set(ways.flatMap((way) => way.items));
  const edges = [...part.links.filter((link) => !link.arc), ...ways].filter(({ from, to }) => from >= 0 && to >= 0);
  const rank = ranks(part.items.length, edges.map(({ from, to }) => [from, to]));
  const rows = [];
  part.items.forEach((_, item) => {
    if (!on.has(item)) (rows[rank[item]] ??= []).push(item);
  });
  return { ways, rows };
}

/** For every row how many sources feed what comes after: a column may end where few do, and none from or to outside. */
function crossings(part, rows, ways) {
  const rowOf = new Map(rows.flatMap((row, nth) => row.map((item) => [item, nth])));
  const sources = rows.map(() => new Set());
  for (const link of [...part.links.filter((one) => !one.arc), ...ways]) {
    const from = link.from === TOP ? 0 : rowOf.get(link.from);
    const to = link.to === BOTTOM ? rows.length : rowOf.get(link.to);
    for (let row = from; row < to; row++) {
      if (row + 1 === rows.length) continue;
      sources[row].add(outKey(link.links ? { from: link.from, out: link.links[0].out } : link));
      if (link.from === TOP || link.to === BOTTOM) sources[row].outside = true;
    }
  }
  return sources.map((set) => (set.outside ? Infinity : set.size));
}

/**
 * The first rows of as few columns as are no higher than `room`, all about equally high. A column ends where one source
 * feeds the next, or where two do if it would else be short.
 */
function split(heights, feeding, room) {
  const whole = heights.reduce((a, b) => a + b, 0);
  if (whole <= room) return [0];
  const count = columnsWithin(heights, feeding, room).length;
  let [low, high] = [whole / count, room];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (columnsWithin(heights, feeding, middle).length > count) low = middle;
    else high = middle;
  }
  return columnsWithin(heights, feeding, high);
}

function columnsWithin(heights, feeding, limit) {
  const starts = [0];
  let height = 0;
  let ends = []; // after which rows this column could end, and how high it would be: with one source, with two
  heights.forEach((own, row) => {
    const [one, two] = ends;
    const end = one && one.height > SHORT * limit ? one : (two ?? one);
    if (height + own > limit && end) {
      starts.push(end.row + 1);
      height -= end.height;
      ends = ends.map((other) => other && other.row > end.row && { row: other.row, height: other.height - end.height });
      ends = ends.map((other) => other || undefined);
    }
    height += own;
    if (feeding[row] === 1) ends[0] = { row, height };
    if (feeding[row] <= 2) ends[1] = { row, height };
  });
  return starts;
}

/** Links and ways of one column, what crosses to another ending at its lower edge and beginning at its head. */
function within(part, ways, columnOf, column, cuts) {
  const place = (link) => {
    const here = (item) => columnOf.get(item) === column;
    if (!here(link.from) && !here(link.to)) return [];
    const [from, to] = [here(link.from) ? link.from : TOP, here(link.to) ? link.to : BOTTOM];
    // In the whole drawing, what comes from another column ends at the side of the item itself.
    return cuts && from === TOP ? [] : [{ ...link, from, to }];
  };
  return { links: part.links.filter((link) => !link.arc).flatMap(place), ways: ways.flatMap(place) };
}

/** What leads from one column to another, once for each source and column. */
function crossing(part, columnOf) {
  const found = new Map();
  for (const link of [...part.links].sort((a, b) => a.arc - b.arc)) {
    const [from, to] = [columnOf.get(link.from), columnOf.get(link.to)];
    if (from === undefined || to === undefined || from === to) continue;
    const key = crossingKey(link, to);
    if (!found.has(key)) found.set(key, { key, link, column: to });
  }
  return [...found.values()];
}

export const crossingKey = (link, column) => `${outKey(link)} ${column}`;

/** The corners of the way from the foot of a column, or from the side of a node, to the head of another: Map key -> points. */
function connect(links, columns, columnOf, box) {
  const tracks = new Map();
  return new Map(links.map(({ key, link, column }) => {
    const track = tracks.get(column) ?? 0;
    tracks.set(column, track + 1);
    const [source, target] = [columns[columnOf.get(link.from)], columns[column]];
    const channel = target.x - CHANNEL / 2 - TRACK * track;
    const entry = target.entry ?? beside(target, link.to, box);
    const end = [[channel, target.y + entry.y + entry.h / 2], [target.x + entry.x, target.y + entry.y + entry.h / 2]];
    const at = source.at.get(link.from);
    if (!target.entry && !box(link.from).plans) {
      const { w, h } = box(link.from);
      const y = source.y + at.y + h / 2;
      return [key, [[source.x + at.x + w, y], [channel, y], ...end]];
    }
    const x = source.x + (source.outs.get(outKey(link)) ?? source.lanes.get(link.index)?.x ?? at.x + side(box(link.from), link));
    const between = columns.slice(columnOf.get(link.from), Math.max(column, columnOf.get(link.from) + 1));
    const y = Math.max(...between.map((one) => one.y + one.h)) + 12 + TRACK * track;
    return [key, [[x, source.y + source.h], [x, y], [channel, y], ...end]];
  }));
}

/** The entry of a box that stands at the head of a column, or the node itself. */
function beside(column, item, box) {
  const at = column.at.get(item);
  const { w, h, entry } = box(item);
  return entry ? { x: at.x + entry.x, y: at.y + entry.y, w: entry.w, h: entry.h } : { x: at.x, y: at.y, w, h };
}

function entryAt({ x, y, entry }) {
  return entry && { ...entry, x: x + entry.x, y: y + entry.y };
}

/** Where an arc that goes around nothing outside an item leaves it: over its lower edge, or at the right of a node. */
function side({ w, sides }, link) {
  return sides?.[link.out] ?? w;
}

/** Where each source's lines come in at the top of a part and leave at its bottom, and where its arcs do (`sides`). */
function edges(part, columns, columnOf, box) {
  const [ins, outs, sides] = [new Array(part.ins.size), new Array(part.outs.size), new Array(part.outs.size)];
  for (const link of part.links) {
    const column = columns[columnOf.get(link.from === TOP ? link.to : link.from)];
    if (link.from === TOP && !link.arc) {
      const { entry } = column;
      ins[link.out] ??= column.x + (entry ? entry.x + entry.w / 2 : column.ins.get(inKey(link)));
    }
    if (link.to === BOTTOM && link.arc) {
      sides[link.in] = column.x + (column.lanes.get(link.index)?.x ?? column.at.get(link.from).x + side(box(link.from), link));
    } else if (link.to === BOTTOM) {
      outs[link.in] ??= column.x + column.outs.get(outKey(link));
    }
  }
  return { ins, outs, sides };
}
