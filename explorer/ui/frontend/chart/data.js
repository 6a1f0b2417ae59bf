// The data behind a chart as CSV.

import { csvOf } from "../shared/save.js";

/**
 * One row a point: the trace's name, then x and y (and z for a heatmap) under the titles of their axes, then what the
 * point is where the figure says so in `text` or first in `customdata`. Where the y axes are of different things, each
 * row says of which; z is what the colour bar says.
 * @param {{data: object[], layout: object}} figure with plain arrays
 */
export function csv({ data, layout }) {
  const heat = data.some((trace) => trace.z);
  const named = data.some((trace) => label(trace, 0) !== "");
  const quantities = data.map((trace) => axisTitle(layout, trace, "y"));
  const several = new Set(quantities).size > 1;
  const header = ["series", axisTitle(layout, data[0], "x"), several ? "value" : quantities[0]];
  if (several) header.push("quantity");
  if (heat) header.push(plain(layout.coloraxis?.colorbar?.title?.text) || "value");
  if (named) header.push("label");
  const rows = [header];
  data.forEach((trace, index) => {
    for (const point of points(trace)) {
      const row = [plain(trace.name), point.x, point.y];
      if (several) row.push(quantities[index]);
      if (heat) row.push(point.z);
      if (named) row.push(label(trace, point.index));
      rows.push(row);
    }
  });
  return csvOf(rows);
}

/** Of a heatmap, contours or a surface the values themselves, where z is only their place on a scale: then they stand in customdata. */
function* points({ x, y, z, customdata }) {
  if (z) {
    for (const [i, line] of z.entries()) {
      for (const [j, value] of line.entries()) yield { x: x?.[j] ?? j, y: y?.[i] ?? i, z: customdata?.[i]?.[j] ?? value };
    }
  } else {
    for (let index = 0; index < Math.max(x?.length ?? 0, y?.length ?? 0); index++) {
      yield { index, x: x?.[index] ?? index, y: y?.[index] };
    }
  }
}

function label(trace, index) {
  const custom = trace.z ? undefined : trace.customdata?.[index];
  return plain(Array.isArray(trace.text) ? trace.text[index] : Array.isArray(custom) ? custom[0] : "");
}

/** Plotly's texts may hold a few tags (<sub>, <br>); outside the drawing they are plain words. */
export function plain(text) {
  return String(text ?? "").replace(/<br\s*\/?>/gi, " ").replace(/<[^>]*>/g, "");
}

/** Of a trace in space, the title in its scene. */
function axisTitle(layout, trace, letter) {
  if (trace?.type === "surface") return plain(layout[trace.scene ?? "scene"]?.[`${letter}axis`]?.title?.text) || letter;
  const axis = (trace?.[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
  const inSpace = layout[trace?.scene]?.[`${letter}axis`]?.title?.text;
  return plain(inSpace ?? layout[axis]?.title?.text) || plain(layout[`${letter}axis`]?.title?.text) || letter;
}
