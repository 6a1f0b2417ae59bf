// What a drawing shows, as a table to take away.

/**
 * Rows, the head first. Of an overlay: a row for each layer and for each line, at each step; a line has the names of both
 * its ends. Else a row for each layer, as in the layer table.
 * @param {import("./graph.js").Graph} graph
 * @param {object} [overlay] as `OverlayColours` takes it
 */
export function valuesOf(graph, overlay) {
  if (!overlay) return [["layer", ...graph.columns.map(({ name }) => name)], ...graph.layers.map(({ name, row }) => [name, ...row])];
  const { steps, label, unit, edges, edge_label: other } = overlay;
  const rounds = (values) => (steps ? values : [values]);
  const named = [unit ? `${label} [${unit}]` : label, ...(other ? [other] : [])];
  const head = [...(steps ? ["step"] : []), "kind", "layer", "from", ...named];
  const rows = rounds(overlay.values).flatMap((values, nth) => {
    const step = steps ? [steps[nth]] : [];
    const layers = graph.layers.map(({ name, kind }, at) => [...step, kind, name, "", values[at], ...(other ? [""] : [])]);
    return [...layers, ...(edges ? linesOf(graph, rounds(edges)[nth], other).map((cells) => [...step, ...cells]) : [])];
  });
  return [head, ...rows];
}

function linesOf(graph, values, other) {
  return graph.edges.map(([from, to, shortcut, standsFor], at) => {
    const own = (standsFor ?? [at]).map((edge) => values[edge]).filter((value) => value !== null && value !== undefined);
    const value = own.find((one) => typeof one === "string") ?? (own.length ? own.reduce((a, b) => Math.max(a, b)) : "");
    return [shortcut ? "shortcut" : "line", graph.layers[to].name, graph.layers[from].name, ...(other ? ["", value] : [value])];
  });
}
