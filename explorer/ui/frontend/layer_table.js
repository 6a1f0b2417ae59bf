// The layer table: filtered, ordered and grouped in the browser; only the rows in sight are in the document.

import { component } from "./component.js";
import { exactly, written } from "./format.js";
import { Reports } from "./reports.js";
import { copy, toMarkdown, toTSV } from "./table_copy.js";
import { TableRows } from "./table_rows.js";
import { TableTools } from "./table_tools.js";
import { PLAIN, columnsOf, readView, textOf } from "./table_view.js";

const ROW = 28; // pixels, as in the style sheet
const SPARE = 12; // rows kept ready above and below those in sight
const REST = 150; // ms: walking with an arrow key tells the page where it rests, not every row it passes

export default component((parent) => new LayerTable(parent.querySelector(".whole")));

class LayerTable {
  constructor(root) {
    this.root = root;
    this.scroll = root.querySelector(".scroll");
    this.table = root.querySelector("table");
    [this.head, this.body, this.foot] = ["thead tr", "tbody", "tfoot tr"].map((part) => root.querySelector(part));
    Object.assign(this, { view: PLAIN, text: "", unread: [], marked: new Set(), active: "" });
    this.reports = new Reports((report) => this.tell("report", report));
    this.tools = new TableTools(root.querySelector(".tools"), this);
    this.scroll.addEventListener("scroll", () => this.look(), { passive: true });
    this.scroll.addEventListener("keydown", (event) => this.key(event));
    this.head.addEventListener("click", (event) => this.sortBy(event.target.closest("th")));
    this.body.addEventListener("click", (event) => this.click(event.target.closest("tr[data-id]")));
    this.sizing = new ResizeObserver(() => this.look());
    this.sizing.observe(this.scroll);
    this.sizing.observe(this.table);
  }

  show(data) {
    this.root.style.height = `${data.height}px`;
    const isOther = data.content !== this.content;
    if (isOther) {
      this.content = data.content;
      this.rows = new TableRows(JSON.parse(data.content));
      this.widths = widths(this.rows);
      this.tools.offer(this.rows);
      this.table.setAttribute("aria-label", data.label);
      this.scroll.setAttribute("aria-label", `${data.label}. Arrow keys walk through the rows.`);
    }
    const before = [...this.marked].join("\n");
    if (this.reports.settled(data.heard)) {
      this.marked = new Set(data.selected);
      if (data.view !== null && (isOther || data.view !== this.text)) {
        this.text = data.view;
        Object.assign(this, readView(data.view, this.rows));
      }
    }
    this.arrange(isOther);
    if (before !== [...this.marked].join("\n")) {
      this.active = "";
      this.reveal();
    }
  }

  /** The reader wants the table otherwise; the page hears of it when it has rested for `wait` milliseconds. */
  change(view, wait = 0) {
    Object.assign(this, { view, text: textOf(view), unread: [] });
    this.reports.make({ view: this.text }, wait);
    this.arrange();
    this.reveal();
  }

  /** Bring everything to the view: columns, order, totals, and the bar above. */
  arrange(isOther = false) {
    const columns = columnsOf(this.rows, this.view);
    if (isOther || columns.length !== this.columns.length || columns.some((column, index) => column !== this.columns[index])) {
      this.columns = columns;
      this.frame();
    }
    Object.assign(this, { arranged: this.rows.arranged(this.view) });
    const { lines, rows, totals } = this.arranged;
    const { sort, down, by } = this.view;
    for (const cell of this.head.children) {
      if (cell.dataset.key === sort) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.table.setAttribute("role", by ? "treegrid" : "grid");
    this.table.setAttribute("aria-rowcount", lines.length + 2);
    this.largest = { rows: this.mosts(rows), groups: this.mosts(lines.filter(isGroup).map((line) => line.values)) };
    this.foot.replaceChildren(...this.cells({ values: totals, name: this.totalsName(), together: true }));
    const isIn = new Set(rows.map(([name]) => name));
    const lost = this.marked.size > 0 && ![...this.marked].some((name) => isIn.has(name));
    this.tools.show(this.view, { rows: rows.length, all: this.rows.rows.length, lost, unread: this.unread });
    this.paint(true);
  }

  totalsName() {
    return this.arranged.rows.length === this.rows.rows.length ? "Total" : `Total of ${written(this.arranged.rows.length, "count")}`;
  }

  /** The header and the widths of the columns in sight. */
  frame() {
    const at = this.columns.map(({ key }) => this.widths[this.rows.at[key]]);
    const cols = at.map((width) => Object.assign(document.createElement("col"), { style: `width: calc(${width}ch + 1rem)` }));
    this.root.querySelector("colgroup").replaceChildren(...cols);
    this.table.style.minWidth = `calc(${at.reduce((a, b) => a + b)}ch + ${at.length}rem)`;
    this.head.replaceChildren(
      ...this.columns.map(({ name, kind, key, help }) => {
        const cell = document.createElement("th");
        const button = Object.assign(document.createElement("button"), { type: "button", title: help, textContent: name });
        cell.className = kind === "text" ? "" : "number";
        cell.dataset.key = key;
        cell.append(button);
        return cell;
      }),
    );
  }

  /** The largest value of each column of percents, to which its bars are drawn. */
  mosts(rows) {
    return this.columns.map(({ kind, key }) => (kind === "percent" ? rows.reduce((most, row) => Math.max(most, row[this.rows.at[key]]), 0) : 0));
  }

  /** First click: numbers from the largest, words from A; second: the reverse; third: the network's own order. */
  sortBy(cell) {
    if (!cell) return;
    const { key } = cell.dataset;
    const { sort, down } = this.view;
    const first = this.columns.find((column) => column.key === key).kind !== "text";
    if (sort !== key) this.change({ ...this.view, sort: key, down: first });
    else if (down === first) this.change({ ...this.view, down: !first });
    else this.change({ ...this.view, sort: "", down: false });
  }

  /** The reader sees another part of the table. */
  look() {
    this.paint();
    const { scrollLeft, scrollWidth, clientWidth, offsetWidth, clientLeft, parentElement: frame } = this.scroll;
    frame.classList.toggle("more", scrollLeft + clientWidth < scrollWidth - 1);
    frame.style.setProperty("--bar", `${offsetWidth - clientWidth - 2 * clientLeft}px`);
  }

  /** Write the lines in sight into the document; nothing to do where these are there already. */
  paint(force = false) {
    if (!this.arranged) return;
    const { lines } = this.arranged;
    const inSight = Math.ceil(this.scroll.clientHeight / ROW) + 2 * SPARE;
    // A filter may have left the scroll bar below the last row, until this very paint moves it.
    const from = Math.max(0, Math.min(Math.floor(this.scroll.scrollTop / ROW) - SPARE, lines.length - inSight));
    const to = Math.min(lines.length, from + inSight);
    if (!force && this.painted === `${from} ${to}`) return;
    this.painted = `${from} ${to}`;
    const rows = lines.slice(from, to).map((line, index) => this.row(line, from + index));
    const nothing = lines.length ? [] : [this.message("No layer is like this")];
    this.body.replaceChildren(this.spacer(from), ...rows, ...nothing, this.spacer(lines.length - to));
    const active = this.position();
    this.body.querySelector(`#row-${active}`)?.classList.add("active");
    if (active >= from && active < to) this.scroll.setAttribute("aria-activedescendant", `row-${active}`);
    else this.scroll.removeAttribute("aria-activedescendant");
  }

  row(line, index) {
    const row = document.createElement("tr");
    const isMarked = isGroup(line) ? !line.open && line.rows.some(([name]) => this.marked.has(name)) : this.marked.has(line.id);
    Object.assign(row.dataset, isGroup(line) ? { id: line.id, group: line.label } : { id: line.id, row: line.id });
    row.id = `row-${index}`;
    row.setAttribute("aria-rowindex", index + 2);
    row.setAttribute("aria-selected", String(isMarked));
    if (this.view.by) row.setAttribute("aria-level", isGroup(line) ? 1 : 2);
    if (isGroup(line)) row.setAttribute("aria-expanded", String(line.open));
    row.append(...this.cells({ values: line.values, name: line.label, count: line.rows?.length, together: isGroup(line) }));
    return row;
  }

  /** The cells of a row, or of several `together` under a name. */
  cells({ values, name, count, together }) {
    const largest = together ? this.largest.groups : this.largest.rows;
    return this.columns.map((column, index) => {
      const value = values[this.rows.at[column.key]];
      const cell = document.createElement("td");
      cell.textContent = (together && column.how === "max" && value ? "max " : "") + written(value, column.kind);
      cell.title = exactly(value, column.kind);
      if (column.kind !== "text") cell.classList.add("number");
      if (column.kind === "percent" && value && largest[index]) {
        cell.classList.add("percent");
        cell.style.setProperty("--percent", `${Math.min(100, (100 * value) / largest[index])}%`);
      }
      if (!index && together) {
        cell.textContent = cell.title = name;
        if (count) cell.append(Object.assign(document.createElement("small"), { textContent: written(count, "count") }));
      }
      return cell;
    });
  }

  /** Where the keyboard is: the line last walked to, the first marked row, or the folded group that it is in. */
  position() {
    const { lines } = this.arranged;
    const active = lines.findIndex((line) => line.id === this.active);
    if (active >= 0 || !this.marked.size) return active;
    const marked = lines.findIndex((line) => this.marked.has(line.id));
    return marked >= 0 ? marked : lines.findIndex((line) => line.rows?.some(([name]) => this.marked.has(name)));
  }

  reveal() {
    const at = this.position();
    if (at < 0) return;
    // Header and totals cover one row each; a row that jumps into sight is shown with some of its surroundings.
    const room = this.scroll.clientHeight - 2 * ROW;
    const top = at * ROW - this.scroll.scrollTop;
    const nearest = top < 0 ? 0 : room - ROW;
    if (top < 0 || top > room - ROW) this.scroll.scrollTop = at * ROW - (Math.abs(top) < 2 * room ? nearest : room / 3);
    this.paint();
  }

  click(row) {
    if (!row) return;
    const { id, group } = row.dataset;
    if (group !== undefined) this.flip(id, group);
    else this.pick(this.marked.size === 1 && this.marked.has(id) ? "" : id);
  }

  pick(name) {
    this.active = name;
    this.marked = new Set(name ? [name] : []);
    this.paint(true);
    this.reports.make({ picked: name }, REST);
  }

  /** Open or fold a group. */
  flip(id, label) {
    this.active = id;
    const others = this.view.flipped.filter((other) => other !== label);
    this.change({ ...this.view, flipped: others.length < this.view.flipped.length ? others : [...others, label] });
  }

  key(event) {
    if (event.target !== this.scroll || !this.arranged || event.altKey) return;
    if (this.shortcut(event) || this.walk(event.key)) event.preventDefault();
  }

  shortcut({ key, ctrlKey, metaKey }) {
    if (ctrlKey || metaKey) return key === "c" && getSelection().isCollapsed && (this.copy("tsv"), true);
    const line = this.arranged.lines[this.position()];
    const isActive = line && isGroup(line);
    if (key === "Escape" && this.marked.size) this.pick("");
    else if (isActive && (["Enter", " "].includes(key) || key === (line.open ? "ArrowLeft" : "ArrowRight"))) this.flip(line.id, line.label);
    else return false;
    return true;
  }

  walk(key) {
    const { lines } = this.arranged;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / ROW) - 3);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
    if (!step || !lines.length) return false;
    const at = this.position();
    const line = lines[Math.min(Math.max(at < 0 && step === 1 ? 0 : at + step, 0), lines.length - 1)];
    if (isGroup(line)) {
      this.active = line.id;
      this.paint(true);
    } else this.pick(line.id);
    this.reveal();
    return true;
  }

  async copy(form) {
    const { lines, rows, totals } = this.arranged;
    const text = (form === "tsv" ? toTSV : toMarkdown)(this.columns, { lines, totals, name: this.totalsName(), at: this.rows.at });
    const done = await copy(text);
    this.tools.say(done ? `Copied ${written(lines.length || rows.length, "count")} rows` : "The browser does not let this page copy");
  }

  message(words) {
    const row = document.createElement("tr");
    row.className = "message";
    row.append(Object.assign(document.createElement("td"), { colSpan: this.columns.length, textContent: words }));
    return row;
  }

  spacer(rows) {
    const row = document.createElement("tr");
    row.className = "spacer";
    row.setAttribute("aria-hidden", "true");
    const cell = Object.assign(document.createElement("td"), { colSpan: this.columns.length });
    cell.style.height = `${rows * ROW}px`;
    row.append(cell);
    return row;
  }

  dispose() {
    this.reports.dispose();
    this.tools.dispose();
    this.sizing.disconnect();
  }
}

function isGroup(line) {
  return line.rows !== undefined;
}

/** How wide each column must be, in ch: a digit is as wide as 1ch, a letter at times wider; a header holds its arrow too. */
function widths({ columns, rows, totals }) {
  return columns.map(({ name, kind, how }, index) => {
    const longest = [...rows.map((row) => row[index]), totals[index]].reduce((most, value) => Math.max(most, written(value, kind).length), 0);
    return Math.ceil(Math.max(0.9 * name.length + 2, longest + 1 + (how === "max" ? 4 : 0)));
  });
}
