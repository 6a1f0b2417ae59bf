// One column of a part: its items in rows, what flows between them as routes, and lanes at the right for what goes around.

import { BOTTOM, TOP } from "./parts.js";
import { across, order } from "./ranks.js";

export const SPACE = {
  row: 18, // between rows
  item: 16, // between neighbours in a row
  lane: 13, // between what an arc goes around and the arc
  around: 9, // between neighbouring nodes on a shortcut
};
const FAN = 14; // rows stand one pixel further apart for so many pixels that a line between them goes sideways
const MOST_FAN = 26;
const DRIFT = 80; // further than this from where it was entered, what leaves a box is followed

/**
 * @param {object} content
 *   rows: indices of items, row by row; links: as Part has them, those from other columns with `from` TOP, those to
 *   other columns with `to` BOTTOM; ways: {from, to, items, links}, shortcuts and what lies on them
 *   box(item): {w, h, anchor, ins, outs}; entry: {w, h, text} of what stands at the head of the column, or null
 * @returns {object} w, h; at: Map item -> {x, y}; ins, outs: Map key -> x; routes: Map index of link -> [[x, y], …];
 *   lanes: Map index of link -> {x, top, bottom}; entry {x, y, w, h, text} or null;
 *   last: Set of the items that end their rows
 */
export function segment({ rows, links, ways, box, entry }) {
  const drawing = new Segment(rows, links, box, entry);
  drawing.placeAcross();
  drawing.placeWays(ways);
  drawing.placeDown();
  return drawing.result();
}

/** Where a link enters or leaves a column; all that one source sends down shares a place. */
export const inKey = (link) => `${link.out}`;
export const outKey = (link) => `${link.from} ${link.out}`;

class Segment {
  constructor(rows, links, box, entry) {
    Object.assign(this, { links, box, entry, vertices: [], rows: [], vertexOf: new Map(), rowOf: new Map() });
    this.tops = this.ports(links.filter((link) => link.from === TOP), entry ? () => "entry" : inKey, TOP);
    if (this.tops.size) this.rows.push([...this.tops.values()]);
    this.first = this.rows.length;
    for (const row of rows) {
      this.rows.push(row.map((item) => this.add({ item, ...this.box(item) })));
      row.forEach((item) => this.rowOf.set(item, this.rows.length - 1));
    }
    this.end = this.rows.length;
    this.bottoms = this.ports(links.filter((link) => link.to === BOTTOM), outKey, BOTTOM);
    if (this.bottoms.size) this.rows.push([...this.bottoms.values()]);
  }

  add(vertex) {
    this.vertices.push(vertex);
    if (vertex.item !== undefined) this.vertexOf.set(vertex.item, this.vertices.length - 1);
    return this.vertices.length - 1;
  }

  ports(links, key, end) {
    const made = new Map();
    for (const link of links) {
      if (!made.has(key(link))) {
        const { w, h } = (end === TOP && this.entry) || { w: 0, h: 0 };
        made.set(key(link), this.add({ w, h, anchor: w / 2 }));
      }
    }
    return made;
  }

  ends({ from, to, ...link }) {
    return [
      from === TOP ? this.tops.get(this.entry ? "entry" : inKey(link)) : this.vertexOf.get(from),
      to === BOTTOM ? this.bottoms.get(outKey({ from, ...link })) : this.vertexOf.get(to),
    ];
  }

  /** A place across for every vertex, with corners for the links that pass rows. */
  placeAcross() {
    this.rowAt = new Map(this.rows.flatMap((row, nth) => row.map((vertex) => [vertex, nth])));
    this.steps = [];
    this.chains = this.links.map((link) => this.chain(link));
    this.rows = order(this.rows, this.steps);
    const reach = (vertex) => [this.vertices[vertex].anchor, this.vertices[vertex].w - this.vertices[vertex].anchor];
    const x = this.rows.every((row) => row.length === 1) ? this.straight() : across(this.rows, this.steps, reach, SPACE.item);
    const left = Math.min(...[...x].map(([vertex, place]) => place - reach(vertex)[0]));
    this.vertices.forEach((vertex, id) => (vertex.x = x.get(id) - left));
    this.extent = this.rows.map((row) => Math.max(0, ...row.map((id) => this.vertices[id].x + reach(id)[1])));
  }

  /** The vertices that a link passes, one a row. */
  chain(link) {
    const [from, to] = this.ends(link);
    const chain = [from];
    for (let row = this.rowAt.get(from) + 1; row < this.rowAt.get(to); row++) {
      const corner = this.add({ w: 0, h: 0, anchor: 0 });
      this.rowAt.set(corner, row);
      this.rows[row].push(corner);
      chain.push(corner);
    }
    chain.push(to);
    for (let i = 0; i + 1 < chain.length; i++) this.steps.push([chain[i], chain[i + 1], link]);
    return chain;
  }

  /**
   * One vertex a row: lines enter all of them at one place across. One that is left far away from where it was entered
   * (a box of several columns) has the next below where it is left.
   */
  straight() {
    const into = new Map(this.steps.map((step) => [step[1], step]));
    const x = new Map();
    let spine = 0;
    this.rows.forEach(([vertex]) => {
      const [before, , link] = into.get(vertex) ?? [];
      if (link) {
        const left = x.get(before) + this.offset(before, link, "outs");
        if (Math.abs(left - spine) > DRIFT || this.vertices[vertex].item === undefined) spine = left;
      }
      x.set(vertex, spine - (link ? this.offset(vertex, link, "ins") : 0));
    });
    return x;
  }

  /** How far right of a vertex's place a link leaves it or arrives. */
  offset(id, link, side) {
    const { anchor, [side]: ports } = this.vertices[id];
    return (ports?.[side === "outs" ? link.out : link.in] ?? anchor) - anchor;
  }

  /** Lanes at the right of what ways go around, the shorter ways inside. */
  placeWays(ways) {
    this.lanes = new Map();
    const rows = (way) => [
      way.from === TOP ? this.first : this.rowOf.get(way.from) + 1,
      way.to === BOTTOM ? this.end - 1 : this.rowOf.get(way.to) - 1,
    ];
    const length = (way) => rows(way)[1] - rows(way)[0];
    for (const way of [...ways].sort((a, b) => length(a) - length(b))) {
      let [top, bottom] = rows(way);
      const spans = top <= bottom;
      if (!spans && !way.items.length) continue; // nothing in between
      if (!spans) [top, bottom] = [Math.max(bottom, 0), Math.min(top, this.rows.length - 1)];
      const beside = Math.max(...this.extent.slice(top, bottom + 1), ...[way.from, way.to].map((item) => this.side(item)));
      const width = Math.max(0, ...way.items.map((item) => this.box(item).w));
      const x = beside + (width ? SPACE.around + width / 2 : SPACE.lane);
      for (let row = top; row <= bottom; row++) this.extent[row] = x + width / 2;
      this.lanes.set(way, { x, rows: [top, bottom] });
    }
  }

  /** How far right a node reaches that a way leaves or enters. */
  side(item) {
    const vertex = this.vertices[this.vertexOf.get(item)];
    return vertex && !vertex.plans ? vertex.x + vertex.w - vertex.anchor : 0;
  }

  /** Heights of rows and what is between them. */
  placeDown() {
    this.top = [];
    this.bottom = [];
    let y = 0;
    this.rows.forEach((row, nth) => {
      const height = Math.max(0, ...row.map((id) => this.vertices[id].h));
      this.top.push(y);
      this.bottom.push(y + height);
      y += height + this.between(nth);
      for (const [way, { rows }] of this.lanes) if (rows[1] === nth) y += this.lacking(way, rows);
    });
    this.h = this.bottom.at(-1) ?? 0;
  }

  between(nth) {
    if (nth + 1 === this.rows.length) return 0;
    const isPort = (nth === 0 && this.first === 1 && !this.entry) || nth + 1 === this.end;
    if (isPort && this.sideways(nth) < 1) return 0;
    return SPACE.row + Math.min(MOST_FAN, this.sideways(nth) / FAN);
  }

  /** How far across the widest line below a row leads. */
  sideways(nth) {
    if (!this.widest) {
      this.widest = this.rows.map(() => 0);
      for (const [from, to, link] of this.steps) {
        const row = this.rowAt.get(from);
        this.widest[row] = Math.max(this.widest[row], Math.abs(this.leaving(from, link) - this.arriving(to, link)));
      }
    }
    return this.widest[nth];
  }

  leaving(id, link) {
    return this.vertices[id].x + this.offset(id, link, "outs");
  }

  arriving(id, link) {
    return this.vertices[id].x + this.offset(id, link, "ins");
  }

  /** What the rows beside a way lack in height for the nodes on it. */
  lacking(way, [top, bottom]) {
    if (!way.items.length) return 0;
    const needed = way.items.reduce((sum, item) => sum + this.box(item).h + SPACE.row, SPACE.row);
    return Math.max(0, needed - (this.bottom[bottom] - this.top[top] + 2 * SPACE.row));
  }

  result() {
    const at = new Map();
    this.vertices.forEach(({ item, x, anchor, h }, id) => {
      if (item === undefined) return;
      const row = this.rowOf.get(item);
      at.set(item, { x: x - anchor, y: (this.top[row] + this.bottom[row] - h) / 2 });
    });
    const spans = new Map();
    for (const [way, { x, rows }] of this.lanes) {
      const [top, bottom] = [this.top[rows[0]], this.bottom[rows[1]]];
      for (const link of way.links) spans.set(link.index, { x, top, bottom });
      const heights = way.items.map((item) => this.box(item).h);
      let y = (top + bottom - heights.reduce((a, b) => a + b, 0) - SPACE.row * (heights.length - 1)) / 2;
      way.items.forEach((item, nth) => {
        at.set(item, { x: x - this.box(item).w / 2, y });
        y += heights[nth] + SPACE.row;
      });
    }
    const places = (ports) => new Map([...ports].map(([key, id]) => [key, this.vertices[id].x]));
    const entry = this.entry && this.tops.has("entry") && this.vertices[this.tops.get("entry")];
    return {
      w: Math.max(0, ...this.extent),
      h: this.h,
      at,
      ins: places(this.tops),
      outs: places(this.bottoms),
      routes: new Map(this.links.map((link, i) => [link.index, this.route(link, this.chains[i])])),
      lanes: spans,
      entry: entry ? { x: entry.x - entry.w / 2, y: this.top[0], w: entry.w, h: entry.h, text: this.entry.text } : null,
      last: new Set(this.rows.map((row) => this.vertices[row.at(-1)].item)),
    };
  }

  /** From the lower edge of what a link leaves to the upper edge of where it arrives, upright beside every row. */
  route(link, chain) {
    return chain.flatMap((id, nth) => {
      const { h } = this.vertices[id];
      const [top, bottom] = [this.top[this.rowAt.get(id)], this.bottom[this.rowAt.get(id)]];
      const middle = (top + bottom) / 2;
      if (nth === 0) return [[this.leaving(id, link), middle + h / 2], [this.leaving(id, link), bottom]];
      const x = nth + 1 === chain.length ? this.arriving(id, link) : this.vertices[id].x;
      return nth + 1 === chain.length ? [[x, top], [x, middle - h / 2]] : [[x, top], [x, bottom]];
    });
  }
}
