// The network view: lays a network out as far as it is opened, shows it, and tells the page what its reader did.

import { component } from "../shared/component.js";
import { Camera } from "./camera.js";
import { Card } from "./card.js";
import { isDark } from "./colours.js";
import { NetworkDrawing } from "./drawing.js";
import { Graph } from "./graph.js";
import { layout } from "../layout/layout.js";
import { Legend } from "./legend.js";
import { Lights, marksOf } from "./lights.js";
import { join, leave, peersOf } from "./link.js";
import { dressed, measured } from "./measure.js";
import { Motion } from "./motion.js";
import { KINDS, OverlayColours } from "./overlay.js";
import { Painter } from "./paint.js";
import { Reader } from "./reader.js";
import { isOther, shapeFor } from "./shape.js";
import { inSlices } from "./slices.js";
import { Told } from "./told.js";
import { Tools } from "./tools.js";

const TELL_AFTER = 250; // ms: the page hears where a walk or a double click ends
const RESHAPE_AFTER = 200; // ms without another change of size
const READABLE = 0.5; // a drawing seen whole is fitted again after opening a group where that leaves it this large

export default component((parent) => new NetworkView(parent.querySelector(".view")));

class NetworkView {
  constructor(root) {
    this.root = root;
    [this.canvas, this.stage] = [root.querySelector(".canvas"), root.querySelector(".stage")];
    this.listening = new AbortController();
    const { signal } = this.listening;
    const scene = root.querySelector(".camera");
    const pulses = root.querySelector(".pulses");
    this.camera = new Camera(this.canvas, [scene, pulses], signal);
    this.painter = new Painter(this.camera, scene, pulses);
    this.lights = new Lights(this.painter);
    this.card = new Card(root);
    this.reader = new Reader(this, signal);
    this.tools = new Tools(root, (name, argument) => this.reader.act(name, argument), signal);
    this.legend = new Legend(root, (index, rests) => this.goTo(index, rests), signal);
    this.motion = new Motion(root);
    this.told = new Told((report) => this.tell("report", report));
    this.state = this.told.state;
    this.camera.moves = () => this.moved();
    this.camera.peers = () => peersOf(this).map((peer) => peer.camera);
    this.colours = KINDS;
    this.sizing = new ResizeObserver(() => this.resized());
    this.sizing.observe(this.stage);
  }

  // --- What the page says, and is told -----------------------------------------------------------------------------

  show(data) {
    const { heights, label, flow, link, graph } = data;
    Object.assign(this, { heights, flow });
    this.stage.style.height ||= `${heights[0]}px`;
    this.canvas.setAttribute("aria-label", `${label}. Arrow keys move and walk, plus and minus zoom, Space fits, ? lists all keys.`);
    if (link !== this.link) join(link, this);
    const isOther = graph !== this.text;
    if (isOther) this.takeNetwork(graph);
    const news = this.told.hear(data, isOther);
    this.takeText("overlays", data.overlays, () => (this.colouring = undefined));
    this.takeText("marks", data.marks, () => (this.marked = undefined));
    if (isOther || "detail" in news || "toggled" in news) this.layOut({ isFirst: isOther, level: "detail" in news, keep: this.middle() });
    // A page lights up in one view what was picked in another: going there would move that one away from its reader.
    else if (this.drawing) this.refresh("select" in news && !this.link);
  }

  /** The old drawing goes at once: what would be pointed at there is not of this network. */
  takeNetwork(text) {
    this.text = text;
    this.graph = new Graph(JSON.parse(text));
    this.indexOf = new Map(this.graph.layers.map(({ name }, index) => [name, index]));
    this.legend.stop();
    this.reader.rest();
    this.painter.clear();
    Object.assign(this, { drawing: undefined, fitted: false, shown: undefined, colouring: undefined, marked: undefined });
  }

  takeText(name, text, changed) {
    if (this[`${name}Text`] === text) return;
    Object.assign(this, { [`${name}Text`]: text, [name]: JSON.parse(text) });
    changed();
  }

  /** Change what is shown but not what is opened, and tell the page of it. */
  change(values, { reveal = false, wait = TELL_AFTER } = {}) {
    this.told.report(values, wait);
    this.refresh(reveal);
  }

  /** Change what is opened. */
  open(values, { tell = true, ...how } = {}) {
    if (!tell) Object.assign(this.state, values);
    else this.told.report(values, TELL_AFTER);
    this.layOut(how);
  }

  // --- Layout ------------------------------------------------------------------------------------------------------

  /**
   * Lay out what is opened now, in slices, and show it once it is done.
   * @param {{isFirst?: boolean, level?: boolean, keep?: (drawing: NetworkDrawing) => object}} how `level`: all of the
   *   network was opened further; `keep` finds in either drawing the item that stays where it is on the screen
   */
  async layOut(how) {
    this.job?.abort();
    const job = (this.job = new AbortController());
    const { detail, toggled } = this.state;
    this.tools.showDetail(detail);
    this.tools.showFailure(false);
    const done = await this.laidOut(job).catch((error) => this.job === job && this.fail(error));
    if (this.job !== job) return;
    this.stopWork();
    this.take(new NetworkDrawing(done), how);
    this.shown = { detail, toggled };
  }

  async laidOut(job) {
    await dressed(this.root);
    if (this.job !== job) return undefined;
    const open = this.graph.opened(this.state.detail, this.state.toggled.split(","));
    this.shape = this.shapeNow();
    const work = layout(this.graph, (id) => open.has(id), { ...this.shape, measure: measured(this.root) });
    const progress = (share) => this.job === job && this.tools.showProgress(share);
    return inSlices(work, { signal: job.signal, progress });
  }

  shapeNow() {
    const height = this.isFull() ? this.stage.clientHeight : this.heights[1];
    return shapeFor(this.flow, this.stage.clientWidth, height);
  }

  isFull() {
    return this.root.matches(":fullscreen");
  }

  /** Call the layout off: what was opened before is so again; where nothing was, the least is. */
  cancel() {
    if (!this.job) return;
    this.stopWork();
    const before = this.shown ?? { detail: "stages", toggled: "" };
    this.told.report(before, TELL_AFTER);
    this.tools.showDetail(before.detail);
    if (!this.shown) this.layOut({ isFirst: true });
  }

  fail(error) {
    console.error(error);
    this.stopWork();
    this.tools.showFailure(true);
  }

  stopWork() {
    this.job?.abort();
    this.job = undefined;
    this.tools.showProgress(undefined);
  }

  take(drawing, { isFirst, keep, level }) {
    const { camera } = this;
    const kept = !isFirst && this.drawing && keep?.(this.drawing);
    const wasWhole = camera.whole;
    this.reader.rest();
    this.painter.clear();
    Object.assign(this, { drawing, colouring: undefined, marked: undefined });
    camera.size = [drawing.width, drawing.height];
    const after = kept && keep(drawing);
    this.colour(); // first, as the legend takes its room from the drawing
    if (isFirst || !this.fitted) this.firstLook();
    else if (level && !this.itemOf(this.state.select)) this.fit(true, false);
    else if (wasWhole && (level || camera.fitted(false) >= READABLE)) this.fit(level, false);
    else if (after) camera.follow(kept, after);
    this.painter.drawing = drawing;
    this.refresh(isFirst || level);
  }

  /** As `keep` of `layOut`: the layer in the middle of the view, or the selected one where that is in sight. */
  middle() {
    if (!this.drawing) return undefined;
    const selected = this.itemOf(this.state.select);
    const { main } = (selected?.node && this.camera.sees(selected) ? selected : this.drawing.nearest(this.camera.middle())).node;
    return (drawing) => drawing.nodeOf[main];
  }

  firstLook() {
    this.fitted = this.stage.clientWidth > 0;
    if (this.fitted) this.fit(true, false);
  }

  /** The view becomes as high as the drawing that fits its width, within its bounds, and the drawing fits the view. */
  fit(readable = false, glide = true) {
    const [least, most] = this.heights.map((height) => height - (this.root.offsetHeight - this.stage.offsetHeight));
    this.camera.measure();
    const wanted = this.link ? most : this.camera.height(readable);
    this.stage.style.height = `${Math.round(Math.min(Math.max(wanted, least), most))}px`;
    this.camera.measure();
    this.camera.fit(readable, glide);
  }

  /** A drawing seen whole stays so; one drawn while hidden (in a closed tab, say) has its first look when it appears. */
  resized() {
    if (!this.drawing || !this.stage.clientWidth) return;
    this.camera.measure();
    const full = this.isFull();
    const { whole } = this.camera;
    if (!this.fitted || full !== Boolean(this.full)) this.firstLook();
    else if (whole) this.fit(false, false);
    this.full = full;
    this.painter.later();
    clearTimeout(this.reshaping);
    if (whole && !this.job && isOther(this.shape, this.shapeNow()))
      this.reshaping = setTimeout(() => this.layOut({ isFirst: true }), RESHAPE_AFTER);
  }

  moved() {
    this.painter.look();
    this.reader.rest();
  }

  // --- What is shown on the drawing --------------------------------------------------------------------------------

  /** Everything but the layout: colours, selection, matches, differences. */
  refresh(reveal = false) {
    const { drawing, state } = this;
    this.colour();
    this.matches = this.graph.find(state.find);
    const selected = this.itemOf(state.select);
    this.lights.show({ selected, found: new Set(this.matches.map((layer) => drawing.nodeOf[layer])), marks: this.marked });
    if (selected) this.canvas.setAttribute("aria-activedescendant", selected.id);
    else this.canvas.removeAttribute("aria-activedescendant");
    if (selected && reveal) this.camera.reveal(selected);
    this.tools.showMatches(state.find, this.matches.indexOf(this.indexOf.get(state.select)), this.matches.length);
  }

  /** The colours and what they mean; they are seen at the next painting. */
  colour() {
    this.painter.colours = this.colours = this.coloursNow();
    this.marked ??= this.marks && marksOf(this.marks, this.graph, this.indexOf, this.drawing);
    this.tools.showColours(this.overlays, this.state.colour);
    this.showLegend();
  }

  coloursNow() {
    const overlay = this.overlays.find(({ id }) => id === this.state.colour);
    const dark = isDark(this.root);
    this.root.style.colorScheme = dark ? "dark" : "light";
    if (!overlay?.values) return KINDS;
    if (this.colouring?.overlay !== overlay || this.colouring.dark !== dark) this.colouring = new OverlayColours(overlay, this.drawing, dark);
    this.colouring.goTo(this.state.step);
    return this.colouring;
  }

  showLegend() {
    const marks = this.marked && new Set([...this.marked.nodeMarks.values(), ...this.marked.lineMarks.values()]);
    const waiting = this.overlays.find(({ id, values }) => id === this.state.colour && !values);
    if (waiting) this.legend.showWaiting(waiting);
    else if (this.colours === KINDS) this.legend.showKinds(this.drawing, marks);
    else this.legend.showOverlay(this.colours, marks);
    this.motion.show(this.colours.flows);
  }

  /** Another step of the overlay; `rests` unless the next one follows at once. */
  goTo(index, rests) {
    if (!this.colouring) return undefined;
    const step = String(this.colouring.overlay.steps[index]);
    if (rests) return this.change({ step });
    Object.assign(this.state, { step });
    this.colouring.goTo(step);
    this.painter.paint();
    return this.showLegend();
  }

  /** What stands for a layer or group by its name, if it is there. */
  itemOf(name) {
    if (!name || !this.drawing) return undefined;
    if (this.indexOf.has(name)) return this.drawing.nodeOf[this.indexOf.get(name)];
    const group = this.graph.groups.get(name);
    return this.drawing.byId.get(`group:${name}`) ?? (group && this.drawing.nodeOf[group.first]);
  }

  nameOf(item) {
    return item.id.startsWith("layer:") ? this.graph.layers[item.node.main].name : item.id.slice("group:".length);
  }

  dispose() {
    leave(this);
    clearTimeout(this.reshaping);
    this.reader.rest();
    this.stopWork();
    this.legend.stop();
    this.motion.dispose();
    this.told.dispose();
    this.listening.abort();
    this.sizing.disconnect();
  }
}
