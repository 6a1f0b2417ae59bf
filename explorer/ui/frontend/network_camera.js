// Where the reader looks at a drawing from: scale and offset of one <g>, moved by mouse, wheel, touch and keyboard.

const CLICK_TRAVEL = 4; // pixels that a hand may tremble between pressing and letting go
const READABLE = 0.7; // a first look does not shrink text below this share of its size
const LARGEST_FIT = 1.5;
const MARGIN = 16; // pixels around the drawing
const TOP = 56; // pixels: the margin above, where the buttons stand

export class Camera {
  /**
   * @param {SVGSVGElement} canvas what is looked through
   * @param {SVGGElement} scene what is moved
   * @param {AbortSignal} signal ends the listening
   */
  constructor(canvas, scene, signal) {
    Object.assign(this, { canvas, scene, scale: 1, x: 0, y: 0, size: [1, 1], moved: false, whole: false });
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false, signal });
    canvas.addEventListener("pointerdown", (event) => this.press(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.drag(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.letGo(), { signal });
  }

  /** Show all of the drawing, or with `readable` its beginning at a size that can be read. */
  fit(readable = false) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const whole = Math.min(this.widest(), (height - TOP - MARGIN) / this.size[1]);
    this.scale = readable ? Math.max(whole, READABLE) : whole;
    this.x = Math.max((width - this.size[0] * this.scale) / 2, MARGIN);
    this.y = TOP + Math.max((height - TOP - MARGIN - this.size[1] * this.scale) / 2, 0);
    this.place();
    this.whole = this.scale === whole;
  }

  /** How high a canvas of this width has to be for `fit` to leave nothing empty above and below. */
  height(readable = false) {
    return this.size[1] * Math.max(this.widest(), readable ? READABLE : 0) + TOP + MARGIN;
  }

  /** The scale at which the drawing is as wide as the canvas. */
  widest() {
    return Math.min((this.canvas.clientWidth - 2 * MARGIN) / this.size[0], LARGEST_FIT);
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(Math.max(this.scale * factor, 0.02), 8);
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.place();
  }

  move(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.place();
  }

  /** Move as little as shows the element; one that is larger than the canvas shows its beginning. */
  reveal(element) {
    const view = this.canvas.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const step = (low, high, from, to) => (low < from || high - low > to - from ? from - low : Math.min(0, to - high));
    const margin = 24;
    const inside = box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
    const covers = box.left <= view.left && box.right >= view.right && box.top <= view.top && box.bottom >= view.bottom;
    if (inside || covers) return;
    this.move(
      step(box.left, box.right, view.left + margin, view.right - margin),
      step(box.top, box.bottom, view.top + margin, view.bottom - margin),
    );
  }

  place() {
    this.whole = false;
    this.scene.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
  }

  wheel(event) {
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    // A pinch on a touchpad comes as small wheel steps with ctrl.
    this.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
  }

  press(event) {
    if (event.button !== 0) return;
    this.pressed = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
    this.moved = false;
  }

  drag(event) {
    if (!this.pressed || event.pointerId !== this.pressed.pointer) return;
    const [dx, dy] = [event.clientX - this.pressed.x, event.clientY - this.pressed.y];
    if (!this.moved && Math.hypot(dx, dy) < CLICK_TRAVEL) return;
    if (!this.moved) {
      // Only now, so that a click still reaches the node under the pointer.
      this.canvas.setPointerCapture(event.pointerId);
      this.canvas.classList.add("dragging");
      this.moved = true;
    }
    Object.assign(this.pressed, { x: event.clientX, y: event.clientY });
    this.move(dx, dy);
  }

  letGo() {
    this.pressed = undefined;
    this.canvas.classList.remove("dragging");
  }
}
