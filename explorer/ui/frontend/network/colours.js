// The colours of an overlay: viridis, even to the eye, and legible to those who tell colours apart less well.

// From its dark end, at equal steps; between them the colours are mixed.
const VIRIDIS = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];
const ANCHORS = VIRIDIS.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** The colour of a share from 0 to 1. On either background a small share is near it and a large one stands out. */
export function colourAt(share, dark) {
  const place = (dark ? share : 1 - share) * (ANCHORS.length - 1);
  const below = Math.min(Math.floor(place), ANCHORS.length - 2);
  const mixed = ANCHORS[below].map((part, i) => Math.round(part + (ANCHORS[below + 1][i] - part) * (place - below)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever can be read better on a colour: never below 4.5 to 1. */
export function inkOn(hex) {
  const light = luminance([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return (light + 0.05) ** 2 > 1.05 * 0.05 ? "#000000" : "#ffffff";
}

/** Whether a page has light text. */
export function isDark(root) {
  return luminance(getComputedStyle(root).color.match(/[\d.]+/g).slice(0, 3).map(Number)) > 0.4;
}

/** Relative luminance, WCAG 2.2, of red, green and blue from 0 to 255. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
