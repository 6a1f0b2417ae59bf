// The layered drawing of a graph (Sugiyama, Tagawa and Toda 1981): which row each vertex is in, the order within rows,
// and straight columns (Brandes and Köpf 2002).

/** The row of each of `count` vertices: one below the lowest of those that feed it. An edge that closes a ring is ignored. */
export function ranks(count, edges) {
  const before = neighbours(edges, 1, 0);
  const rank = new Array(count);
  const find = (vertex) => {
    if (rank[vertex] === undefined) {
      rank[vertex] = -1; // under way
      const above = (before.get(vertex) ?? []).map(find);
      rank[vertex] = Math.max(-1, ...above) + 1;
    }
    return rank[vertex];
  };
  for (let vertex = 0; vertex < count; vertex++) find(vertex);
  return rank;
}

/** The rows with as few crossings of `edges` (between neighbouring rows) as sweeps by barycentre find. */
export function order(rows, edges) {
  if (rows.every((row) => row.length < 2)) return rows;
  const above = neighbours(edges, 1, 0);
  const below = neighbours(edges, 0, 1);
  let best = rows;
  let least = crossings(rows, below);
  let now = rows;
  for (let sweep = 0; sweep < 8 && least; sweep++) {
    const down = sweep % 2 === 0;
    now = sorted(now, down ? above : below, down);
    const count = crossings(now, below);
    if (count < least) [best, least] = [now, count];
  }
  return best;
}

function neighbours(edges, of, at) {
  const found = new Map();
  for (const edge of edges) found.has(edge[of]) ? found.get(edge[of]).push(edge[at]) : found.set(edge[of], [edge[at]]);
  return found;
}

function sorted(rows, fixed, down) {
  const place = new Map();
  const result = rows.map((row) => row);
  for (let i = 0; i < rows.length; i++) {
    const at = down ? i : rows.length - 1 - i;
    const weight = new Map();
    rows[at].forEach((vertex, index) => {
      const others = (fixed.get(vertex) ?? []).map((other) => place.get(other)).filter((other) => other !== undefined);
      weight.set(vertex, others.length ? others.reduce((a, b) => a + b) / others.length : index);
    });
    result[at] = [...rows[at]].sort((a, b) => weight.get(a) - weight.get(b));
    result[at].forEach((vertex, index) => place.set(vertex, index));
  }
  return result;
}

function crossings(rows, below) {
  let count = 0;
  for (let i = 0; i + 1 < rows.length; i++) {
    const place = new Map(rows[i + 1].map((vertex, index) => [vertex, index]));
    const ends = rows[i].flatMap((vertex) => (below.get(vertex) ?? []).map((to) => place.get(to)).sort((a, b) => a - b));
    for (let a = 0; a < ends.length; a++) for (let b = a + 1; b < ends.length; b++) count += ends[a] > ends[b];
  }
  return count;
}

/**
 * Where each vertex stands across. Vertices with one neighbour above and below stand straight under one another.
 * @param {number[][]} rows vertices from left to right
 * @param {number[][]} edges [upper, lower] between neighbouring rows
 * @param {(vertex: number) => [number, number]} reach how far it extends to the left and to the right of its place
 * @param {number} gap between two neighbours
 * @returns {Map<number, number>} places, the middle of four drawings that lean to the four corners
 */
export function across(rows, edges, reach, gap) {
  const above = neighbours(edges, 1, 0);
  const below = neighbours(edges, 0, 1);
  const drawings = [];
  for (const up of [true, false]) {
    for (const left of [true, false]) {
      const turned = (up ? rows : [...rows].reverse()).map((row) => (left ? row : [...row].reverse()));
      const sides = left ? reach : (vertex) => [...reach(vertex)].reverse();
      const places = compact(turned, align(turned, up ? above : below), sides, gap);
      drawings.push(left ? places : new Map([...places].map(([vertex, x]) => [vertex, -x])));
    }
  }
  return balanced(drawings, reach);
}

/** Chains of vertices that will share one place: each with the middle one of its neighbours in the row before. */
function align(rows, before) {
  const root = new Map(rows.flat().map((vertex) => [vertex, vertex]));
  const place = new Map();
  for (const row of rows) {
    let taken = -1;
    row.forEach((vertex, index) => {
      place.set(vertex, index);
      const others = (before.get(vertex) ?? []).filter((other) => place.has(other)).sort((a, b) => place.get(a) - place.get(b));
      if (!others.length) return;
      const middle = (others.length - 1) / 2;
      for (const other of [others[Math.floor(middle)], others[Math.ceil(middle)]]) {
        if (root.get(vertex) !== vertex || place.get(other) <= taken ) continue;
        root.set(vertex, root.get(other));
        taken = place.get(other);
      }
    });
  }
  return root;
}

/** Each chain as far left as its neighbours let it, then as far back to the right as they leave room. */
function compact(rows, root, reach, gap) {
  const after = new Map();
  const before = new Map();
  for (const row of rows) {
    for (let i = 0; i + 1 < row.length; i++) {
      const [a, b] = [root.get(row[i]), root.get(row[i + 1])];
      const apart = reach(row[i])[1] + gap + reach(row[i + 1])[0];
      join(after, a, b, apart);
      join(before, b, a, apart);
    }
  }
  const chains = [...new Set(root.values())];
  const x = new Map();
  const leftmost = (chain) => {
    if (!x.has(chain)) {
      x.set(chain, 0);
      x.set(chain, Math.max(0, ...[...(before.get(chain) ?? [])].map(([other, apart]) => leftmost(other) + apart)));
    }
    return x.get(chain);
  };
  chains.forEach(leftmost);
  for (const chain of [...chains].sort((a, b) => x.get(b) - x.get(a))) {
    const room = Math.min(...[...(after.get(chain) ?? [])].map(([other, apart]) => x.get(other) - apart));
    if (room < Infinity && before.has(chain)) x.set(chain, Math.max(x.get(chain), room));
  }
  return new Map([...root].map(([vertex, chain]) => [vertex, x.get(chain)]));
}

function join(map, a, b, apart) {
  if (!map.has(a)) map.set(a, new Map());
  map.get(a).set(b, Math.max(map.get(a).get(b) ?? 0, apart));
}

/** The four drawings moved onto the narrowest, and of each vertex the mean of the two middle places. */
function balanced(drawings, reach) {
  const edges = drawings.map((places) => {
    let [low, high] = [Infinity, -Infinity];
    for (const [vertex, x] of places) [low, high] = [Math.min(low, x - reach(vertex)[0]), Math.max(high, x + reach(vertex)[1])];
    return [low, high];
  });
  const narrowest = edges.reduce((a, b) => (b[1] - b[0] < a[1] - a[0] ? b : a));
  // The 1st and 3rd lean to the left, the others to the right.
  const moved = drawings.map((places, nth) => {
    const by = nth % 2 ? narrowest[1] - edges[nth][1] : narrowest[0] - edges[nth][0];
    return new Map([...places].map(([vertex, x]) => [vertex, x + by]));
  });
  return new Map([...moved[0].keys()].map((vertex) => {
    const [, b, c] = moved.map((places) => places.get(vertex)).sort((p, q) => p - q);
    return [vertex, (b + c) / 2];
  }));
}
