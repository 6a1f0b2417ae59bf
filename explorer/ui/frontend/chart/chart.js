// The chart component: Plotly.react on every tick, with the reader's view put back into each new figure.

import { csv, plain } from "./data.js";
import { background, template } from "./theme.js";
import { apply, axes, follow, recordRanges, recordVisible, reset, switchScale, viewOf } from "./view.js";
import { component } from "../shared/component.js";
import { save } from "../shared/save.js";

const plotly = load(new URL("./plotly.min.js", import.meta.url));
const NOT_LOADED = "This chart cannot be drawn: its script plotly.min.js did not load. Reload the page; its data can be saved as CSV.";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "autosize" };

export default component((parent) => new Chart(parent.querySelector(".explorer-chart")));

class Chart {
  constructor(root) {
    this.root = root;
    this.plot = root.querySelector(".explorer-chart-plot");
    this.tools = tools(root.querySelector(".explorer-chart-tools"), this);
    this.held = false;
    this.listening = new AbortController();
    const { signal } = this.listening;
    // A figure that arrives in the middle of a drag waits for its end: redrawing would tear the zoom box away.
    this.plot.addEventListener("pointerdown", () => (this.held = true), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, () => setTimeout(() => this.release(), 50), { signal });
    }
    this.plot.addEventListener("keydown", (event) => this.key(event), { signal });
    this.resizing = new ResizeObserver(() => this.drawn && this.plot.clientWidth && window.Plotly.Plots.resize(this.plot));
    this.resizing.observe(this.plot);
  }

  /** @param {Uint8Array} bytes what components/chart.py wrote, JSON in UTF-8 */
  show(bytes) {
    if (this.shows(bytes)) return;
    const data = (this.data = JSON.parse(new TextDecoder().decode(bytes)));
    this.view = viewOf(data.key, data.view, data.tells);
    this.plot.style.height = `${data.height}px`;
    if (!this.held) this.draw();
  }

  /** Whether the drawing would come out as it is: many a tick brings nothing new, and drawing is what costs most. */
  shows(bytes) {
    const colour = getComputedStyle(this.root.querySelector("figcaption")).color;
    const same = colour === this.colour && bytes.length === this.bytes?.length && bytes.every((byte, i) => byte === this.bytes[i]);
    Object.assign(this, { colour, bytes });
    return same;
  }

  async draw() {
    const { data, view } = this;
    const Plotly = await plotly.catch(() => null);
    // The element may have left the page, or a newer figure come, while Plotly was loading.
    if (this.data !== data || !this.root.isConnected) return;
    const figure = JSON.parse(data.figure);
    this.figure = JSON.parse(data.figure);
    const { layout } = figure;
    this.caption(layout.title);
    if (!Plotly) return this.plot.replaceChildren(NOT_LOADED);
    if (data.tells) follow(view, layout);
    apply(view, data.key, figure);
    layout.template = template(this.root.querySelector("figcaption"));
    layout.autosize = true;
    // The title stands above the drawing; the titles of subplots are annotations, which need their room.
    layout.margin = { ...layout.margin, t: layout.annotations?.length ? 30 : 12 };
    for (const name of ["title", "width", "height"]) delete layout[name];
    await Plotly.react(this.plot, figure.data, layout, CONFIG);
    if (!this.drawn) this.listen();
    this.state();
  }

  listen() {
    this.drawn = true;
    this.plot.on("plotly_relayout", (changes) => recordRanges(this.view, this.plot.layout, changes));
    this.plot.on("plotly_restyle", () => recordVisible(this.view, this.plot.data));
  }

  caption(title) {
    const [heading, note] = this.root.querySelectorAll(".explorer-chart-text > *");
    heading.textContent = plain(title?.text);
    note.textContent = plain(title?.subtitle?.text);
    this.plot.setAttribute("role", "group");
    this.plot.setAttribute("aria-label", `${heading.textContent}. Arrow keys move, plus and minus zoom, 0 fits.`);
  }

  /** Show on the buttons what the view is. */
  state() {
    this.tools.y.textContent = this.data.logAxes === "xy" ? "Log y" : "Log";
    for (const letter of ["x", "y"]) {
      this.tools[letter].hidden = !this.data.logAxes.includes(letter);
      this.tools[letter].setAttribute("aria-pressed", String(this.isLog(letter)));
    }
    this.tools.pan.setAttribute("aria-pressed", String(this.view.tool === "pan"));
  }

  isLog(letter) {
    return this.view.log[letter] ?? this.figure?.layout[`${letter}axis`]?.type === "log";
  }

  release() {
    if (!this.held) return;
    this.held = false;
    if (this.drawn) this.draw();
  }

  key(event) {
    if (!this.drawn || event.target !== this.plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowLeft: ["x", -0.1], ArrowRight: ["x", 0.1], ArrowDown: ["y", -0.1], ArrowUp: ["y", 0.1] }[event.key];
    if (move) this.shift(...move);
    else if (event.key === "+" || event.key === "=") this.zoom(0.8);
    else if (event.key === "-") this.zoom(1.25);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  shift(letter, share) {
    this.ranges(letter, ([low, high]) => [low + share * (high - low), high + share * (high - low)]);
  }

  zoom(factor) {
    this.ranges("", ([low, high]) => {
      const [centre, half] = [(low + high) / 2, ((high - low) / 2) * factor];
      return [centre - half, centre + half];
    });
  }

  /** Set each axis whose name starts with `letter` to what `next` makes of its range. */
  ranges(letter, next) {
    const { layout } = this.plot;
    const names = axes(layout).filter((name) => name.startsWith(letter) && typeof layout[name].range?.[0] === "number");
    window.Plotly.relayout(this.plot, Object.fromEntries(names.map((name) => [`${name}.range`, next(layout[name].range)])));
  }

  fit() {
    this.view.ranges = {};
    this.view.resets += 1;
    this.draw();
  }

  reset() {
    reset(this.view);
    this.draw();
  }

  switchLog(letter) {
    switchScale(this.view, letter, !this.isLog(letter));
    this.draw();
    // A word before the axes, for no axis at all must be told too.
    if (this.data.tells) this.tell("log", `log ${["x", "y"].filter((each) => this.isLog(each)).join("")}`);
  }

  switchPan() {
    this.view.tool = this.view.tool === "pan" ? "zoom" : "pan";
    this.draw();
  }

  /** @param {"png" | "svg"} format */
  async savePicture(format) {
    if (!this.drawn) return;
    const Plotly = await plotly;
    const { title } = this.figure.layout;
    const layout = { ...this.plot.layout, title, paper_bgcolor: background(this.root), margin: { t: 72, r: 24, b: 56, l: 64 } };
    const { clientWidth: width, clientHeight: height } = this.plot;
    const options = { format, filename: this.data.filename, width, height: height + 60, scale: format === "png" ? 2 : 1 };
    await Plotly.downloadImage({ data: this.plot.data, layout }, options);
  }

  saveData() {
    save(csv(this.figure), "text/csv", `${this.data.filename}.csv`);
  }

  dispose() {
    this.listening.abort();
    this.resizing.disconnect();
    if (this.drawn) window.Plotly.purge(this.plot);
  }
}

function tools(bar, chart) {
  bar.replaceChildren();
  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.title = label;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    bar.append(made);
    return made;
  };
  return {
    x: button("Log x", "Logarithmic x axis", () => chart.switchLog("x")),
    y: button("Log", "Logarithmic y axis", () => chart.switchLog("y")),
    pan: button("Pan", "Drag moves the chart instead of zooming", () => chart.switchPan()),
    reset: button("Reset", "Show everything again", () => chart.reset()),
    png: button("PNG", "Save the picture", () => chart.savePicture("png")),
    svg: button("SVG", "Save the drawing, as lines that stay sharp", () => chart.savePicture("svg")),
    csv: button("CSV", "Save the data of this chart", () => chart.saveData()),
  };
}

/** Plotly as a classic script: it registers itself as window.Plotly. */
function load(url) {
  return new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`Could not load ${url}`));
    document.head.append(script);
  });
}
