// A scene taken apart for the layout: each box a part that is laid out by itself, with what flows inside it and through
// its upper and lower edge. Parts that are alike have the same key.

import { ranks } from "./ranks.js";

export const TOP = -1; // in place of an item: from above the part
export const BOTTOM = -2; // to below it

/** One box, or the whole drawing (`box` null), and what is in it. */
export class Part {
  constructor(box, parent, index) {
    Object.assign(this, { box, parent, index, depth: parent ? parent.depth + 1 : 0 });
    /** {node} or {part}, in the order of computation. */
    this.items = [];
    /**
     * What flows: {index, from, to, out, in, arc}. `from` and `to` are indices of items, TOP or BOTTOM; `out` and `in` say
     * which of the sources that leave and enter an item or the part at its edge; an arc goes around what lies between.
     */
    this.links = [];
    /** Sources outside whose lines come in at the top, and sources inside whose lines leave at the bottom. */
    this.ins = new Map();
    this.outs = new Map();
    this.linkOf = new Map(); // line -> link
    this.byEnds = new Map();
  }

  /** Every part within, the innermost first, and this one. */
  *walk() {
    for (const { part } of this.items) if (part) yield* part.walk();
    yield this;
  }

  /** Notes that a line leads from one item to another here, together with others of the same source. */
  join(line, from, to) {
    const ends = `${line.source} ${from} ${to} ${line.arc}`;
    let link = this.byEnds.get(ends);
    if (!link) {
      const { source, arc } = line;
      const out = from === TOP ? port(this.ins, source) : (this.items[from].part?.outs.get(source) ?? 0);
      const into = to === BOTTOM ? port(this.outs, source) : (this.items[to].part?.ins.get(source) ?? 0);
      link = { index: this.links.length, from, to, out, in: into, arc };
      this.byEnds.set(ends, link);
      this.links.push(link);
    }
    this.linkOf.set(line, link);
  }
}

function port(ports, source) {
  if (!ports.has(source)) ports.set(source, ports.size);
  return ports.get(source);
}

/**
 * The whole drawing as a part, its lines, and the places of nodes: Map id -> {part, index, item}. A line knows the
 * innermost `part` around both its ends, the items `from` and `to` there that they are in, and whether it is an `arc`.
 * `sizes` gives a node its {w, h} and a box its {title, note} widths.
 */
export function* divide(scene, sizes, pace) {
  const places = new Map();
  const fill = (part, items) => {
    part.items = items.map((item, index) => {
      if (!("items" in item)) {
        const placed = { node: item, ...sizes.node(item) };
        places.set(item.id, { part, index, item: placed });
        return placed;
      }
      const inner = new Part(item, part, index);
      fill(inner, item.items);
      return { part: inner };
    });
  };
  const whole = new Part(null, null, 0);
  fill(whole, scene.items);
  const lines = scene.lines.map((line) => ({ ...line, ...meeting(places.get(line.source), places.get(line.target)) }));
  const met = new Map();
  for (const line of lines) {
    met.has(line.part) ? met.get(line.part).push(line) : met.set(line.part, [line]);
  }
  for (const part of whole.walk()) {
    markArcs(part, met.get(part) ?? []);
    yield* pace.rest();
  }
  // Innermost first: an outer link asks for the ports of the inner parts it meets.
  for (const line of lines) {
    enter(line, places);
    yield* pace.rest();
  }
  yield* name(whole, sizes, pace);
  return { whole, lines, places };
}

/** The innermost part around two places, and the indices of the items there that they are in. */
function meeting(a, b) {
  let [p, from, q, to] = [a.part, a.index, b.part, b.index];
  while (p !== q) {
    if (p.depth >= q.depth) [from, p] = [p.index, p.parent];
    else [to, q] = [q.index, q.parent];
  }
  return { part: p, from, to };
}

/** Lines that lead where a longer way leads too are arcs around it; shortcuts are, unless they go around nothing. */
function markArcs(part, lines) {
  const isNext = nextRows(part, lines);
  for (const line of lines) line.arc = line.shortcut && !isNext(line);
  const direct = lines.filter((line) => !line.shortcut);
  const rank = ranks(part.items.length, direct.map(({ from, to }) => [from, to]));
  const next = part.items.map(() => new Set());
  for (const { from, to } of direct) next[from].add(to);
  for (const line of direct) {
    if (rank[line.to] - rank[line.from] > 1 && next[line.from].size > 1) line.arc = isDetour(line, next, rank);
  }
}

/** Tells which lines lead from a node to one in the very next row; nodes on the way around a block stand in no row. */
function nextRows(part, lines) {
  const rank = ranks(part.items.length, lines.map(({ from, to }) => [from, to]));
  const inRow = (item) => part.items[item].node && !part.items[item].node.around;
  return ({ from, to }) => inRow(from) && inRow(to) && rank[to] - rank[from] === 1;
}

/** Whether there is a way from one end of a line to the other through another item. */
function isDetour({ from, to }, next, rank) {
  const pending = [...next[from]].filter((item) => item !== to);
  const seen = new Set(pending);
  while (pending.length) {
    for (const item of next[pending.pop()]) {
      if (item === to) return true;
      if (rank[item] < rank[to] && !seen.has(item)) {
        seen.add(item);
        pending.push(item);
      }
    }
  }
  return false;
}

/** Notes a line in every part that it passes. */
function enter(line, places) {
  for (const [end, from] of [["source", true], ["target", false]]) {
    let { part, index } = places.get(line[end]);
    while (part !== line.part) {
      part.join(line, from ? index : TOP, from ? BOTTOM : index);
      [index, part] = [part.index, part.parent];
    }
  }
  line.part.join(line, line.from, line.to);
}

/** Parts of the same key come out the same. */
function* name(whole, sizes, pace) {
  const keys = new Map();
  const number = (text) => keys.get(text) ?? (keys.set(text, keys.size), keys.size - 1);
  for (const part of whole.walk()) {
    const items = part.items.map((item) => (item.part ? `p${item.part.key}` : `${item.w} ${item.h} ${item.node.around}`));
    const links = part.links.map(({ from, to, out, in: into, arc }) => [from, to, out, into, Number(arc)].join(" "));
    const title = part.box ? sizes.title(part.box) : { title: 0, note: 0 };
    Object.assign(part, title);
    part.key = number(JSON.stringify([part.box?.group.kind, title.title, title.note, items, links]));
    yield* pace.rest();
  }
}
