// Where the reader looks at a drawing from: scale and offset of one <g> (and of what moves above it), moved by mouse, wheel, touch and keyboard.

const CLICK_TRAVEL = 4; // pixels that a hand may tremble between pressing and letting go
const READABLE = 0.7; // a first look shrinks text to this share of its size
const LEGIBLE = 0.55; // or a little less, where that shows the whole width
const NEARLY = 0.8; // and a peer that is this near to it does not lose its end for being wider than the others
const LARGEST_FIT = 1.4;
const LARGEST = 6;
const MARGIN = 16; // pixels around the drawing
const KEPT = 48; // pixels of the drawing that stay in sight wherever it is pushed
const GLIDE = 180; // ms

export class Camera {
  /**
   * @param {SVGSVGElement} canvas what is looked through
   * @param {SVGGElement[]} scenes what is moved
   * @param {AbortSignal} signal ends the listening
   */
  constructor(canvas, scenes, signal) {
    Object.assign(this, { canvas, scenes, scale: 1, x: 0, y: 0, size: [1, 1], known: [1, 1], moved: false, whole: false });
    this.pointers = new Map();
    this.moves = () => {}; // told of every new place
    this.peers = () => []; // cameras that move in step
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false, signal });
    canvas.addEventListener("pointerdown", (event) => this.press(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.drag(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.letGo(event), { signal });
  }

  /** Show all of the drawing, or with `readable` its beginning at a size that can be read. Peers take the smallest scale of all. */
  fit(readable = false, glide = true) {
    const group = [this, ...this.peers()];
    const least = Math.min(...group.map((one) => one.fitted(readable)));
    const across = Math.min(...group.map((one) => one.widest()));
    const scale = across < least && across > NEARLY * least ? across : least;
    for (const one of group) one.fitAt(scale, glide);
  }

  fitted(readable) {
    const [width, height] = this.room();
    const whole = Math.min((width - 2 * MARGIN) / this.size[0], (height - 2 * MARGIN) / this.size[1], LARGEST_FIT);
    if (!readable) return whole;
    return Math.max(whole, this.widest() < LEGIBLE ? READABLE : Math.min(READABLE, this.widest()));
  }

  fitAt(scale, glide) {
    const [width, height] = this.room();
    const x = Math.max((width - this.size[0] * scale) / 2, MARGIN);
    // Cameras that move in step begin side by side.
    const y = this.peers().length ? MARGIN : Math.max((height - this.size[1] * scale) / 2, MARGIN);
    const whole = scale <= this.fitted(false) * 1.001;
    this.to({ scale, x, y }, glide, () => (this.whole = whole));
  }

  /** How high a canvas of this width has to be for `fit` to leave nothing empty above and below. */
  height(readable = false) {
    return this.size[1] * Math.max(this.widest(), readable ? READABLE : 0) + 2 * MARGIN;
  }

  /** The scale at which the drawing is as wide as the canvas. */
  widest() {
    return Math.min((this.room()[0] - 2 * MARGIN) / this.size[0], LARGEST_FIT);
  }

  /** Width and height of the canvas, as `measure` found them: asking the browser each time would make it lay out its document. */
  room() {
    return this.known;
  }

  measure() {
    this.known = [this.canvas.clientWidth || 1, this.canvas.clientHeight || 1];
  }

  /** Around a place on the canvas, its middle unless told. */
  zoom(factor, x = this.room()[0] / 2, y = this.room()[1] / 2) {
    const least = Math.min(0.5 * this.fitted(false), 0.5);
    const ratio = Math.min(Math.max(this.scale * factor, least), LARGEST) / this.scale;
    this.shift(ratio, x * (1 - ratio), y * (1 - ratio));
  }

  move(dx, dy) {
    this.shift(1, dx, dy);
  }

  /** Every camera of the group goes from place p to ratio * p + (dx, dy). */
  shift(ratio, dx, dy) {
    for (const [one, goal] of inStep([this, ...this.peers()], ratio, dx, dy)) one.place(goal);
  }

  /** By itself: what was seen at one place of the drawing and now is at another stays where it was seen. */
  follow(before, after) {
    const [[, goal]] = inStep([this], 1, (before.x - after.x) * this.scale, (before.y - after.y) * this.scale);
    this.place(goal);
  }

  /** Move as little as shows a box of the drawing; one that is larger than the canvas shows its beginning. */
  reveal({ x, y, w, h }) {
    const [width, height] = this.room();
    const [left, top] = [this.x + x * this.scale, this.y + y * this.scale];
    const step = (low, high, room) => {
      if (low <= 0 && high >= room) return 0;
      const margin = Math.min(32, room / 6);
      return low < margin || high - low > room - 2 * margin ? margin - low : Math.min(0, room - margin - high);
    };
    const inside = left >= 0 && top >= 0 && left + w * this.scale <= width && top + h * this.scale <= height;
    if (inside) return;
    const [dx, dy] = [step(left, left + w * this.scale, width), step(top, top + h * this.scale, height)];
    for (const [one, goal] of inStep([this, ...this.peers()], 1, dx, dy)) one.to(goal);
  }

  /** What of the drawing is in sight, as left, top, right, bottom. */
  sight() {
    const [width, height] = this.room();
    return [-this.x / this.scale, -this.y / this.scale, (width - this.x) / this.scale, (height - this.y) / this.scale];
  }

  sees({ x, y, w, h }) {
    const [left, top, right, bottom] = this.sight();
    return x + w > left && x < right && y + h > top && y < bottom;
  }

  /** The place of the drawing in the middle of the canvas. */
  middle() {
    const [left, top, right, bottom] = this.sight();
    return [(left + right) / 2, (top + bottom) / 2];
  }

  /** The place of the drawing under the pointer. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left - this.x) / this.scale, (event.clientY - box.top - this.y) / this.scale];
  }

  /** Go there, gliding unless the reader's system asks for stillness. */
  to(goal, glide = true, arrived = () => {}) {
    cancelAnimationFrame(this.gliding);
    const [from, start] = [{ scale: this.scale, x: this.x, y: this.y }, performance.now()];
    const step = (now) => {
      const share = Math.min(1, Math.max(0, now - start) / GLIDE);
      const eased = 1 - (1 - share) ** 3;
      const between = (name) => from[name] + (goal[name] - from[name]) * eased;
      this.place(share < 1 ? { scale: between("scale"), x: between("x"), y: between("y") } : goal, true);
      if (share < 1) this.gliding = requestAnimationFrame(step);
      else arrived();
    };
    step(glide && !this.still.matches ? start : start + GLIDE);
  }

  place({ scale, x, y }, gliding = false) {
    if (!gliding) cancelAnimationFrame(this.gliding);
    Object.assign(this, { scale, x, y, whole: false });
    for (const scene of this.scenes) scene.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
    this.moves();
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
    if (!this.pointers.size) this.moved = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** One pointer drags; two drag with their middle and zoom with their distance. */
  drag(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return undefined;
    // It was let go of where nobody heard it: outside the canvas.
    if (!event.buttons) return this.letGo(event);
    const travel = Math.hypot(event.clientX - pointer.x, event.clientY - pointer.y);
    if (!this.moved && this.pointers.size === 1 && travel < CLICK_TRAVEL) return undefined;
    if (!this.moved) {
      // Only now, so that a click still reaches the node under the pointer.
      for (const id of this.pointers.keys()) this.canvas.setPointerCapture(id);
      this.canvas.classList.add("dragging");
      this.moved = true;
    }
    const before = grip([...this.pointers.values()]);
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    const after = grip([...this.pointers.values()]);
    const box = this.canvas.getBoundingClientRect();
    if (this.pointers.size === 2 && before.spread) this.zoom(after.spread / before.spread, before.x - box.left, before.y - box.top);
    this.move(after.x - before.x, after.y - before.y);
    return undefined;
  }

  letGo(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.canvas.classList.remove("dragging");
  }
}

/**
 * Where each of some cameras is after going from place p to ratio * p + (dx, dy), all by the same (dx, dy): that is held
 * back only where none would have its drawing in sight, so that they keep their distances.
 */
function inStep(cameras, ratio, dx, dy) {
  const held = (wanted, axis, name) => {
    const starts = cameras.map((one) => one[name] * ratio);
    const least = Math.min(...cameras.map((one, i) => KEPT - one.size[axis] * one.scale * ratio - starts[i]));
    const most = Math.max(...cameras.map((one, i) => one.room()[axis] - KEPT - starts[i]));
    return Math.min(Math.max(wanted, least), most);
  };
  const [x, y] = [held(dx, 0, "x"), held(dy, 1, "y")];
  return cameras.map((one) => [one, { scale: one.scale * ratio, x: one.x * ratio + x, y: one.y * ratio + y }]);
}

/** The middle of one or two pointers and their distance. */
function grip([one, other = one]) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, spread: Math.hypot(one.x - other.x, one.y - other.y) };
}
