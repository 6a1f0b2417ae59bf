// The bar above a table: what to find, which kinds and stages, grouped by what, which columns, and copies to take away.

import { PLAIN, columnsOf, isWhole, onlyWith, showColumn } from "./view.js";

const TYPING = 350; // ms of rest after which the page hears what was typed; the rows follow every letter

export class TableTools {
  /** @param {{change(view: object, wait?: number): void, copy(form: string): void}} table whose view the bar shows and changes */
  constructor(root, table) {
    Object.assign(this, { root, table });
    this.menus = element("div", { className: "menus" });
    this.search = element("input", { type: "search", placeholder: "Filter layers", spellcheck: false, ariaLabel: "Filter layers by text" });
    this.search.title = "Words of the layer's name, kind or shapes, such as: conv 3x3";
    this.fold = button("", () => this.change({ open: !this.view.open, flipped: [] }), "quiet");
    this.all = button("Show all", () => this.change({ find: PLAIN.find, chosen: PLAIN.chosen }), "quiet");
    this.count = element("span", { className: "count", role: "status" });
    this.note = element("span", { className: "note", role: "status" });
    root.append(this.search, this.menus, this.fold, this.note, this.count, this.all);
    this.search.addEventListener("input", () => this.change({ find: this.search.value }, TYPING));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("toggle", (event) => this.opened(event.target), true);
    this.listening = new AbortController();
    const outside = (event) => event.composedPath().includes(root) || this.close();
    document.addEventListener("pointerdown", outside, { signal: this.listening.signal });
  }

  /** The menus for a table's content. */
  offer(rows) {
    const { columns, filters, groups } = rows;
    const named = (key) => columns[rows.at[key]].name;
    const offered = (keys) => keys.filter((key) => key in rows.at);
    this.parts = [
      ...offered(filters).map((key) => this.filterMenu(key, named(key), rows.choices(key))),
      ...(offered(groups).length ? [this.groupMenu(offered(groups), named)] : []),
      this.columnMenu(columns),
      this.copyMenu(),
    ];
    this.menus.replaceChildren(...this.parts.map((part) => part.menu));
  }

  /** Bring the bar to what the table shows. */
  show(view, { rows, all, unread }) {
    Object.assign(this, { view, unread });
    if (this.search.value !== view.find) this.search.value = view.find;
    for (const part of this.parts) part.show(view);
    this.fold.hidden = !view.by;
    this.fold.textContent = view.open ? "Fold all" : "Open all";
    this.all.hidden = isWhole(view);
    const count = (number) => number.toLocaleString("en");
    setText(this.count, rows === all ? `${count(all)} layers` : `${count(rows)} of ${count(all)} layers`);
  }

  /** What there is to say of the table as it stands; parts of an address that mean nothing here come first. */
  stand(words) {
    this.standing = this.unread.length ? `Left out, as this table has no such thing: ${this.unread.join(", ")}` : words;
    if (!this.saying) setText(this.note, this.standing);
  }

  /** Something that is over soon. */
  say(words) {
    clearTimeout(this.saying);
    setText(this.note, words);
    this.saying = setTimeout(() => {
      this.saying = undefined;
      setText(this.note, this.standing);
    }, 4000);
  }

  change(part, wait) {
    this.table.change({ ...this.view, ...part }, wait);
  }

  filterMenu(key, name, choices) {
    const boxes = element("div", { className: "choices" });
    const every = button(`Every ${name.toLowerCase()}`, () => this.change(onlyWith(this.view, key, [])));
    const made = menu(name, [boxes, every]);
    const counts = new Map(choices);
    return {
      menu: made,
      show: (view) => {
        const chosen = view.chosen[key] ?? [];
        label(made, chosen.length ? `${name}: ${chosen.length > 2 ? chosen.length : chosen.join(", ")}` : name, chosen.length);
        // What an address asks for and this network has not got stands here too, so that it can be taken back.
        const values = [...counts.keys(), ...chosen.filter((value) => !counts.has(value))];
        keep(boxes, values, (value) =>
          tick({ value, count: counts.get(value) ?? 0 }, (wanted) => {
            const others = (this.view.chosen[key] ?? []).filter((other) => other !== value);
            this.change(onlyWith(this.view, key, wanted ? [...others, value] : others));
          }),
        );
        check(boxes, (value) => chosen.includes(value));
        every.disabled = !chosen.length;
      },
    };
  }

  groupMenu(keys, named) {
    const boxes = element("div", { className: "choices" });
    const made = menu("Group", [boxes]);
    const words = (key) => (key ? `By ${named(key).toLowerCase()}` : "No groups");
    const group = (key) => this.change({ by: key, open: false, flipped: [] });
    boxes.append(...["", ...keys].map((key) => tick({ type: "radio", value: key, words: words(key) }, () => group(key))));
    return {
      menu: made,
      show: (view) => {
        label(made, view.by ? words(view.by) : "Group", view.by);
        check(boxes, (key) => key === view.by);
      },
    };
  }

  columnMenu([, ...columns]) {
    const boxes = element("div", { className: "choices" });
    boxes.append(
      ...columns.map((column) =>
        tick({ value: column.key, words: column.name, help: column.help }, (wanted) => this.change(showColumn(this.view, column, wanted))),
      ),
    );
    const usual = button("The usual columns", () => this.change({ shown: [], hidden: [] }));
    const made = menu("Columns", [boxes, usual]);
    return {
      menu: made,
      show: (view) => {
        const shown = new Set(columnsOf(this.table.rows, view).map(({ key }) => key));
        const changed = view.shown.length + view.hidden.length;
        label(made, "Columns", changed);
        check(boxes, (key) => shown.has(key));
        usual.disabled = !changed;
      },
    };
  }

  copyMenu() {
    const forms = { tsv: "For a spreadsheet (TSV)", markdown: "As Markdown" };
    const buttons = Object.entries(forms).map(([form, words]) =>
      button(words, () => {
        this.close();
        this.table.copy(form);
      }),
    );
    return { menu: menu("Copy", buttons), show() {} };
  }

  /** One menu is open at a time, and inside of the table's width. */
  opened(details) {
    if (!details.open) return;
    for (const { menu } of this.parts) if (menu !== details) menu.open = false;
    const panel = details.querySelector(".panel");
    panel.classList.remove("left");
    const overhang = panel.getBoundingClientRect().right > this.root.getBoundingClientRect().right;
    panel.classList.toggle("left", overhang);
  }

  close() {
    for (const { menu } of this.parts) menu.open = false;
  }

  key(event) {
    const open = event.target.closest("details[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault();
  }

  dispose() {
    clearTimeout(this.saying);
    this.listening.abort();
  }
}

function menu(name, content) {
  const made = element("details", { className: "menu" });
  const panel = element("div", { className: "panel", role: "group", ariaLabel: name });
  panel.append(...content);
  made.append(element("summary", { textContent: name }), panel);
  return made;
}

function label(menu, words, changed) {
  const summary = menu.querySelector("summary");
  setText(summary, words);
  summary.classList.toggle("changed", Boolean(changed));
}

/** A box or a radio button for a value, and how many rows have it where that is given. */
function tick({ type = "checkbox", value, words = value, count, help = "" }, act) {
  const made = element("label", { title: help });
  const input = element("input", { type, value, name: "choice" });
  input.addEventListener("change", () => act(input.checked));
  made.append(input, element("span", { textContent: words }));
  if (count !== undefined) made.append(element("small", { textContent: count.toLocaleString("en") }));
  return made;
}

function check(boxes, isChecked) {
  for (const input of boxes.querySelectorAll("input")) input.checked = isChecked(input.value);
}

/** The boxes of these values, made anew only where others are wanted: who walks them by keyboard stays in place. */
function keep(boxes, values, make) {
  const now = [...boxes.querySelectorAll("input")].map((input) => input.value);
  if (now.join("\n") !== values.join("\n")) boxes.replaceChildren(...values.map(make));
}

function button(words, act, className = "") {
  const made = element("button", { type: "button", textContent: words, className });
  made.addEventListener("click", act);
  return made;
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
