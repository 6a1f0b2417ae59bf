// The data behind a chart as CSV, and saving files from the browser.

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
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function* points({ x, y, z }) {
  if (z) {
    for (const [i, line] of z.entries()) {
      for (const [j, value] of line.entries()) yield { x: x?.[j] ?? j, y: y?.[i] ?? i, z: value };
    }
  } else {
    for (let index = 0; index < Math.max(x?.length ?? 0, y?.length ?? 0); index++) {
      yield { index, x: x?.[index] ?? index, y: y?.[index] };
    }
  }
}

function label(trace, index) {
  const custom = trace.customdata?.[index];
  return plain(Array.isArray(trace.text) ? trace.text[index] : Array.isArray(custom) ? custom[0] : "");
}

export function save(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Plotly's texts may hold a few tags (<sub>, <br>); outside the drawing they are plain words. */
export function plain(text) {
  return String(text ?? "").replace(/<br\s*\/?>/gi, " ").replace(/<[^>]*>/g, "");
}

function axisTitle(layout, trace, letter) {
  const axis = (trace?.[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
  return plain(layout[axis]?.title?.text) || plain(layout[`${letter}axis`]?.title?.text) || letter;
}

function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
