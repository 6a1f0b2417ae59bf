// From corners to SVG paths.

const CORNER = 7; // radius where a way between columns turns
const BEND = 60; // most that an arc swings out before it runs straight down
const DROP = 26; // most that it falls while it does
const ROUND = 0.45; // of a swing: where a cubic curve's handles stand for it to be about a quarter of an ellipse

/** Through points, upright at each: straight down where they stand under one another, else a smooth S. */
export function upright(points) {
  const [[x, y], ...rest] = points;
  let path = `M${n(x)} ${n(y)}`;
  let [px, py] = [x, y];
  for (const [qx, qy] of rest) {
    if (Math.abs(qx - px) < 0.5) path += qy - py > 0.01 ? `V${n(qy)}` : "";
    else path += `C${n(px)} ${n((py + qy) / 2)} ${n(qx)} ${n((py + qy) / 2)} ${n(qx)} ${n(qy)}`;
    [px, py] = [qx, qy];
  }
  return path;
}

/** Through corners at right angles, which are rounded. */
export function angular(points, begin = "M") {
  let path = begin && `${begin}${n(points[0][0])} ${n(points[0][1])}`;
  for (let i = 1; i + 1 < points.length; i++) {
    const [a, b, c] = points.slice(i - 1, i + 2);
    const radius = Math.min(CORNER, distance(a, b) / 2, distance(b, c) / 2);
    if (radius < 0.5 || collinear(a, b, c)) continue;
    const [p, q] = [towards(b, a, radius), towards(b, c, radius)];
    path += `L${n(p[0])} ${n(p[1])}Q${n(b[0])} ${n(b[1])} ${n(q[0])} ${n(q[1])}`;
  }
  const [x, y] = points.at(-1);
  return `${path}L${n(x)} ${n(y)}`;
}

/**
 * An arc: out of one side, down along `lanes` [{x, top, bottom}], into another side.
 * `start` and `end` are {x, y, upright}: upright where it leaves below or arrives from above instead of at the right.
 */
export function arc(start, lanes, end) {
  const drop = Math.min(DROP, (end.y - start.y) / 2);
  const [first, last] = [lanes[0].x, lanes.at(-1).x];
  const low = end.upright ? end.y : end.y - drop;
  const points = [start.upright ? [start.x, start.y] : [first, start.y + drop]];
  lanes.forEach(({ x, top, bottom }, nth) => {
    const high = points.at(-1)[1];
    if (nth || start.upright) points.push([x, Math.min(Math.max(top, high), low)]);
    const runsOut = nth + 1 === lanes.length && !end.upright;
    points.push([x, runsOut ? low : Math.max(bottom, high)]);
  });
  if (end.upright) points.push([end.x, end.y]);
  const down = upright(points).replace(/^M[^VC]*/, "");
  const [out, back] = [start.upright ? "" : swingOut(start, first, drop), end.upright ? "" : swingBack(end, last, drop)];
  return `M${n(start.x)} ${n(start.y)}${out}${down}${back}`;
}

/** From a node's side into a lane, straight at first where the lane is far. */
function swingOut({ x, y }, lane, drop) {
  const bend = Math.min(lane - x, BEND);
  const straight = lane - x > BEND ? `H${n(lane - BEND)}` : "";
  return `${straight}C${n(lane - ROUND * bend)} ${n(y)} ${n(lane)} ${n(y + ROUND * drop)} ${n(lane)} ${n(y + drop)}`;
}

function swingBack({ x, y }, lane, drop) {
  const bend = Math.min(lane - x, BEND);
  const straight = lane - x > BEND ? `H${n(x)}` : "";
  return `C${n(lane)} ${n(y - ROUND * drop)} ${n(lane - ROUND * bend)} ${n(y)} ${n(lane - bend)} ${n(y)}${straight}`;
}

const n = (number) => Math.round(number * 10) / 10;
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const towards = (from, to, by) => from.map((value, axis) => value + ((to[axis] - value) * by) / distance(from, to));
const collinear = (a, b, c) => Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) < 0.01;
