// Painting a drawing: of what is in sight only, with fewer details the smaller it is seen, so that the document stays small.

import { clipped } from "./clip.js";
import { headsOf, isSpeck } from "./drawing.js";
import { boxElement, element, entryElement, headline, nodeElement, rectangle, setAttributes } from "./shapes.js";

const TEXT_FROM = 0.5; // the scale from which labels of 11 units can be read
const SMALL_TEXT_FROM = 0.6; // and the smaller words beside them
const HEADS_FROM = 0.3; // and the heads of lines seen
const LINE_FROM = 1.5; // pixels: shorter lines are not drawn
const FEW = 400; // nodes that are elements of their own though their text cannot be read
const MANY = 600; // nodes that are too many for elements of their own
const BESIDE = [0.3, 0.1]; // how much more than the canvas is painted on every side, in its own size; less where that is too much
const IDLE = 2; // times as long as a painting took until the next one
const PATIENCE = 80; // ms, but no longer than that
const HEADLINE = 12; // pixels that a stage's name keeps on screen
const LEAST_WIDTH = 0.6; // pixels, of a line's own width, that are left of it from far
const CASING = 1.3; // how much wider the edge of a coloured line is
const BEAT = 1200; // ms in which a pulse moves on to the place of the next, as the style sheet says
const LAYERS = ["boxes", "specks", "lines", "flows", "heads", "halos", "nodes", "badges"];

export class Painter {
  /**
   * @param {import("./camera.js").Camera} camera
   * @param {SVGGElement} scene
   * @param {SVGGElement} [pulses] what moves, in a picture of its own: the browser need not paint the drawing again for it
   */
  constructor(camera, scene, pulses) {
    Object.assign(this, { camera, pulses });
    for (const name of LAYERS) this[name] = scene.appendChild(element("g", { class: name }));
    this.colours = undefined; // of overlay.js: `of` a node, `mean` of many, `line` of a line
    this.most = MANY;
    this.alone = new Set(); // ids of nodes that are elements of their own however small they are
    this.painted = () => {}; // told when elements came and went
    this.clear();
  }

  clear() {
    for (const layer of [...LAYERS, "pulses"]) this[layer]?.replaceChildren();
    Object.assign(this, { drawing: undefined, drawn: new Map(), region: undefined, paintedAt: 0, cost: 0 });
  }

  /** The camera moved: paint only when it left what was painted, or sees it in another size. */
  look() {
    if (!this.region) return;
    const [left, top, right, bottom] = this.camera.sight();
    const [l, t, r, b] = this.region;
    const { width, height } = this.drawing;
    const inside = Math.max(left, 0) >= l && Math.max(top, 0) >= t && Math.min(right, width) <= r && Math.min(bottom, height) <= b;
    if (!inside || this.detailsAt(this.camera.scale).key !== this.details.key) this.later();
  }

  /** At the next frame, or a little later where painting takes long: moving goes before painting. */
  later() {
    if (this.pending) return;
    const rest = this.paintedAt + Math.min(IDLE * this.cost, PATIENCE) - performance.now();
    this.pending = setTimeout(() => requestAnimationFrame(() => this.paint()), Math.max(0, rest));
  }

  /** What is shown at a scale. While the key stays the same, zooming repaints nothing; while the look does, elements stay. */
  detailsAt(scale) {
    const [text, small, heads] = [scale >= TEXT_FROM, scale >= SMALL_TEXT_FROM, scale >= HEADS_FROM];
    // Which groups are seen as one rectangle depends on the exact scale: a step for every quarter more.
    const step = text ? 0 : Math.round(Math.log(scale) / Math.log(1.25));
    return { text, small, heads, look: [text, small].join(), key: [text, small, heads, step].join() };
  }

  paint() {
    clearTimeout(this.pending);
    this.pending = undefined;
    if (!this.drawing) return;
    const start = performance.now();
    const { scale } = this.camera;
    this.details = this.detailsAt(scale);
    this.choose();
    [this.before, this.drawn] = [this.drawn, new Map()];
    const specks = this.paintBoxes(scale);
    this.paintNodes(specks);
    this.paintLines(scale, specks);
    for (const [id, one] of this.before) if (this.drawn.get(id) !== one) one.remove();
    this.before = undefined;
    this.painted();
    this.paintedAt = performance.now();
    this.cost = this.paintedAt - start;
  }

  /** What part of the drawing is painted, and whether its nodes are so many that they go without their texts. */
  choose() {
    const [left, top, right, bottom] = this.camera.sight();
    for (const share of BESIDE) {
      const [dx, dy] = [(right - left) * share, (bottom - top) * share];
      this.region = [left - dx, top - dy, right + dx, bottom + dy];
      this.each = this.details.text && this.drawing.nodes.filter((node) => this.sees(node)).length <= this.most;
      if (this.each || !this.details.text) return;
    }
  }

  sees({ x, y, w, h }) {
    const [left, top, right, bottom] = this.region;
    return x + w >= left && x <= right && y + h >= top && y <= bottom;
  }

  /** Every box in sight; returns the ids of those that are seen as one rectangle, and of all within them. */
  paintBoxes(scale) {
    const [specks, paths] = [new Set(), new Map()];
    for (const box of this.drawing.boxes) {
      if (specks.has(box.parent)) specks.add(box.id);
      else if (isSpeck(box, scale)) {
        specks.add(box.id);
        if (this.sees(box)) gather(paths, this.colours.mean(this.drawing.inside(box)), rectangle(box));
      } else if (this.sees(box)) {
        this.keep(box.id, this.boxes, () => boxElement(box, this.details));
        if (box.kind === "stage" && !this.details.text) this.fresh(`headline ${box.id}`, this.boxes, headline(box, scale, HEADLINE));
      }
    }
    this.merge("speck", this.specks, paths);
    return specks;
  }

  paintNodes(specks) {
    const seen = this.drawing.nodes.filter((node) => (this.alone.has(node.id) || !specks.has(node.box)) && this.sees(node));
    const each = this.each || seen.length <= FEW;
    const paths = new Map();
    for (const node of seen) {
      const colour = this.colours.of(node);
      if (each || this.alone.has(node.id)) this.dye(this.keep(node.id, this.nodes, () => nodeElement(node, this.details)), colour);
      else gather(paths, colour?.fill ?? node.node.fill, rectangle(node));
    }
    this.merge("far", this.specks, paths);
    for (const [index, entry] of this.each ? (this.drawing.entries ?? []).entries() : [])
      if (this.sees(entry)) this.keep(`entry ${index}`, this.nodes, () => entryElement(entry));
  }

  dye(one, colour) {
    one.classList.toggle("dyed", Boolean(colour));
    one.style.setProperty("--fill", colour?.fill ?? "");
    one.style.setProperty("--ink", colour?.ink ?? "");
  }

  /** All lines of a kind are one path, their heads another; where colours are theirs, all that look the same. */
  paintLines(scale, specks) {
    const [own, coloured] = [new Map(), new Map()];
    for (const line of this.drawing.lines) {
      if (specks.has(line.box) || !this.sees(line) || Math.max(line.w, line.h) * scale < LINE_FROM) continue;
      const kind = line.shortcut ? "shortcut" : "plain";
      const look = this.colours.line(line);
      if (look) gather(coloured, `${look.name} ${kind}`, { line, look });
      else gather(own, kind, line);
    }
    for (const kind of ["plain", "shortcut"]) {
      const lines = own.get(kind) ?? [];
      this.path(`line ${kind}`, this.lines, pathOf(lines));
      if (this.details.heads) this.path(`head ${kind}`, this.lines, lines.map(headsOf).join(""));
    }
    for (const [name, lines] of coloured) this.paintFlow(name, lines.map(({ line }) => line), lines[0].look, scale);
  }

  /** Lines of one colour: their edge, themselves, what moves on them, and their heads. */
  paintFlow(name, lines, { stroke, ink, width }, scale) {
    const d = pathOf(lines);
    const wide = Math.max(width, (LEAST_WIDTH * width) / scale);
    const style = { "--stroke": stroke, "--pulse": ink, "--wide": wide, "--cased": wide + CASING / Math.min(1, scale) };
    const parts = [this.path(`flow ${name}`, this.flows, d)];
    if (this.details.heads) {
      parts.push(this.path(`casing ${name}`, this.lines, d), this.path(`flow head ${name}`, this.heads, lines.map(headsOf).join("")));
      if (this.pulses) parts.push(this.pulse(name, lines));
    }
    for (const part of parts) for (const [property, value] of Object.entries(style)) part?.style.setProperty(property, value);
  }

  /** What moves along lines of one colour. All pulses keep step, whenever they came to be. */
  pulse(name, lines) {
    const one = this.path(`pulse ${name}`, this.pulses, lines.map((line) => clipped(line, this.region)).join(""));
    if (one) one.style.animationDelay ||= `${-Math.round(performance.now() % BEAT)}ms`;
    return one;
  }

  /** The element of this id from the painting before where it still shows the right details, else a new one. */
  keep(id, layer, make) {
    const old = this.before.get(id);
    const one = old?.look === this.details.look ? old : this.fresh(id, layer, make());
    one.look = this.details.look;
    this.drawn.set(id, one);
    return one;
  }

  fresh(id, layer, one) {
    layer.append(one);
    this.drawn.set(id, one);
    return one;
  }

  /** One path, known by the names of its classes. */
  path(name, layer, d) {
    if (!d) return undefined;
    const one = this.before?.get(name) ?? this.drawn.get(name) ?? layer.appendChild(element("path", { class: name }));
    setAttributes(one, { d });
    this.drawn.set(name, one);
    return one;
  }

  /** A path for each colour: the name of a kind's fill, or a colour of an overlay. */
  merge(name, layer, paths) {
    for (const [fill, parts] of paths) {
      const isKind = /^[a-z]+$/.test(fill);
      const one = this.path(`${name} ${isKind ? fill : `dyed ${fill}`}`, layer, parts.join(""));
      if (!isKind) one.style.setProperty("--fill", fill);
    }
  }
}

function gather(groups, key, one) {
  if (!groups.has(key)) groups.set(key, []);
  groups.get(key).push(one);
}

function pathOf(lines) {
  return lines.map(({ path }) => path).join("");
}
