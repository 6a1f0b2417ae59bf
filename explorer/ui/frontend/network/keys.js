// What the keys do, once for the handler and for the help that lists them.

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const LEVELS = { 1: "stages", 2: "folded", 3: "blocks", 4: "layers" };

/** [the keys as the help shows them, what they do, the action of each key: name and argument] */
const KEYS = [
  [["Space"], "Show the whole network", { " ": ["fit"], 0: ["fit"] }],
  [["+", "−"], "Zoom in, zoom out", { "+": ["in"], "=": ["in"], "-": ["out"] }],
  [["←", "↑", "↓", "→"], "Walk along the lines from the selected layer; with none selected, move the drawing",
    Object.fromEntries(Object.entries(ARROWS).map(([key, way]) => [key, ["walk", way]]))],
  [["Enter"], "Open or fold the selected group; with none selected, select what is in the middle", { Enter: ["open"] }],
  [["1", "2", "3", "4"], "Stages, folded, blocks, layers",
    Object.fromEntries(Object.entries(LEVELS).map(([key, level]) => [key, ["detail", level]]))],
  [["/"], "Find by name or kind", { "/": ["find"] }],
  [["n", "N"], "Next, previous match", { n: ["next"], N: ["previous"] }],
  [["i"], "Show what is known of the selected layer", { i: ["card"] }],
  [["f"], "Stop or start what flows along the lines", { f: ["flow"] }],
  [["Esc"], "Let go of the selection, the search, this list", { Escape: ["leave"] }],
  [["?"], "This list", { "?": ["help"] }],
];

const GESTURES = [
  ["Wheel, pinch", "Zoom where the pointer is"],
  ["Drag", "Move the drawing"],
  ["Click", "Select; on + or −, open or fold"],
  ["Double click", "Open or fold the group"],
];

/** @returns {[name: string, argument?: string] | undefined} */
export function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return KEYS.map(([, , actions]) => actions[event.key]).find(Boolean);
}

/** The list of all keys and gestures. */
export function helpRows() {
  const row = (keys, text) => {
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    term.append(...keys);
    words.textContent = text;
    return [term, words];
  };
  const cap = (key) => Object.assign(document.createElement("kbd"), { textContent: key });
  const list = document.createElement("dl");
  list.append(...KEYS.flatMap(([keys, text]) => row(keys.map(cap), text)), ...GESTURES.flatMap(([name, text]) => row([name], text)));
  return list;
}
