// The data behind a chart as CSV, and saving files from the browser.

/**
 * One row a point: the trace's name, then x and y (and z for a heatmap) under the titles of their axes, then the
 * point's text where there is one. A figure whose z is not what its colour bar says names it in layout.meta.z.
 * @param {{data: object[], layout: object}} figure with plain arrays
 */
export function csv(figure) {
  const { data, layout } = figure;
  const heat = data.some((trace) => trace.z);
  const text = data.some((trace) => Array.isArray(trace.text));
  const header = ["series", axisTitle(layout, data[0], "x"), axisTitle(layout, data[0], "y")];
  if (heat) header.push(layout.meta?.z || plain(layout.coloraxis?.colorbar?.title?.text) || "value");
  if (text) header.push("label");
  const rows = [header];
  for (const trace of data) {
    const name = plain(trace.name);
    if (trace.z) {
      trace.z.forEach((line, i) => line.forEach((z, j) => rows.push([name, trace.x?.[j] ?? j, trace.y?.[i] ?? i, z])));
    } else {
      const length = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
      for (let i = 0; i < length; i++) {
        const row = [name, trace.x?.[i] ?? i, trace.y?.[i] ?? ""];
        if (text) row.push(plain(trace.text?.[i]));
        rows.push(row);
      }
    }
  }
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
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
