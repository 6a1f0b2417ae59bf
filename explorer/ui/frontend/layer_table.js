// The layer table: sorted and marked in the browser; only the rows in sight are in the document.

import { component } from "./component.js";

const ROW = 28; // pixels, as in the style sheet
const SPARE = 12; // rows kept ready above and below those in sight
const TELL_AFTER = 150; // ms: walking with an arrow key tells the page where it rests, not every row it passes
const NUMBER = new Intl.NumberFormat("en");

export default component((parent) => new LayerTable(parent.querySelector(".scroll")));

class LayerTable {
  constructor(root) {
    this.root = root;
    [this.head, this.body, this.foot] = ["thead tr", "tbody", "tfoot tr"].map((part) => root.querySelector(part));
    this.sort = { column: -1, sign: 1 };
    this.marked = [];
    root.addEventListener("scroll", () => this.look(), { passive: true });
    root.addEventListener("keydown", (event) => this.key(event));
    this.head.addEventListener("click", (event) => this.sortBy(event.target.closest("th")));
    this.body.addEventListener("click", (event) => this.click(event.target.closest("tr[data-row]")));
    this.sizing = new ResizeObserver(() => this.look());
    this.sizing.observe(root);
    this.sizing.observe(root.querySelector("table"));
  }

  show(data) {
    this.root.style.height = `${data.height}px`;
    if (data.content !== this.content) {
      Object.assign(this, { data: JSON.parse(data.content), content: data.content });
      this.frame(this.data, data.label);
      this.arrange();
    }
    const before = this.marked;
    this.marked = data.selected;
    this.paint(true);
    if (before.join("\n") !== this.marked.join("\n")) this.reveal();
  }

  /** Everything but the rows: widths, header, totals. */
  frame({ columns, rows, totals }, label) {
    this.root.querySelector("table").setAttribute("aria-label", label);
    this.root.querySelector("table").setAttribute("aria-rowcount", rows.length + 2);
    this.root.setAttribute("aria-label", `${label}. Arrow keys walk through the rows.`);
    const widths = columns.map((column, index) => {
      const texts = [...rows.map((row) => row[index]), totals[index]].map((value) => write(value, column.kind));
      // A digit is as wide as 1ch, a letter at times wider; a header also holds its arrow.
      const widest = texts.reduce((most, text) => Math.max(most, text.length), 0);
      return Math.ceil(Math.max(0.9 * column.name.length + 2, widest + 1));
    });
    const group = this.root.querySelector("colgroup");
    group.replaceChildren(
      ...widths.map((width) => Object.assign(document.createElement("col"), { style: `width: calc(${width}ch + 1rem)` })),
    );
    this.root.querySelector("table").style.minWidth = `calc(${widths.reduce((a, b) => a + b)}ch + ${widths.length}rem)`;
    this.head.replaceChildren(
      ...columns.map((column, index) => {
        const cell = document.createElement("th");
        const button = Object.assign(document.createElement("button"), { type: "button", title: column.help });
        button.textContent = column.name;
        cell.className = column.kind === "text" ? "" : "number";
        cell.dataset.column = index;
        cell.append(button);
        return cell;
      }),
    );
    this.foot.replaceChildren(...columns.map((column, index) => cellOf(totals[index], column.kind)));
  }

  /** Put the rows into the reader's order. */
  arrange() {
    const { column, sign } = this.sort;
    this.order = [...this.data.rows];
    if (column >= 0) this.order.sort((a, b) => sign * compare(a[column], b[column]));
    [...this.head.children].forEach((cell, index) => {
      const sorted = index === column && (sign > 0 ? "ascending" : "descending");
      if (sorted) cell.setAttribute("aria-sort", sorted);
      else cell.removeAttribute("aria-sort");
    });
    this.painted = "";
  }

  /** First click: numbers from the largest, words from A; second: the reverse; third: the network's own order. */
  sortBy(cell) {
    if (!cell) return;
    const column = Number(cell.dataset.column);
    const first = this.data.columns[column].kind === "text" ? 1 : -1;
    if (this.sort.column !== column) this.sort = { column, sign: first };
    else if (this.sort.sign === first) this.sort = { column, sign: -first };
    else this.sort = { column: -1, sign: 1 };
    this.arrange();
    this.paint();
    this.reveal();
  }

  /** The reader sees another part of the table. */
  look() {
    this.paint();
    const { scrollLeft, scrollWidth, clientWidth, offsetWidth, clientLeft, parentElement: frame } = this.root;
    frame.classList.toggle("more", scrollLeft + clientWidth < scrollWidth - 1);
    frame.style.setProperty("--bar", `${offsetWidth - clientWidth - 2 * clientLeft}px`);
  }

  /** Write the rows in sight into the document; nothing to do where these are there already. */
  paint(force = false) {
    if (!this.order) return;
    const from = Math.max(0, Math.floor(this.root.scrollTop / ROW) - SPARE);
    const to = Math.min(this.order.length, from + Math.ceil(this.root.clientHeight / ROW) + 2 * SPARE);
    if (!force && this.painted === `${from} ${to}`) return;
    this.painted = `${from} ${to}`;
    const { columns } = this.data;
    const rows = this.order.slice(from, to).map((row, index) => {
      const line = document.createElement("tr");
      line.dataset.row = row[0];
      line.id = `row-${from + index}`;
      line.setAttribute("aria-rowindex", from + index + 2);
      line.setAttribute("aria-selected", String(this.marked.includes(row[0])));
      line.append(...columns.map((column, at) => cellOf(row[at], column.kind)));
      return line;
    });
    this.body.replaceChildren(spacer(from, columns), ...rows, spacer(this.order.length - to, columns));
    const active = this.position();
    if (active >= from && active < to) this.root.setAttribute("aria-activedescendant", `row-${active}`);
    else this.root.removeAttribute("aria-activedescendant");
  }

  /** Where the first marked row stands now. */
  position() {
    return this.order.findIndex((row) => this.marked.includes(row[0]));
  }

  reveal() {
    const at = this.position();
    if (at < 0) return;
    // Header and totals cover one row each; a row that jumps into sight is shown with some of its surroundings.
    const room = this.root.clientHeight - 2 * ROW;
    const top = at * ROW - this.root.scrollTop;
    if (top < 0 || top > room - ROW) this.root.scrollTop = at * ROW - (Math.abs(top) < 2 * room ? clamp(top, room) : room / 3);
    this.paint();
  }

  click(line) {
    if (!line) return;
    const name = line.dataset.row;
    this.pick(this.marked.length === 1 && this.marked[0] === name ? "" : name);
  }

  pick(name) {
    this.marked = name ? [name] : [];
    this.paint(true);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell("picked", name), TELL_AFTER);
  }

  key(event) {
    if (event.target !== this.root || !this.order) return;
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW) - 3);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step) {
      const at = this.position();
      const next = Math.min(Math.max(at < 0 && step === 1 ? 0 : at + step, 0), this.order.length - 1);
      this.pick(this.order[next][0]);
      this.reveal();
    } else if (event.key === "Escape" && this.marked.length) this.pick("");
    else return;
    event.preventDefault();
  }

  dispose() {
    clearTimeout(this.telling);
    this.sizing.disconnect();
  }
}

function cellOf(value, kind) {
  const cell = document.createElement("td");
  cell.textContent = write(value, kind);
  cell.title = kind === "bytes" && value != null ? `${NUMBER.format(value)} bytes` : cell.textContent;
  if (kind !== "text") cell.classList.add("number");
  if (kind === "percent" && value) {
    cell.classList.add("percent");
    cell.style.setProperty("--percent", `${value}%`);
  }
  return cell;
}

function write(value, kind) {
  if (value === null || value === undefined) return "";
  if (kind === "count") return value === 0 ? "–" : NUMBER.format(value);
  if (kind === "percent") return value === 0 ? "–" : value < 0.05 ? "<0.1%" : `${value.toFixed(1)}%`;
  if (kind === "bytes") return size(value);
  return String(value);
}

/** Decimal units: 1 MB is 1,000,000 bytes. */
function size(bytes) {
  if (bytes === 0) return "–";
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return power ? `${(bytes / 1000 ** power).toPrecision(3)} ${["", "kB", "MB", "GB"][power]}` : `${bytes} B`;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), "en", { numeric: true });
}

function clamp(top, room) {
  return top < 0 ? 0 : room - ROW;
}

function spacer(rows, columns) {
  const line = document.createElement("tr");
  line.className = "spacer";
  line.setAttribute("aria-hidden", "true");
  const cell = Object.assign(document.createElement("td"), { colSpan: columns.length });
  cell.style.height = `${rows * ROW}px`;
  line.append(cell);
  return line;
}
