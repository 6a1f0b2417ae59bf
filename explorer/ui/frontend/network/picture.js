// The whole drawing as an SVG file that looks the same without this page: its colours written out, its legend below it.

import { colourAt } from "./colours.js";
import { flowWords, KINDS, unitWords } from "./legend.js";
import { Lights } from "./lights.js";
import { alike } from "./overlay.js";
import { Painter } from "./paint.js";
import { element } from "./shapes.js";

const MARGIN = 16;
const TITLE = 30; // room above the drawing
const [ROW, FOOT] = [34, 12]; // of the legend, and below it
const RAMP = { width: 240, height: 10 };
const SHADES = 16;
const LEAST = 520; // a legend needs that width
const WRITTEN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "font-size", "font-weight"];
const KEPT = new Set(["x", "y", "width", "height", "rx", "cx", "cy", "r", "d", "dx", "transform", "text-anchor"]);

/**
 * @param {object} view a network view that has a drawing
 * @returns {string} the text of the file
 */
export function pictureOf({ stage, graph, drawing, colours, marked, root }) {
  const width = Math.max(drawing.width, LEAST) + 2 * MARGIN;
  const picture = element("svg", { class: "picture", xmlns: "http://www.w3.org/2000/svg" });
  const canvas = picture.appendChild(element("g", { class: "camera" }));
  stage.append(picture);
  try {
    const legend = legendOf(colours, drawing);
    const height = TITLE + drawing.height + legend.length * ROW + FOOT + 2 * MARGIN;
    const scene = element("g", { transform: `translate(${MARGIN} ${MARGIN + TITLE})` });
    paint(scene, drawing, colours, marked);
    canvas.append(element("rect", { class: "ground", width, height }), text(MARGIN, MARGIN + 14, graph.network, "headline", 15), scene);
    legend.forEach((row, nth) => {
      row.setAttribute("transform", `translate(${MARGIN} ${TITLE + drawing.height + 2 * MARGIN + nth * ROW})`);
      canvas.append(row);
    });
    const defs = root.querySelector(".canvas > defs").cloneNode(true);
    defs.append(gradient(colours.dark));
    picture.prepend(defs);
    for (const one of picture.querySelectorAll(".handle")) one.remove();
    writeOut(picture);
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) picture.setAttribute(name, value);
    picture.setAttribute("font-family", `${getComputedStyle(root).fontFamily}, Helvetica, Arial, sans-serif`);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
  } finally {
    picture.remove();
  }
}

/** All of it at its own size, each node with its words. */
function paint(scene, drawing, colours, marks) {
  const camera = { scale: 1, sight: () => [0, 0, drawing.width, drawing.height] };
  const painter = new Painter(camera, scene);
  Object.assign(painter, { drawing, colours, most: Infinity });
  new Lights(painter).show({ found: new Set(), marks });
}

function legendOf(colours, drawing) {
  const { overlay } = colours;
  if (!overlay) return [kindsOf(drawing)];
  const step = overlay.steps ? `, step ${overlay.steps[colours.step]}` : "";
  const rows = [rampOf(colours.scale, `${overlay.label}${step}`, overlay.unit)];
  if (colours.flows && colours.lineScale !== colours.scale) rows.push(rampOf(colours.lineScale, flowWords(overlay), ""));
  else if (colours.flows) rows.push(element("g", {}, text(0, 10, flowWords(overlay))));
  return rows;
}

function gradient(dark) {
  const made = element("linearGradient", { id: "ramp" });
  for (let nth = 0; nth <= SHADES; nth += 1) made.append(element("stop", { offset: nth / SHADES, "stop-color": colourAt(nth / SHADES, dark) }));
  return made;
}

function rampOf(scale, title, unit) {
  const row = element("g", {}, text(0, 10, [title, unitWords(scale, unit)].filter(Boolean).join(" · "), "name"));
  if (!scale.range) return row;
  const left = LEAST - RAMP.width;
  row.append(element("rect", { class: "ramp", x: left, y: 1, width: RAMP.width, height: RAMP.height }));
  const ticks = scale.ticks();
  alike(ticks).forEach((words, nth) => {
    const tick = text(left + scale.share(ticks[nth]) * RAMP.width, 22, `${words}${unit === "bytes" ? "B" : ""}`);
    tick.setAttribute("text-anchor", "middle");
    row.append(tick);
  });
  return row;
}

function kindsOf(drawing) {
  const fills = new Set(drawing.nodes.map(({ node }) => node.fill));
  const row = element("g", {});
  let x = 0;
  for (const [fill, words] of Object.entries(KINDS).filter(([name]) => fills.has(name))) {
    row.append(element("g", { class: `node ${fill}` }, element("rect", { x, y: 0, width: 14, height: 12, rx: 3 })), text(x + 19, 10, words));
    x += 32 + 6.2 * words.length;
  }
  return row;
}

function text(x, y, words, name = "", size = 11) {
  const made = element("text", { x, y, class: name }, words);
  made.style.fontSize = `${size}px`;
  return made;
}

/** Every element with the looks that the page's style sheet gives it, and without what only the page can use. */
function writeOut(picture) {
  const looks = new Map();
  const found = [...picture.querySelectorAll("*")].map((one) => {
    const key = chainOf(one);
    if (!looks.has(key)) looks.set(key, looksOf(one));
    return [one, looks.get(key)];
  });
  for (const [one, look] of found) {
    const isPattern = one.closest("defs");
    for (const { name } of [...one.attributes]) if (!KEPT.has(name) && !isPattern) one.removeAttribute(name);
    one.removeAttribute("class");
    for (const [name, value] of look) one.setAttribute(name, value);
  }
  picture.removeAttribute("class");
}

/** What an element's looks depend on. */
function chainOf(one) {
  const parts = [];
  for (let at = one; at && at.tagName !== "svg"; at = at.parentNode) parts.push(`${at.tagName}.${at.getAttribute("class")}.${at.getAttribute("style")}`);
  return parts.join(" ");
}

const SHAPES = new Set(["rect", "path", "circle", "text", "tspan"]);

function looksOf(one) {
  if (!SHAPES.has(one.tagName)) return [];
  const isText = /^t/.test(one.tagName);
  const style = getComputedStyle(one);
  return WRITTEN.filter((name) => isText || !name.startsWith("font")).flatMap((name) => plain(name, style.getPropertyValue(name)));
}

/** As any program reads it: colours as rgb(), their opacity by itself, what is usual left out. */
function plain(name, value) {
  const usual = { "fill-opacity": "1", "stroke": "none", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-width": "1px", "font-weight": "400" };
  if (value === usual[name] || value === "") return [];
  if (value.startsWith("url")) return [[name, value.replaceAll('"', "")]];
  const mixed = value.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/);
  const old = value.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
  if (!mixed && !old) return [[name, value]];
  const parts = (mixed ?? old).slice(1, 4).map((part) => Math.round(mixed ? 255 * part : part));
  const opacity = (mixed ?? old)[4];
  return [[name, `rgb(${parts.join(", ")})`], ...(opacity === undefined ? [] : [[`${name}-opacity`, String(Number(Number(opacity).toFixed(3)))]])];
}
