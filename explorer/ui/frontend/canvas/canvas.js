// A canvas to draw on: strokes of mouse, finger and pen, taken back one by one; the page is told of them as they grow.

import { component } from "../shared/component.js";
import { Reports } from "../shared/reports.js";
import { paint } from "./ink.js";
import { CanvasTools } from "./tools.js";

const PAUSE = 100; // ms from a move of the pen to the report that says so
const LOOK = 25; // ms between two looks at whether the page has come to rest
const LONGEST = 2000; // ms after which a page that never rests is told all the same

export default component((parent) => new Canvas(parent.querySelector(".whole")));

class Canvas {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.context = this.canvas.getContext("2d");
    // What was done, the first first: strokes, a drawing that the page kept, and emptyings. To undo is to leave out the last.
    Object.assign(this, { done: [], stroke: null, isNew: true });
    this.reports = new Reports((report) => this.tell("report", report));
    this.tools = new CanvasTools(root.querySelector(".tools"), { undo: () => this.undo(), clear: () => this.clear() });
    const on = (kind, handle) => this.canvas.addEventListener(kind, handle);
    on("pointerdown", (event) => this.start(event));
    on("pointermove", (event) => this.draw(event));
    for (const kind of ["pointerup", "pointercancel"]) on(kind, (event) => this.end(event));
    root.addEventListener("keydown", (event) => this.key(event));
    // Whoever presses elsewhere may leave for good, and the page is to have kept the last stroke.
    root.addEventListener("focusout", () => this.waiting && this.hurry());
  }

  show({ drawing, side, heard, label, hint }) {
    if (this.canvas.width !== side) {
      Object.assign(this.canvas, { width: side, height: side });
      this.repaint();
    }
    this.canvas.setAttribute("aria-label", label);
    this.root.querySelector(".hint").textContent = hint;
    if (this.reports.settled(heard) && !this.waiting) this.root.setAttribute("aria-busy", "false");
    // From then on nobody but who draws here changes the drawing, and only the strokes can be taken back one by one.
    if (this.isNew && drawing) this.take(drawing);
    this.isNew = false;
  }

  /** The drawing that the page has kept. */
  async take(drawing) {
    const image = Object.assign(new Image(), { src: drawing });
    await image.decode();
    this.done.unshift({ image }); // whoever was quicker drew over it
    this.repaint();
  }

  start(event) {
    if (event.button !== 0 || this.stroke) return;
    event.preventDefault(); // so the focus, which the keys need, does not come by itself
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = { pointer: event.pointerId, points: [this.pointOf(event)] };
    this.done.push(this.stroke);
    this.change();
  }

  draw(event) {
    if (this.stroke?.pointer !== event.pointerId) return;
    // A fast pen makes several moves between two pictures of the screen.
    const moves = event.getCoalescedEvents?.() ?? [];
    this.stroke.points.push(...(moves.length ? moves : [event]).map((move) => this.pointOf(move)));
    this.change();
  }

  end(event) {
    if (this.stroke?.pointer !== event.pointerId) return;
    this.stroke = null;
    this.change();
  }

  pointOf(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const pressed = event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1;
    const scale = this.canvas.width / width;
    return { x: (event.clientX - left) * scale, y: ((event.clientY - top) * this.canvas.height) / height, width: this.tools.pen * pressed };
  }

  undo() {
    if (!this.done.length || this.stroke) return;
    this.done.pop();
    this.change();
  }

  clear() {
    if (!this.hasInk() || this.stroke) return;
    this.done.push({ empty: true });
    this.change();
  }

  hasInk() {
    return this.done.length > 0 && !this.done.at(-1).empty;
  }

  key(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.undo();
  }

  change() {
    this.repaint();
    this.root.setAttribute("aria-busy", "true"); // until the page has heard of it
    if (this.waiting) return;
    this.since = performance.now();
    this.waiting = setTimeout(() => this.report(), PAUSE);
  }

  repaint() {
    paint(this.context, this.done);
    this.tools.show({ canUndo: this.done.length > 0, canClear: this.hasInk() });
    this.root.classList.toggle("empty", !this.hasInk());
  }

  /** Tell the page, once it rests: a report would end the run that shows the answer to the one before. */
  report() {
    if (isRunning() && performance.now() - this.since < LONGEST) {
      this.waiting = setTimeout(() => this.report(), LOOK);
      return;
    }
    this.hurry();
  }

  /** Tell the page what has not been told, at once. */
  hurry() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.reports.make({ drawing: this.hasInk() ? this.canvas.toDataURL("image/png") : "" });
  }

  dispose() {
    clearTimeout(this.waiting);
    this.waiting = null; // where it comes to stand on the page again, it goes on reporting
    this.reports.dispose();
  }
}

function isRunning() {
  return ["running", "rerunRequested"].includes(document.querySelector("[data-test-script-state]")?.dataset.testScriptState);
}
