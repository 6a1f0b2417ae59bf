// A network as figures/graph.py writes it: its groups, what is drawn of them while some are open, and what leads where.
// Knows nothing of places on a screen, and of no document.

// Level by level, the kinds of groups that are open. Python has the same table in figures/detail.py.
const OPEN_KINDS = {
  stages: [],
  folded: ["stage"],
  blocks: ["stage", "fold"],
  layers: ["stage", "fold", "block", "run"],
};

export class Graph {
  /** @param {object} data as the docstring of figures/graph.py describes it */
  constructor(data) {
    const { network, columns, layers, edges } = data;
    Object.assign(this, { network, columns, layers, edges });
    /** For every layer, the first of the edges into it. */
    this.firstInto = [];
    edges.forEach(([, to], index) => (this.firstInto[to] ??= index));
    /** Every group by its id, the outer before the inner. */
    this.groups = new Map();
    this.stages = data.items.map((item) => this.#group(item, 0, null));
  }

  /** Ids of the groups that are open at a level, those in `toggled` being the other way round. */
  opened(detail, toggled = []) {
    const kinds = OPEN_KINDS[detail];
    const turned = new Set(toggled);
    const ids = new Set();
    for (const { id, kind } of this.groups.values()) if (kinds.includes(kind) !== turned.has(id)) ids.add(id);
    return ids;
  }

  /** What is drawn while `isOpen(id)` says which groups are open. */
  scene(isOpen) {
    return new Scene(this, isOpen);
  }

  /** Indices of the layers whose name or kind has all the words of `text`, in the order of computation. */
  find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const said = (layer) => `${layer.name} ${layer.kind}`.toLowerCase();
    return this.layers.flatMap((layer, index) => (words.every((word) => said(layer).includes(word)) ? [index] : []));
  }

  /** A group from its JSON, `shift` layers further on than the JSON says. */
  #group(item, shift, parent) {
    const [first, end] = item.layers.map((layer) => layer + shift);
    const group = { id: item.id, kind: item.kind, title: item.title, note: item.note, first, end, parent };
    this.groups.set(group.id, group);
    if (item.kind === "fold") {
      const size = (end - first) / item.blocks.length;
      group.size = size;
      group.open = item.blocks.map((block, nth) => this.#group({ ...item.first, ...block }, shift + nth * size, group));
      // The first block's nodes, each standing for its twins as well.
      group.closed = group.open[0].closed.map((node) => ({
        ...node,
        group: group.id,
        layers: item.blocks.flatMap((_, nth) => node.layers.map((layer) => layer + nth * size)),
      }));
    } else {
      group.closed = item.closed.map((node) => this.#node(node, shift, group));
      group.open = item.open.map((one) => ("kind" in one ? this.#group(one, shift, group) : this.#node(one, shift, group)));
    }
    return group;
  }

  #node({ label, before = "", after = "", fill, around = 0, main, layers }, shift, group) {
    const id = fill === "stage" ? `group:${group.id}` : `layer:${this.layers[main + shift].name}`;
    layers = shift ? layers.map((layer) => layer + shift) : layers;
    return { id, label, before, after, fill, around: Boolean(around), main: main + shift, layers, group: group.id };
  }
}

/** What is drawn of a graph in one state of its groups. */
class Scene {
  constructor(graph, isOpen) {
    this.graph = graph;
    /** Nodes by id, in the order of computation. */
    this.nodes = new Map();
    /** For every layer, the id of the node that stands for it. */
    this.nodeOf = new Array(graph.layers.length);
    // Of a closed fold, for the layers but the first block's, how far behind their twins in the first block they are:
    // nothing is drawn of what flows into them.
    this.twins = new Int32Array(graph.layers.length);
    /** Boxes {group, open, items} and nodes, in boxes. */
    this.items = graph.stages.flatMap((stage) => this.#shown(stage, isOpen));
    /** {source, target, shortcut, edges}: ids of nodes, and the places in the anatomy's edges of those it stands for. */
    this.lines = this.#lines();
  }

  /** The group's box, or what stands in its place where it has none. */
  #shown(group, isOpen) {
    const open = isOpen(group.id);
    const items = (open ? group.open : group.closed).flatMap((item) =>
      "kind" in item ? this.#shown(item, isOpen) : [this.#node(item)],
    );
    if (group.kind === "fold" && !open)
      for (let layer = group.first + group.size; layer < group.end; layer += 1)
        this.twins[layer] = group.size * Math.floor((layer - group.first) / group.size);
    const hasBox = { stage: open, fold: true, block: items.length > 1, run: false }[group.kind];
    return hasBox ? [{ group, open, items }] : items;
  }

  #node(node) {
    this.nodes.set(node.id, node);
    for (const layer of node.layers) this.nodeOf[layer] = node.id;
    return node;
  }

  /** What flows between nodes, shortcuts last. Of a closed fold: within its first block, and what its last puts out. */
  #lines() {
    const { edges } = this.graph;
    const lines = new Map();
    const ends = ([from, to]) => [this.nodeOf[from], this.nodeOf[to]];
    for (const edge of edges) {
      const [source, target] = ends(edge);
      if (this.twins[edge[1]] || source === target) continue;
      const [key, shortcut] = [`${source} ${target}`, Boolean(edge[2])];
      if (!lines.has(key)) lines.set(key, { source, target, shortcut, edges: [] });
      lines.get(key).shortcut &&= shortcut;
    }
    edges.forEach(([, to, , standsFor], index) => {
      const [source, target] = ends(edges[this.#drawn(index, to)]);
      lines.get(`${source} ${target}`)?.edges.push(...(standsFor ?? [index]));
    });
    return [...lines.values()].sort((a, b) => a.shortcut - b.shortcut);
  }

  /** The edge that is drawn in an edge's place: in a closed fold, the one into the same layer of the first block. */
  #drawn(index, to) {
    const { firstInto } = this.graph;
    return this.twins[to] ? firstInto[to - this.twins[to]] + index - firstInto[to] : index;
  }
}
