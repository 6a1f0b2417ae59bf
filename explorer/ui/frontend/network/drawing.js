// A finished layout with what painting, pointing and walking ask of it: who stands for a layer, what lies where.

import { HANDLE } from "./shapes.js";

const SPECK = 9; // pixels: a smaller group is seen as one rectangle
const HEAD = { length: 6, width: 5 };

/** Whether a group is seen as one rectangle at this scale. */
export function isSpeck(box, scale) {
  return box.kind !== "stage" && Math.min(box.w, box.h) * scale < SPECK;
}

export class NetworkDrawing {
  /** @param {object} layout what layout/layout.js made: boxes (outer before inner), nodes, lines, entries */
  constructor(layout) {
    Object.assign(this, layout);
    this.byId = new Map([...this.boxes, ...this.nodes].map((item) => [item.id, item]));
    this.nodeOf = [];
    for (const node of this.nodes) for (const layer of node.node.layers) this.nodeOf[layer] = node;
    const open = [];
    for (const box of this.boxes) {
      open.length = box.depth;
      box.parent = open.at(-1)?.id;
      open.push(box);
    }
    for (const line of this.lines) line.box = this.common(this.byId.get(line.source), this.byId.get(line.target));
    this.inner = new Map();
  }

  /** Id of the innermost box around both nodes. */
  common(one, other) {
    const around = new Set();
    for (let id = one.box; id; id = this.byId.get(id).parent) around.add(id);
    for (let id = other.box; id; id = this.byId.get(id).parent) if (around.has(id)) return id;
    return undefined;
  }

  /** The nodes in a box, however deep. */
  inside(box) {
    if (!this.inner.size) {
      for (const { id } of this.boxes) this.inner.set(id, []);
      for (const node of this.nodes)
        for (let id = node.box; id; id = this.byId.get(id).parent) this.inner.get(id).push(node);
    }
    return this.inner.get(box.id);
  }

  /** The lines that lead into or out of a node, or of a box. */
  linesAt(item) {
    const within = new Set(item.node ? [item.id] : this.inside(item).map((node) => node.id));
    return this.lines.filter((line) => within.has(line.source) !== within.has(line.target));
  }

  /**
   * What is at a place of the drawing: {item, part}; part is "handle" (of a group), "whole", or "frame" of a box, whose
   * inside is nobody's. Undefined where nothing is.
   */
  hit([x, y], scale) {
    const slack = 3 / scale;
    const inside = (one, more = 0) => x >= one.x - more && x <= one.x + one.w + more && y >= one.y - more && y <= one.y + one.h + more;
    const onHandle = (cx, cy) => Math.hypot(x - cx, y - cy) <= HANDLE.r + 2;
    let frame;
    for (const box of this.boxes) {
      if (!inside(box, slack)) continue;
      if (isSpeck(box, scale)) return { item: box, part: "whole" };
      if (onHandle(box.x + HANDLE.x, box.y + HANDLE.y)) return { item: box, part: "handle" };
      const edge = !inside(box, -slack);
      if (edge || y < box.y + 2 * HANDLE.y) frame = { item: box, part: "frame" };
    }
    const node = this.nodes.find((one) => inside(one)) ?? (scale < 0.5 && this.nodes.find((one) => inside(one, slack)));
    if (!node) return frame;
    const isGroup = node.id.startsWith("group:");
    return { item: node, part: isGroup && onHandle(node.x + HANDLE.x, node.y + node.h / 2) ? "handle" : "whole" };
  }

  /** The node nearest to a place. */
  nearest([x, y]) {
    let [best, least] = [undefined, Infinity];
    for (const node of this.nodes) {
      const distance = Math.hypot(node.x + node.w / 2 - x, node.y + node.h / 2 - y);
      if (distance < least) [best, least] = [node, distance];
    }
    return best;
  }
}

/** The heads where a line's path comes to a node or an entry, as a path of their own: those of many lines are drawn as one. */
export function headsOf(line) {
  line.heads ??= line.path.split("M").slice(1).map(head).join("");
  return line.heads;
}

/** A triangle at the end of one stretch of a path, in the direction of its last piece. */
function head(stretch) {
  let [x, y, px, py] = [0, 0, 0, 0];
  for (const [, command, text] of `M${stretch}`.matchAll(/([MLHVCQ])([^MLHVCQ]*)/g)) {
    const numbers = text.trim().split(/[\s,]+/).map(Number);
    const [toX, toY] = command === "H" ? [numbers[0], y] : command === "V" ? [x, numbers[0]] : numbers.slice(-2);
    [px, py] = numbers.length > 3 ? numbers.slice(-4, -2) : [x, y];
    [x, y] = [toX, toY];
  }
  const long = Math.hypot(x - px, y - py);
  const [dx, dy] = long > 0.01 ? [(x - px) / long, (y - py) / long] : [0, 1];
  const [bx, by] = [x - dx * HEAD.length, y - dy * HEAD.length];
  const [nx, ny] = [(-dy * HEAD.width) / 2, (dx * HEAD.width) / 2];
  return `M${x} ${y}L${round(bx + nx)} ${round(by + ny)}L${round(bx - nx)} ${round(by - ny)}z`;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
