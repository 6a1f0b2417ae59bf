// The part of a line that can be seen: dashes along the rest of it would only cost time.

/**
 * A path of absolute M, L, H, V, C and Q, without the pieces outside a box, and straight pieces cut off at its edge.
 * @param {{path: string, x: number, y: number, w: number, h: number}} line with the box around it
 * @param {[number, number, number, number]} region left, top, right, bottom
 */
export function clipped({ path, x, y, w, h }, region) {
  const [left, top, right, bottom] = region;
  if (x >= left && y >= top && x + w <= right && y + h <= bottom) return path;
  const kept = [];
  let [at, pen] = [[0, 0], null];
  for (const [, command, text] of path.matchAll(/([MLHVCQ])([^MLHVCQ]*)/g)) {
    const numbers = text.trim().split(/[\s,]+/).map(Number);
    const to = command === "H" ? [numbers[0], at[1]] : command === "V" ? [at[0], numbers[0]] : numbers.slice(-2);
    if (command !== "M") {
      const isStraight = "LHV".includes(command) && (at[0] === to[0] || at[1] === to[1]);
      const points = [at, ...pairs(isStraight ? to : numbers)];
      if (isSeen(points, region)) {
        const [from, end] = isStraight ? [at, to].map(([px, py]) => [clamp(px, left, right), clamp(py, top, bottom)]) : [at, to];
        if (!pen || pen.join() !== from.join()) kept.push(`M${from.join(" ")}`);
        kept.push(isStraight ? `L${end.join(" ")}` : command + text);
        pen = end;
      }
    }
    at = to;
  }
  return kept.join("");
}

function pairs(numbers) {
  return Array.from({ length: numbers.length / 2 }, (_, nth) => numbers.slice(2 * nth, 2 * nth + 2));
}

function isSeen(points, [left, top, right, bottom]) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return Math.max(...xs) >= left && Math.min(...xs) <= right && Math.max(...ys) >= top && Math.min(...ys) <= bottom;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
