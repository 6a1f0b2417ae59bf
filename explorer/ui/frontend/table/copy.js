// What a table shows, as text to take away: tab-separated for spreadsheets, Markdown for notes.

import { written } from "../shared/format.js";

/** Tab-separated values, numbers plain and unrounded, so that a spreadsheet can go on counting. */
export function toTSV(columns, table) {
  const cell = ({ kind }, value) => {
    if (value === null || value === undefined) return "";
    return kind === "percent" ? String(Number(value.toFixed(4))) : String(value).replace(/\s+/g, " ");
  };
  return tableOf(columns, table, cell).map((cells) => `${cells.join("\t")}\n`).join("");
}

/** A Markdown table, its values written as on screen, numbers to the right. */
export function toMarkdown(columns, table) {
  const [head, ...lines] = tableOf(columns, table, ({ kind }, value) => written(value, kind).replaceAll("|", "\\|"));
  const rule = columns.map(({ kind }) => (kind === "text" ? "---" : "---:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Puts text on the clipboard; false where the browser does not let it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or the page came over plain HTTP from another machine
  }
}

/** @param table {lines, totals, name, at}: `name` of the line of totals, `at` the index of each column among the values */
function tableOf(columns, { lines, totals, name, at }, cell) {
  const cells = (values) => columns.map((column) => cell(column, values[at[column.key]]));
  const named = (name, values) => [name, ...cells(values).slice(1)];
  return [
    columns.map((column) => column.name),
    ...lines.map(({ label, rows, values }) => (rows ? named(`${label} (${rows.length})`, values) : cells(values))),
    named(name, totals),
  ];
}
