// A grid of pictures, to look at or to pick from. The page says what there is and which is picked; picking is told by numbered reports.

import { component } from "../shared/component.js";
import { Reports } from "../shared/reports.js";

const FRAME = 8, GAP = 6, EDGE = 4; // px: around a tile's image, between two tiles, and at both ends of a row
const REST = 150; // ms: walking with an arrow key tells the page where it rests, not every picture it passes

export default component((parent) => new Tiles(parent.querySelector(".tiles")));

class Tiles {
  constructor(root) {
    Object.assign(this, { root, picked: "", content: "" });
    this.reports = new Reports((report) => this.tell("report", report));
    this.watching = new ResizeObserver(() => this.arrange());
    this.watching.observe(root);
    root.addEventListener("click", (event) => this.pick(event.target.closest("[role=option]")));
    root.addEventListener("keydown", (event) => this.key(event));
  }

  show({ content, isPicked, selected, size, height, label, heard }) {
    this.root.setAttribute("role", isPicked ? "listbox" : "list");
    this.root.setAttribute("aria-label", label);
    this.size = size;
    this.root.style.setProperty("--size", `${size}px`);
    this.root.style.maxHeight = height ? `${height}px` : "";
    if (content !== this.content) this.load(content, size, isPicked);
    this.arrange();
    if (!isPicked) return;
    if (this.reports.settled(heard)) this.picked = selected;
    this.mark();
  }

  /** As many to a row as find place, in rows that are equally long as far as may be: none is left alone in the last one. */
  arrange() {
    const room = this.root.clientWidth - EDGE;
    const fit = Math.max(1, Math.floor((room + GAP) / (this.size + FRAME + GAP)));
    const count = Math.max(1, this.root.childElementCount);
    this.root.style.setProperty("--across", Math.ceil(count / Math.ceil(count / fit)));
  }

  load(content, size, isPicked) {
    const hadFocus = this.root.contains(this.root.getRootNode().activeElement);
    this.content = content;
    this.root.replaceChildren(...JSON.parse(content).map((item) => tile(item, size, isPicked ? option(item) : seen())));
    if (!isPicked) return;
    this.mark();
    if (hadFocus) this.current()?.focus();
  }

  /** Show which one is picked: it is also the one that the tab key comes to. */
  mark() {
    for (const option of this.root.children) option.setAttribute("aria-selected", String(option.dataset.id === this.picked));
    const current = this.current();
    for (const option of this.root.children) option.tabIndex = option === current ? 0 : -1;
  }

  current() {
    return [...this.root.children].find((option) => option.dataset.id === this.picked) ?? this.root.firstElementChild;
  }

  pick(option) {
    if (!option || option.dataset.id === this.picked) return;
    this.picked = option.dataset.id;
    this.mark();
    option.focus();
    this.reports.make({ picked: this.picked }, REST);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const options = [...this.root.children];
    const at = options.indexOf(event.target.closest("[role=option]"));
    const across = options.filter((option) => option.offsetTop === options[0].offsetTop).length;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + across, ArrowUp: at - across, Home: 0, End: options.length - 1 };
    if (at < 0 || to[event.key] === undefined) return;
    event.preventDefault();
    this.pick(options[to[event.key]]);
  }

  dispose() {
    this.watching.disconnect();
    this.reports.dispose();
  }
}

function tile({ image, title, caption }, size, box) {
  box.title = [title, caption].filter(Boolean).join("\n");
  const picture = Object.assign(document.createElement("img"), { src: image, alt: "", draggable: false });
  // A feature map of few pixels is seen as it is; a photograph is made smaller smoothly.
  picture.addEventListener("load", () => picture.classList.toggle("few", Math.max(picture.naturalWidth, picture.naturalHeight) < size));
  box.append(picture, text("strong", title), ...(caption ? [text("small", caption)] : []));
  return box;
}

function option({ id }) {
  const box = Object.assign(document.createElement("button"), { type: "button", className: "tile" });
  box.setAttribute("role", "option");
  box.dataset.id = id;
  return box;
}

function seen() {
  const box = Object.assign(document.createElement("div"), { className: "tile" });
  box.setAttribute("role", "listitem");
  return box;
}

function text(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}
