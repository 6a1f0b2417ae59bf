// What the reader did to a chart: zoom and pan, hidden traces, log scales, the mouse's tool.
// It is kept by the chart's key for as long as the browser's tab lives, so it outlives reruns, ticks and remounts.

const views = new Map();

/**
 * The reader's view of the chart `key`; its zoom is forgotten where the chart comes to show something else, and so are log
 * scales that the page is told of (`tells`): the page then says which ones the new figure has.
 */
export function viewOf(key, shows, tells) {
  const view = views.get(key) ?? { shows, ranges: {}, visible: {}, log: {}, served: {}, tool: "zoom", resets: 0 };
  if (view.shows !== shows) {
    Object.assign(view, { shows, ranges: {} }, tells ? { log: {}, served: {} } : {});
  }
  views.set(key, view);
  return view;
}

export function reset(view) {
  Object.assign(view, { ranges: {}, visible: {}, log: {}, resets: view.resets + 1 });
}

/**
 * Follow a page that keeps the log scales itself: a switch made here holds only until the figure's own scale changes, by the
 * page's answer to it or by a step back in the browser's history.
 */
export function follow(view, layout) {
  for (const letter of ["x", "y"]) {
    const [before, now] = [view.served[letter], layout[`${letter}axis`]?.type === "log"];
    if (before === now) continue;
    if (before !== undefined && (view.log[letter] ?? before) !== now) rescale(view, letter, now);
    delete view.log[letter];
    view.served[letter] = now;
  }
}

/** Set the view into a figure fresh from the server. */
export function apply(view, key, figure) {
  const { data, layout } = figure;
  const seen = {};
  for (const trace of data) {
    // Traces are known by their uid: by position, a hidden one would move when another network's trace joins.
    // Plotly writes uids into CSS selectors, hence only letters, digits and dashes.
    const name = (trace.uid ?? [trace.name, trace.xaxis, trace.yaxis].join(" ")).replace(/[^\w-]+/g, "-");
    seen[name] = (seen[name] ?? 0) + 1;
    trace.uid = seen[name] > 1 ? `${name}-${seen[name]}` : name;
    trace.visible = view.visible[trace.uid] ?? trace.visible ?? true;
  }
  for (const axis of new Set([...axes(layout), "xaxis", "yaxis"])) {
    layout[axis] ??= {};
    const log = view.log[axis[0]];
    if (log !== undefined) layout[axis].type = log ? "log" : "linear";
    if (view.ranges[axis]) Object.assign(layout[axis], { range: [...view.ranges[axis]], autorange: false });
  }
  layout.dragmode = view.tool;
  layout.uirevision = [key, view.shows, layout.xaxis.type, layout.yaxis.type, view.resets].join(" ");
}

/** Remember the ranges that a zoom or a pan left in the drawn layout; an axis that fits itself has none. */
export function recordRanges(view, layout, changes) {
  for (const axis of axes(layout)) {
    if (!Object.keys(changes).some((change) => change.startsWith(`${axis}.`))) continue;
    if (layout[axis].autorange === true || !layout[axis].range) delete view.ranges[axis];
    else view.ranges[axis] = [...layout[axis].range];
  }
}

export function recordVisible(view, data) {
  for (const trace of data) view.visible[trace.uid] = trace.visible;
}

/** Switch the axes of a letter; a zoom stays on the same values where these have a logarithm. */
export function switchScale(view, letter, log) {
  view.log[letter] = log;
  rescale(view, letter, log);
}

function rescale(view, letter, log) {
  for (const axis of Object.keys(view.ranges).filter((axis) => axis.startsWith(letter))) {
    const range = view.ranges[axis].map((value) => (log ? Math.log10(value) : 10 ** value));
    if (range.every(Number.isFinite)) view.ranges[axis] = range;
    else delete view.ranges[axis];
  }
}

export function axes(layout) {
  return Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
}
