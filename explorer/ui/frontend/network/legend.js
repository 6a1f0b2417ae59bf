// Below the drawing: what its colours mean, and for an overlay with steps, the scrubber that plays them.

import { colourAt } from "./colours.js";
import { alike, amount } from "./overlay.js";

export const KINDS = { conv: "convolution", linear: "fully connected, attention", pool: "pooling", merge: "addition, concatenation", stage: "stage", other: "other" };
const BEAT = 350; // ms that a step is shown while playing
const SHADES = 16;

export class Legend {
  /**
   * @param {Element} root
   * @param {(index: number, rests: boolean) => void} goTo shows a step; `rests` unless the next one follows at once
   * @param {AbortSignal} signal ends the listening
   */
  constructor(root, goTo, signal) {
    this.goTo = goTo;
    this.legend = root.querySelector(".legend");
    this.steps = root.querySelector(".steps");
    [this.button, this.range, this.text] = ["button", "input", "output"].map((name) => this.steps.querySelector(name));
    this.range.addEventListener("input", () => this.pick(Number(this.range.value)), { signal });
  }

  /** The kinds of layers that are drawn. */
  showKinds({ nodes, lines }, marks) {
    const fills = new Set(nodes.map(({ node }) => node.fill));
    const parts = Object.keys(KINDS).filter((fill) => fills.has(fill)).map((fill) => swatch(`kind ${fill}`, KINDS[fill]));
    if (lines.some(({ shortcut }) => shortcut)) parts.push(swatch("stroke shortcut", "shortcut"));
    this.legend.replaceChildren(...parts, ...markParts(marks));
    this.stop();
    this.steps.hidden = true;
  }

  /** @param {import("./overlay.js").OverlayColours} colours */
  showOverlay(colours, marks) {
    const { overlay, scale, dark } = colours;
    const title = make("strong", "", overlay.label);
    title.title = overlay.note ?? "";
    const { none, noNumber } = colours.missing();
    const parts = [title, scale.range ? scaleBar(scale, overlay.label, overlay.unit, dark) : make("span", "faint", "no layer has a value")];
    if (colours.flows) parts.push(...flowParts(colours));
    if (none) parts.push(swatch("none", `${none} ${none === 1 ? "layer has" : "layers have"} no value`));
    if (noNumber) parts.push(swatch("nan", `${noNumber} not a number`));
    this.legend.replaceChildren(...parts, ...markParts(marks));
    this.steps.hidden = !overlay.steps || overlay.steps.length < 2;
    if (this.steps.hidden) return this.stop();
    this.count = overlay.steps.length;
    Object.assign(this.range, { max: this.count - 1, value: colours.step });
    this.text.textContent = overlay.steps[colours.step];
    this.range.setAttribute("aria-valuetext", `step ${overlay.steps[colours.step]}`);
    return undefined;
  }

  /** An overlay without values says what it is waiting for. */
  showWaiting({ label, note }) {
    this.legend.replaceChildren(make("strong", "", label), make("span", "", note));
    this.stop();
    this.steps.hidden = true;
  }

  pick(index) {
    this.stop();
    this.goTo(index, true);
  }

  /** Play from where it stands, from the start where it stands at the end; or pause. */
  play() {
    if (this.playing) return this.pick(Number(this.range.value));
    if (Number(this.range.value) === this.count - 1) this.goTo(0, false);
    this.playing = setInterval(() => {
      const next = Number(this.range.value) + 1;
      if (next === this.count - 1) this.stop();
      this.goTo(next, next === this.count - 1);
    }, BEAT);
    return this.showPlaying();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = undefined;
    this.showPlaying();
  }

  showPlaying() {
    this.button.textContent = this.playing ? "❚❚" : "▶";
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }
}

/** The colours from the smallest to the largest value, with round values where they lie. */
function scaleBar(scale, label, unit, dark) {
  const bar = make("span", "scale");
  const shades = Array.from({ length: SHADES + 1 }, (_, i) => colourAt(i / SHADES, dark));
  const ramp = make("span", "ramp");
  ramp.style.backgroundImage = `linear-gradient(to right, ${shades.join(", ")})`;
  const values = scale.ticks();
  const ticks = alike(values).map((words, i) => {
    const tick = make("span", "tick", `${words}${unit === "bytes" ? "B" : ""}`);
    tick.style.left = `${100 * scale.share(values[i])}%`;
    return tick;
  });
  ramp.append(...ticks);
  bar.append(ramp, make("span", "unit", unitWords(scale, unit)));
  const [least, most] = scale.range;
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `${label} from ${amount(least, unit)} to ${amount(most, unit)}, ${scale.isLog ? "log" : "linear"} scale`);
  return bar;
}

/** What stands beside a scale: "MACs, log". */
export function unitWords(scale, unit) {
  return [unit === "bytes" ? "" : unit, scale.isLog ? "log" : ""].filter(Boolean).join(", ");
}

/** What the lines of a drawing show, in words. */
export function flowWords(overlay) {
  return overlay.edge_label ? `lines: ${overlay.edge_label}, wider where larger` : "lines: what comes back along them, wider where larger";
}

/** The part of the legend about the lines, with their scale where it is another than the layers'. */
function flowParts(colours) {
  const { overlay, lineScale, scale, dark } = colours;
  const parts = [swatch("stroke flowing", flowWords(overlay))];
  if (lineScale !== scale && lineScale.range) parts.push(scaleBar(lineScale, overlay.edge_label, "", dark));
  return parts;
}

function markParts(marks) {
  return [...(marks ?? [])].map((mark) => swatch(`mark ${mark}`, mark));
}

function swatch(name, text) {
  const made = make("span", "entry");
  made.append(make("i", `swatch ${name}`), text);
  return made;
}

function make(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}
