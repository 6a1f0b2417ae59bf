// Where an arrow key leads from a node: along its lines, or to what lies beside it.

const FORWARD = { down: true, up: false };

/** The node that is reached from an item of the drawing in a direction, undefined where there is none. */
export function walk(drawing, item, way) {
  const node = item.node ? item : way in FORWARD && !FORWARD[way] ? drawing.inside(item)[0] : drawing.inside(item).at(-1);
  return way in FORWARD ? along(drawing, node, FORWARD[way]) : beside(drawing, node, way === "right" ? 1 : -1);
}

/** What it feeds or is fed by: along a line of the main way if there is one, to the nearest of several. */
function along(drawing, node, forward) {
  const lines = drawing.linesAt(node).filter((line) => (forward ? line.source : line.target) === node.id);
  const main = lines.filter((line) => !line.shortcut);
  const ends = (main.length ? main : lines).map((line) => drawing.byId.get(forward ? line.target : line.source));
  return least(ends, (one) => distance(one, node));
}

/** The next node to the right or left: on another branch of the same height if there is one, else in the next column. */
function beside(drawing, node, sign) {
  const gap = (one) => (sign > 0 ? one.x - (node.x + node.w) : node.x - (one.x + one.w));
  const off = (one) => Math.max(0, Math.abs(middle(one)[1] - middle(node)[1]) - (one.h + node.h) / 2);
  return least(drawing.nodes.filter((one) => gap(one) >= 0), (one) => gap(one) + 3 * off(one));
}

function least(items, cost) {
  return items.reduce((best, one) => (best === undefined || cost(one) < cost(best) ? one : best), undefined);
}

function middle({ x, y, w, h }) {
  return [x + w / 2, y + h / 2];
}

function distance(one, other) {
  const [[ax, ay], [bx, by]] = [middle(one), middle(other)];
  return Math.hypot(ax - bx, ay - by);
}
