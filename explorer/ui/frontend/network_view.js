// The network view: shows Graphviz's SVG, marks what is selected, and tells the page what the reader clicked.

import { component } from "./component.js";
import { Camera } from "./network_camera.js";

const SVG = "http://www.w3.org/2000/svg";
const DOUBLE_CLICK = 250; // ms between its two clicks
// As the diagram writes them: id "layer:NAME" or "group:ID"; class "opens:ID" where that group can be opened or closed.
const ITEMS = '[id^="layer:"], [id^="group:"]';

export default component((parent) => new NetworkView(parent.querySelector(".view")));

class NetworkView {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector(".canvas");
    this.scene = root.querySelector(".camera");
    this.full = false;
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.camera = new Camera(this.canvas, this.scene, signal);
    this.canvas.addEventListener("click", (event) => this.click(event), { signal });
    this.canvas.addEventListener("dblclick", (event) => this.doubleClick(event), { signal });
    this.canvas.addEventListener("keydown", (event) => this.key(event), { signal });
    root.querySelector(".tools").addEventListener("click", (event) => this.act(event.target.closest("button")?.dataset.act), { signal });
    this.sizing = new ResizeObserver(() => this.resized());
    this.sizing.observe(this.canvas);
  }

  show(data) {
    this.heights = data.heights;
    this.root.style.height ||= `${data.heights[0]}px`;
    this.canvas.setAttribute("aria-label", `${data.label}. Arrow keys move, plus and minus zoom, 0 fits, Tab enters.`);
    if (data.svg !== this.svg) this.draw(data);
    this.mark(data.selected);
  }

  draw({ svg, view }) {
    // Under the same view a group was opened or closed: a reader who saw the whole drawing sees the whole again;
    // for one who looked closer, what was clicked stays where it was on the screen.
    const { whole } = this.camera;
    const kept = view === this.view && !whole && this.find(this.touched);
    const before = kept && kept.getBoundingClientRect();
    const focused = this.scene.contains(this.root.getRootNode().activeElement) && this.touched;
    const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    const [, , width, height] = drawing.getAttribute("viewBox").split(/\s+/).map(Number);
    this.scene.replaceChildren(...[...drawing.childNodes].map((node) => document.importNode(node, true)));
    this.camera.size = [width, height];
    this.marked = undefined;
    this.prepare();
    const after = before && this.find(this.touched)?.getBoundingClientRect();
    if (view !== this.view) this.firstLook();
    else if (whole) this.fit();
    else if (after) this.camera.move(before.left - after.left, before.top - after.top);
    if (focused) this.find(this.touched)?.focus({ preventScroll: true });
    Object.assign(this, { svg, view });
  }

  /** Make every layer and group reachable by keyboard and give groups their handles. */
  prepare() {
    // Graphviz's titles repeat the ids; the browser would show them as tooltips over the real ones.
    for (const title of this.scene.querySelectorAll("title")) title.remove();
    for (const item of this.scene.querySelectorAll(ITEMS)) {
      item.setAttribute("role", "button");
      item.setAttribute("tabindex", "-1");
      const words = [...item.querySelectorAll("text")].map((text) => text.textContent.trim());
      item.setAttribute("aria-label", words.join(", ") || item.id);
      if (item.matches(".open, .closed")) {
        item.setAttribute("aria-expanded", String(item.matches(".open")));
        item.append(handle(item));
      }
    }
    this.scene.querySelector(ITEMS)?.setAttribute("tabindex", "0");
  }

  firstLook() {
    this.fitted = this.canvas.clientWidth > 0;
    if (this.fitted) this.fit(true);
  }

  /** The view becomes as high as the drawing that fits its width, within its bounds, and the drawing fits the view. */
  fit(readable = false) {
    const [least, most] = this.heights;
    this.root.style.height = `${Math.round(Math.min(Math.max(this.camera.height(readable), least), most))}px`;
    this.camera.fit(readable);
  }

  /** A drawing seen whole stays so; one drawn while hidden (in a closed tab, say) has its first look when it appears. */
  resized() {
    const full = this.root.matches(":fullscreen");
    if (this.svg && (!this.fitted || full !== this.full)) this.firstLook();
    else if (this.camera.whole && this.canvas.clientWidth) this.fit();
    this.full = full;
  }

  mark(ids) {
    const item = ids.map((id) => this.find(id)).find(Boolean);
    if (item === this.marked) return;
    this.marked?.classList.remove("marked");
    this.marked?.removeAttribute("aria-current");
    this.marked = item;
    item?.classList.add("marked");
    item?.setAttribute("aria-current", "true");
    if (item && item.id !== this.touched) this.camera.reveal(item);
    if (item) this.rove(item);
  }

  find(id) {
    return id ? this.scene.querySelector(`:is(${ITEMS})[id="${CSS.escape(id)}"]`) : null;
  }

  click(event) {
    if (this.camera.moved) return;
    const item = event.target.closest(ITEMS);
    if (event.target.closest(".handle")) this.toggle(item);
    else this.select(item);
  }

  doubleClick(event) {
    const item = event.target.closest(ITEMS);
    if (item && !event.target.closest(".handle")) this.toggle(item);
  }

  /** Mark at once; the page hears of it when no second click has made it a double click. */
  select(item) {
    this.touched = item?.id;
    this.mark(item ? [item.id] : []);
    clearTimeout(this.telling);
    const event = { kind: "select", target: item?.id ?? "" };
    this.telling = setTimeout(() => this.tell("event", event), item && groupOf(item) ? DOUBLE_CLICK : 0);
  }

  /** Open or close the group that an item is or belongs to. */
  toggle(item) {
    const group = groupOf(item);
    if (!group) return;
    clearTimeout(this.telling);
    this.touched = `group:${group}`;
    this.tell("event", { kind: "toggle", target: group });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.target.closest(ITEMS);
    if (!(item ? this.itemKey(event.key, item) : this.canvasKey(event.key))) return;
    event.preventDefault();
  }

  canvasKey(key) {
    const step = 60;
    const move = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[key];
    if (move) this.camera.move(...move);
    return move || this.act({ "+": "in", "=": "in", "-": "out", 0: "fit" }[key]);
  }

  itemKey(key, item) {
    if (key === " ") this.select(item);
    else if (key === "Enter") groupOf(item) ? this.toggle(item) : this.select(item);
    else if (key === "Escape") this.canvas.focus();
    else if (key.startsWith("Arrow")) this.neighbour(item, key === "ArrowDown" || key === "ArrowRight" ? 1 : -1);
    else return this.canvasKey(key);
    return true;
  }

  neighbour(item, step) {
    const items = [...this.scene.querySelectorAll(ITEMS)].sort(byPosition);
    const next = items[items.indexOf(item) + step];
    if (!next) return;
    this.rove(next);
    next.focus({ preventScroll: true });
    this.camera.reveal(next);
  }

  /** Tab enters the drawing at this item. */
  rove(item) {
    this.scene.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
  }

  act(name) {
    if (name === "in") this.camera.zoom(1.25);
    else if (name === "out") this.camera.zoom(0.8);
    else if (name === "fit") this.fit();
    else if (name === "full") this.fullScreen();
    return Boolean(name);
  }

  async fullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.root.requestFullscreen();
  }

  dispose() {
    clearTimeout(this.telling);
    this.listening.abort();
    this.sizing.disconnect();
  }
}

function groupOf(item) {
  return [...item.classList].find((name) => name.startsWith("opens:"))?.slice("opens:".length);
}

/** A round plus or minus at the upper right corner of a group. */
function handle(group) {
  const made = document.createElementNS(SVG, "g");
  const box = group.getBBox();
  const [x, y] = [box.x + box.width - 12, box.y + 12];
  made.setAttribute("class", "handle");
  made.setAttribute("transform", `translate(${x} ${y})`);
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("r", "7");
  const sign = document.createElementNS(SVG, "path");
  sign.setAttribute("d", group.matches(".open") ? "M-3.5 0h7" : "M-3.5 0h7M0 -3.5v7");
  const title = document.createElementNS(SVG, "title");
  title.textContent = group.matches(".open") ? "Fold" : "Open";
  made.append(title, circle, sign);
  return made;
}

function byPosition(one, other) {
  const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
  return a.top - b.top || a.left - b.left;
}
