// What the rows of a table consist of: cells of a column's kind, bars, and the rows that only fill space.

import { exactly, written } from "../shared/format.js";

export function isGroup(line) {
  return line.rows !== undefined;
}

/** The cells of a row; of several rows together where the line has a label. `largest`: what a full bar stands for. */
export function cellsOf({ values, label, rows }, columns, at, largest) {
  const together = label !== undefined;
  const cells = columns.map(({ key, kind, how }, index) => {
    const value = values[at[key]];
    const cell = document.createElement("td");
    cell.textContent = (together && how === "max" && value ? "max " : "") + written(value, kind);
    cell.title = exactly(value, kind);
    if (kind !== "text") cell.classList.add("number");
    if (kind === "percent" && value && largest[index]) {
      cell.classList.add("percent");
      cell.style.setProperty("--percent", `${Math.min(100, (100 * value) / largest[index])}%`);
    }
    return cell;
  });
  if (together) cells[0].textContent = cells[0].title = label;
  if (rows) cells[0].append(Object.assign(document.createElement("small"), { textContent: written(rows.length, "count") }));
  return cells;
}

export function headOf({ name, kind, key, help }) {
  const cell = document.createElement("th");
  cell.className = kind === "text" ? "" : "number";
  cell.dataset.key = key;
  cell.append(Object.assign(document.createElement("button"), { type: "button", title: help, textContent: name }));
  return cell;
}

/** The largest value of each column of percents, to which its bars are drawn. */
export function mosts(columns, at, rows) {
  return columns.map(({ kind, key }) => (kind === "percent" ? rows.reduce((most, row) => Math.max(most, row[at[key]]), 0) : 0));
}

/**
 * How wide each column must be, in ch: a digit is as wide as 1ch, a letter at times wider; a header holds its arrow too,
 * and rows in groups are indented.
 */
export function widths({ columns, rows, totals }) {
  return columns.map(({ name, kind, how }, index) => {
    const longest = [...rows.map((row) => row[index]), totals[index]].reduce((most, value) => Math.max(most, written(value, kind).length), 0);
    return Math.ceil(Math.max(0.9 * name.length + 2, longest + 1 + (how === "max" ? 4 : 0)) + (index ? 0 : 2));
  });
}

/** A row of one cell. */
export function across(className, columns, words = "") {
  const row = document.createElement("tr");
  row.className = className;
  row.append(Object.assign(document.createElement("td"), { colSpan: columns.length, textContent: words }));
  return row;
}

/** The place of rows that are out of sight. */
export function spacer(height, columns) {
  const row = across("spacer", columns);
  row.setAttribute("aria-hidden", "true");
  row.firstChild.style.height = `${height}px`;
  return row;
}
