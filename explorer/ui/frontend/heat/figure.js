// One picture under heat: the two images, what is known at the place pointed at, the legend, and what can be taken away.

import { csvOf, save } from "../shared/save.js";

const STEP = 1 / 32; // of the picture, by an arrow key
const SAVED = 640; // pixels of the longer side, at least

export class HeatFigure {
  /** @param {(place: [number, number] | null) => void} point is told which place of the picture is pointed at, as shares of it */
  constructor(map, point) {
    Object.assign(this, { map, place: null });
    this.values = new Float32Array(Uint8Array.from(atob(map.values), (letter) => letter.charCodeAt(0)).buffer);
    this.base = image(map.base, `${map.title}: ${map.subtitle}`);
    this.overlay = image(map.overlay, "");
    this.mark = made("i", "mark");
    this.read = made("span", "read");
    this.read.setAttribute("aria-live", "polite");
    this.stage = made("div", "stage");
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "group");
    this.stage.setAttribute("aria-label", `${map.title}: arrow keys move the place that is read`);
    this.stage.style.aspectRatio = `${map.width} / ${map.height}`;
    this.stage.append(this.base, this.overlay, this.frame(), this.mark);
    this.root = made("figure", "");
    this.root.append(this.caption(), this.stage, this.legend(), this.tools());
    this.listen(point);
    this.point(null);
  }

  listen(point) {
    const at = ({ clientX, clientY }) => {
      const { left, top, width, height } = this.stage.getBoundingClientRect();
      point([within((clientX - left) / width), within((clientY - top) / height)]);
    };
    for (const kind of ["pointerdown", "pointermove"]) this.stage.addEventListener(kind, at);
    // A finger that is lifted leaves its mark.
    this.stage.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && point(null));
    this.stage.addEventListener("blur", () => point(null));
    this.stage.addEventListener("keydown", (event) => {
      const [across, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] ?? [];
      if (event.key === "Escape") point(null);
      if (across === undefined) return;
      event.preventDefault();
      const [x, y] = this.place ?? [0.5, 0.5];
      point([within(x + across * STEP), within(y + down * STEP)]);
    });
  }

  /** Under heat that covers half of it, the picture has lost its own colours: then a colour always means heat. */
  cover(strength) {
    Object.assign(this, { strength, grey: Math.min(1, 2 * strength) });
    this.base.style.filter = `grayscale(${this.grey})`;
    this.overlay.style.opacity = strength;
  }

  /** Mark a place, and say what is known there. */
  point(place) {
    this.place = place;
    this.mark.hidden = !place;
    if (!place) {
      this.read.textContent = "Point at a place to read its value.";
      return;
    }
    Object.assign(this.mark.style, { left: `${100 * place[0]}%`, top: `${100 * place[1]}%` });
    const value = this.valueAt(...place);
    this.read.textContent = value === null ? "Here: not seen by the network" : `Here: ${signed(value)} ${this.map.unit}`;
  }

  /** The value of the cell that a place lies in; null outside of the frame. */
  valueAt(x, y) {
    const { frame, rows, columns } = this.map;
    const [left, top, right, bottom] = frame;
    const [across, down] = [(x - left) / (right - left), (y - top) / (bottom - top)];
    if (across < 0 || across > 1 || down < 0 || down > 1) return null;
    const cell = (share, count) => Math.min(count - 1, Math.floor(share * count));
    return this.values[cell(down, rows) * columns + cell(across, columns)];
  }

  caption() {
    const caption = made("figcaption", "");
    caption.append(text("strong", this.map.title), text("span", this.map.subtitle));
    return caption;
  }

  /** What the network got to see of the picture; the rest is darkened. */
  frame() {
    const [left, top, right, bottom] = this.map.frame;
    const frame = made("i", "frame");
    Object.assign(frame.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%` });
    frame.hidden = left <= 0 && top <= 0 && right >= 1 && bottom >= 1;
    return frame;
  }

  legend() {
    const legend = made("div", "legend");
    const bar = made("i", "bar");
    bar.style.backgroundImage = `linear-gradient(to right, ${this.map.legend.map(([place, colour]) => `${colour} ${100 * place}%`).join(", ")})`;
    legend.append(text("span", signed(this.map.ends[0])), bar, text("span", `${signed(this.map.ends[1])} ${this.map.unit}`));
    return legend;
  }

  tools() {
    const tools = made("div", "tools");
    tools.append(this.read, button("PNG", "Save the picture as it is seen", () => this.savePicture()), button("CSV", "Save the values", () => this.saveValues()));
    return tools;
  }

  savePicture() {
    const scale = Math.max(1, SAVED / Math.max(this.map.width, this.map.height));
    const [width, height] = [this.map.width, this.map.height].map((side) => Math.round(side * scale));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.drawImage(this.base, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    turnGrey(pixels.data, this.grey);
    context.putImageData(pixels, 0, 0);
    context.globalAlpha = this.strength;
    context.drawImage(this.overlay, 0, 0, width, height);
    canvas.toBlob((blob) => save(blob, "image/png", `${this.map.filename}.png`), "image/png");
  }

  saveValues() {
    const { rows, columns, filename, unit } = this.map;
    const lines = Array.from(this.values, (value, at) => [Math.floor(at / columns), at % columns, value]);
    save(csvOf([["row", "column", unit], ...lines.slice(0, rows * columns)]), "text/csv", `${filename}.csv`);
  }
}

/** As CSS's grayscale() does it, which not every browser's canvas can. */
function turnGrey(data, share) {
  for (let at = 0; at < data.length; at += 4) {
    const grey = 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
    for (let channel = at; channel < at + 3; channel += 1) data[channel] += share * (grey - data[channel]);
  }
}

function signed(value) {
  const size = Math.abs(value);
  const digits = size && (size < 0.001 || size >= 1e5) ? size.toExponential(1) : String(Number(size.toPrecision(3)));
  return `${value < 0 ? "−" : ""}${digits}`;
}

function within(share) {
  return Math.min(1, Math.max(0, share));
}

function image(src, alt) {
  return Object.assign(document.createElement("img"), { src, alt, draggable: false });
}

function button(label, title, act) {
  const one = Object.assign(document.createElement("button"), { type: "button", textContent: label, title });
  one.addEventListener("click", act);
  return one;
}

function made(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}

function text(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}
