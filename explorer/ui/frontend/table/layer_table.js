// The layer table: filtered, ordered and grouped in the browser; only the rows in sight are in the document.

import { component } from "../shared/component.js";
import { written } from "../shared/format.js";
import { Reports } from "../shared/reports.js";
import { across, cellsOf, headOf, isGroup, mosts, spacer, widths } from "./cells.js";
import { copy, toMarkdown, toTSV } from "./copy.js";
import { TableRows } from "./rows.js";
import { TableTools } from "./tools.js";
import { PLAIN, columnsOf, readView, textOf } from "./view.js";

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
    if (isOther) this.load(data);
    const before = [...this.marked].join("\n");
    const isNews = this.reports.settled(data.heard);
    if (isNews) this.marked = new Set(data.selected);
    const isAsked = isNews && data.view !== null && (isOther || data.view !== this.text);
    if (isAsked) Object.assign(this, { text: data.view }, readView(data.view, this.rows));
    if (isOther || isAsked) this.arrange(isOther);
    else this.mark();
    if (before !== [...this.marked].join("\n")) {
      this.active = "";
      this.reveal();
    }
  }

  load({ content, label }) {
    this.content = content;
    this.rows = new TableRows(JSON.parse(content));
    this.widths = widths(this.rows);
    this.tools.offer(this.rows);
    this.table.setAttribute("aria-label", label);
    this.scroll.setAttribute("aria-label", `${label}. Arrow keys walk through the rows.`);
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
    this.arranged = this.rows.arranged(this.view);
    const { lines, rows, totals } = this.arranged;
    const { sort, down, by } = this.view;
    for (const cell of this.head.children) {
      if (cell.dataset.key === sort) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.table.setAttribute("role", by ? "treegrid" : "grid");
    this.table.setAttribute("aria-rowcount", lines.length + 2);
    // Bars of rows and of groups have each their own scale: beside its group's sum no row's could be seen.
    const groups = lines.filter(isGroup).map((line) => line.values);
    this.largest = { rows: mosts(this.columns, this.rows.at, rows), groups: mosts(this.columns, this.rows.at, groups) };
    this.foot.replaceChildren(...cellsOf({ values: totals, label: this.totalsName() }, this.columns, this.rows.at, []));
    this.tools.show(this.view, { rows: rows.length, all: this.rows.rows.length, unread: this.unread });
    this.mark();
  }

  /** Show which rows are marked, and say where none of them can be seen. */
  mark() {
    const isLost = this.marked.size > 0 && !this.arranged.rows.some(([name]) => this.marked.has(name));
    this.tools.stand(isLost ? "The selected layer is filtered out" : "");
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
    this.head.replaceChildren(...this.columns.map(headOf));
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
    const nothing = lines.length ? [] : [across("message", this.columns, "No layer is like this")];
    this.body.replaceChildren(spacer(from * ROW, this.columns), ...rows, ...nothing, spacer((lines.length - to) * ROW, this.columns));
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
    row.append(...cellsOf(line, this.columns, this.rows.at, isGroup(line) ? this.largest.groups : this.largest.rows));
    return row;
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
    this.mark();
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
    this.tools.say(done ? `Copied ${written(lines.length, "count")} row${lines.length === 1 ? "" : "s"}` : "The browser does not let this page copy");
  }

  dispose() {
    this.reports.dispose();
    this.tools.dispose();
    this.sizing.disconnect();
  }
}
