// From corners to SVG paths.

const CORNER = 7; // radius where a way between columns turns
const BEND = 60; // most that an arc swings out before it runs straight down
const DROP = 26; // most that it falls while it does

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
 * `start` and `end` are {x, y, upright}: upright where it leaves or arrives from above instead of from the right.
 */
export function arc(start, lanes, end) {
  const points = [];
  let path = `M${n(start.x)} ${n(start.y)}`;
  const first = lanes[0].x;
  const last = lanes.at(-1).x;
  if (!start.upright) {
    const [dx, dy] = [Math.min(first - start.x, BEND), Math.min(DROP, (end.y - start.y) / 2)];
    if (first - start.x > BEND) path += `H${n(first - BEND)}`;
    path += `C${n(first - 0.45 * dx)} ${n(start.y)} ${n(first)} ${n(start.y + 0.45 * dy)} ${n(first)} ${n(start.y + dy)}`;
    points.push([first, start.y + dy]);
  } else points.push([start.x, start.y]);
  const [dx, dy] = [Math.min(last - end.x, BEND), Math.min(DROP, (end.y - start.y) / 2)];
  const low = end.upright ? end.y : end.y - dy;
  lanes.forEach(({ x, top, bottom }, nth) => {
    if (nth || start.upright) points.push([x, Math.min(Math.max(top, points.at(-1)[1]), low)]);
    points.push([x, nth + 1 < lanes.length ? Math.max(bottom, points.at(-1)[1]) : end.upright ? Math.max(bottom, points.at(-1)[1]) : low]);
  });
  if (end.upright) points.push([end.x, end.y]);
  path += upright(points).replace(/^M[^VC]*/, "");
  if (!end.upright) {
    path += `C${n(last)} ${n(end.y - 0.45 * dy)} ${n(last - 0.45 * dx)} ${n(end.y)} ${n(last - dx)} ${n(end.y)}`;
    if (last - dx - end.x > 0.01) path += `H${n(end.x)}`;
  }
  return path;
}

const n = (number) => Math.round(number * 10) / 10;
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const towards = (from, to, by) => from.map((value, axis) => value + ((to[axis] - value) * by) / distance(from, to));
const collinear = (a, b, c) => Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) < 0.01;
