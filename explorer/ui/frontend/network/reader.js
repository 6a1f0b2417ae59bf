// What a reader does to a network view, by mouse, touch, keyboard and toolbar, and what comes of it.

import { actionOf } from "./keys.js";
import { peersOf } from "./link.js";
import { pictureOf } from "./picture.js";
import { wordsOf } from "./shapes.js";
import { valuesOf } from "./values.js";
import { walk } from "./walk.js";
import { csvOf, save } from "../shared/save.js";

const PAN = 60; // pixels that an arrow key moves the drawing
const HOVER_AFTER = 120; // ms that a pointer rests before the card shows
const TYPED_AFTER = 500; // ms after the last letter of a search before the page hears of it

export class Reader {
  /**
   * @param {object} view the network view
   * @param {AbortSignal} signal ends the listening
   */
  constructor(view, signal) {
    this.view = view;
    const { canvas, root } = view;
    canvas.addEventListener("click", (event) => this.click(event), { signal });
    canvas.addEventListener("dblclick", (event) => this.doubleClick(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.hover(event), { signal });
    canvas.addEventListener("pointerleave", () => this.rest(), { signal });
    root.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  /** Do what was asked for by a key or in the toolbar. */
  act(name, argument) {
    const { view } = this;
    const { camera, tools, legend, motion } = view;
    const acts = {
      in: () => camera.zoom(1.25),
      out: () => camera.zoom(0.8),
      fit: () => view.fit(),
      full: () => this.fullScreen(),
      help: () => tools.toggleHelp(),
      detail: () => this.setDetail(argument),
      walk: () => this.walk(argument),
      open: () => this.openSelected(),
      find: () => tools.input.focus(),
      search: () => this.search(argument),
      next: () => this.step(1),
      previous: () => this.step(-1),
      colour: () => view.change({ colour: argument }),
      card: () => this.showCard(view.itemOf(view.state.select)),
      play: () => legend.play(),
      flow: () => motion.toggle(),
      picture: () => this.save(pictureOf(view), "image/svg+xml", "svg"),
      values: () => this.save(csvOf(valuesOf(view.graph, view.colours.overlay)), "text/csv", "csv"),
      leave: () => this.letGo(),
    };
    if (name === "cancel") view.cancel();
    // Before there is a drawing, all that can be changed is which one there will be.
    else if (view.drawing || name === "detail") acts[name]();
  }

  /** Under the name of the network and of what it is coloured by. */
  save(content, type, extension) {
    const { graph, colours } = this.view;
    const name = [graph.network, colours.overlay?.label].filter(Boolean).join(" ");
    save(content, type, `${name.replace(/[^\w.-]+/g, "-")}.${extension}`);
  }

  // --- Keyboard ----------------------------------------------------------------------------------------------------

  key(event) {
    const { target } = event;
    const own = target.closest("button") && /^(Enter| |Arrow.*)$/.test(event.key);
    const action = own || target.closest("input, select, .help") ? undefined : actionOf(event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    this.act(...action);
  }

  walk(way) {
    const { view } = this;
    const item = view.itemOf(view.state.select);
    const [x, y] = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] }[way];
    if (!item) return view.camera.move(x * PAN, y * PAN);
    const next = walk(view.drawing, item, way);
    return next && this.select(view.nameOf(next));
  }

  /** With nothing selected, what is in the middle is. */
  openSelected() {
    const { view } = this;
    const item = view.itemOf(view.state.select);
    if (item) this.toggleAround(item);
    else this.select(view.nameOf(view.drawing.nearest(view.camera.middle())));
  }

  /** One thing after the other: the help, the search with its text, the selection. */
  letGo() {
    const { tools, state, canvas, root } = this.view;
    const searching = root.getRootNode().activeElement === tools.input;
    this.rest();
    if (!tools.help.hidden) tools.toggleHelp(false);
    else if (state.find) this.search("");
    else if (state.select) this.select("");
    if (searching) canvas.focus({ preventScroll: true });
  }

  async fullScreen() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : this.view.root.requestFullscreen());
    } catch {
      // The browser refused: the view stays as it is.
    }
  }

  // --- Selecting and searching -------------------------------------------------------------------------------------

  select(name, reveal = true) {
    const { view } = this;
    view.change({ select: name }, { reveal });
    const item = view.itemOf(name);
    view.root.querySelector(".spoken").textContent = item ? `${wordsOf(item)}, ${name}` : "";
  }

  search(text) {
    this.view.change({ find: text }, { wait: TYPED_AFTER });
  }

  /** Select the next match; after the last one the first. */
  step(sign) {
    const { matches, indexOf, graph, state } = this.view;
    if (!matches.length) return;
    const at = indexOf.get(state.select) ?? (sign > 0 ? -1 : graph.layers.length);
    const next = sign > 0 ? matches.find((layer) => layer > at) : matches.findLast((layer) => layer < at);
    this.select(graph.layers[next ?? matches.at(sign > 0 ? 0 : -1)].name);
  }

  // --- Opening and closing -----------------------------------------------------------------------------------------

  /** Open or close the group that a node is in, or that a box or node stands for; a node stays where it is. */
  toggleAround(item) {
    if (item.id.startsWith("group:")) return this.toggle(item.id.slice("group:".length));
    const { main, group } = item.node;
    return this.toggle(group, (drawing) => drawing.nodeOf[main]);
  }

  toggle(group, keep = (drawing) => drawing.byId.get(`group:${group}`) ?? drawing.nodeOf[this.view.graph.groups.get(group).first]) {
    const toggled = new Set(this.view.state.toggled.split(",").filter(Boolean));
    if (!toggled.delete(group)) toggled.add(group);
    this.view.open({ toggled: [...toggled].sort().join(",") }, { keep });
  }

  /** All linked views, of which this one alone tells the page. */
  setDetail(detail) {
    const values = { detail, toggled: "" };
    for (const peer of peersOf(this.view)) peer.open(values, { keep: peer.middle(), level: true, tell: false });
    this.view.open(values, { keep: this.view.middle(), level: true });
  }

  // --- Pointer -----------------------------------------------------------------------------------------------------

  hit(event) {
    const { drawing, camera } = this.view;
    return drawing?.hit(camera.at(event), camera.scale);
  }

  click(event) {
    const { view } = this;
    if (view.camera.moved || !view.drawing) return;
    view.canvas.focus({ preventScroll: true });
    const hit = this.hit(event);
    if (hit?.part === "handle") this.toggle(hit.item.id.slice("group:".length));
    else this.select(hit ? view.nameOf(hit.item) : "", false);
  }

  doubleClick(event) {
    const hit = this.hit(event);
    if (hit && hit.part !== "handle" && !this.view.camera.moved) this.toggleAround(hit.item);
  }

  hover(event) {
    const { canvas, card } = this.view;
    clearTimeout(this.hovering);
    const item = event.pointerType === "touch" || event.buttons ? undefined : this.hit(event)?.item;
    canvas.classList.toggle("over", Boolean(item));
    if (!item) return card.hide();
    this.hovering = setTimeout(() => this.showCard(item, [event.clientX, event.clientY]), card.item ? 0 : HOVER_AFTER);
    return undefined;
  }

  /** Beside the pointer, or the item itself. */
  showCard(item, at) {
    const { card, camera, canvas } = this.view;
    if (!item) return;
    const { left, top } = canvas.getBoundingClientRect();
    const corner = [left + camera.x + (item.x + item.w) * camera.scale, top + camera.y + item.y * camera.scale];
    card.show(item, at ?? corner, this.view);
  }

  /** The pointer points at nothing any more. */
  rest() {
    clearTimeout(this.hovering);
    this.view.card.hide();
  }
}
