// The rows of a table as its reader wants them: filtered, ordered, in groups, added up. Knows nothing of the document.

import { isWhole } from "./view.js";

const WORDS = new Intl.Collator("en", { numeric: true });

/**
 * What the table shows from top to bottom.
 * @typedef {{id: string, values: any[], rows?: any[][], label?: string, open?: boolean}} Line
 * A row has its values only; a group has its subtotals as values, its rows, its label, and whether they follow.
 */
export class TableRows {
  /** @param content {columns: [{name, kind, key, how, usual}], rows: [[value]], totals: [value], filters: [key], groups: [key]} */
  constructor(content) {
    Object.assign(this, content);
    this.at = Object.fromEntries(content.columns.map(({ key }, index) => [key, index]));
    const worded = content.columns.flatMap(({ kind }, index) => (kind === "text" ? [index] : []));
    this.texts = content.rows.map((row) => plain(worded.map((index) => row[index] ?? "").join("\n")));
  }

  /** The lines of a view, the rows among them, and the totals of these. */
  arranged(view) {
    const rows = this.sorted(this.matching(view), view);
    const sums = this.sums(rows);
    const totals = isWhole(view) ? sums.map((sum, index) => this.totals[index] ?? sum) : sums;
    return { lines: this.at[view.by] === undefined ? rows.map(lineOf) : this.grouped(rows, view), rows, totals };
  }

  /** Every word of the text stands somewhere in the row's own words, and each chosen column has a chosen value. */
  matching(view) {
    if (isWhole(view)) return this.rows;
    const words = plain(view.find).split(/\s+/).filter(Boolean);
    const chosen = Object.entries(view.chosen).filter(([key]) => key in this.at);
    return this.rows.filter(
      (row, index) =>
        words.every((word) => this.texts[index].includes(word)) &&
        chosen.every(([key, values]) => values.includes(row[this.at[key]])),
    );
  }

  sorted(rows, { sort, down }) {
    const at = this.at[sort];
    if (at === undefined) return rows;
    return [...rows].sort((a, b) => (down ? compare(b[at], a[at]) : compare(a[at], b[at])));
  }

  /** Groups in the order of the column that the rows are ordered by, where it adds up; else as their rows first appear. */
  grouped(rows, view) {
    const lines = [...Map.groupBy(rows, (row) => this.groupOf(row, view.by))].map(([label, members]) => ({
      id: `group:${label}`,
      label,
      rows: members,
      values: this.sums(members),
      open: view.open !== view.flipped.includes(label),
    }));
    const at = this.at[view.sort];
    if (this.columns[at]?.how) lines.sort((a, b) => (view.down ? -1 : 1) * compare(a.values[at], b.values[at]));
    return lines.flatMap((line) => (line.open ? [line, ...line.rows.map(lineOf)] : [line]));
  }

  /** What stands outside every block goes by its stage, and what stands outside every stage by its kind. */
  groupOf(row, by) {
    return [by, "stage", "kind"].map((key) => row[this.at[key]]).find(Boolean) ?? "";
  }

  /** The values of rows put together, column by column; null where that means nothing. */
  sums(rows) {
    return this.columns.map(({ how }, index) => {
      if (how === "sum") return rows.reduce((sum, row) => sum + (row[index] ?? 0), 0);
      if (how === "max") return rows.reduce((most, row) => Math.max(most, row[index] ?? 0), 0);
      return null;
    });
  }

  /** The values of a column that can be chosen, in the network's order, with the number of rows of each. */
  choices(key) {
    const counts = new Map();
    for (const row of this.rows) counts.set(row[this.at[key]], (counts.get(row[this.at[key]]) ?? 0) + 1);
    return [...counts].filter(([value]) => value);
  }
}

function lineOf(row) {
  return { id: row[0], values: row };
}

function plain(text) {
  return text.toLowerCase().replaceAll("×", "x");
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return WORDS.compare(a ?? "", b ?? "");
}
