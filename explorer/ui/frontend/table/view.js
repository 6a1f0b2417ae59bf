// What a reader has made of a table, and the compact text of it that a page keeps in its address:
// find.3x3~kind.conv.bn~by.stage.open~flip.layer1~sort.parameters.down~show.stride~hide.input

/** A table as it comes. `chosen` holds the values let through by column; `flipped` the groups not as `open` says. */
export const PLAIN = { find: "", chosen: {}, by: "", open: false, flipped: [], sort: "", down: false, shown: [], hidden: [] };

/** Whether every layer is let through. */
export function isWhole(view) {
  return !view.find.trim() && !Object.keys(view.chosen).length;
}

/** The columns in sight; the first names the rows and always is. */
export function columnsOf(content, view) {
  return content.columns.filter(
    ({ key, usual }, index) => !index || (usual ? !view.hidden.includes(key) : view.shown.includes(key)),
  );
}

/** The view that lets through only these values of a column; none of them means all. */
export function onlyWith(view, key, values) {
  const { [key]: _, ...others } = view.chosen;
  return { ...view, chosen: values.length ? { ...others, [key]: values } : others };
}

/** The view with a column in sight or not. One that is hidden no longer orders the rows. */
export function showColumn(view, { key, usual }, wanted) {
  const without = (keys) => keys.filter((other) => other !== key);
  const [shown, hidden] = [without(view.shown), without(view.hidden)];
  if (wanted && !usual) shown.push(key);
  if (!wanted && usual) hidden.push(key);
  return { ...view, shown, hidden, ...(view.sort === key && !wanted && { sort: "", down: false }) };
}

export function textOf(view) {
  const parts = [
    ["find", view.find.trim()],
    ...Object.entries(view.chosen).map(([key, values]) => [key, ...values]),
    ["by", view.by, view.by && view.open && "open"],
    ["flip", ...(view.by ? view.flipped : [])],
    ["sort", view.sort, view.sort && view.down && "down"],
    ["show", ...view.shown],
    ["hide", ...view.hidden],
  ];
  return parts
    .map((part) => part.filter(Boolean))
    .filter((part) => part.length > 1)
    .map((part) => part.map(escaped).join("."))
    .join("~");
}

/** The view of a text, and which parts of it mean nothing for this content: these are left out. */
export function readView(text, content) {
  const keys = content.columns.map((column) => column.key);
  const view = structuredClone(PLAIN);
  const unread = [];
  for (const part of text.split("~").filter(Boolean)) {
    if (!readPart(part, view, content, keys)) unread.push(part);
  }
  return { view, unread };
}

function readPart(part, view, content, keys) {
  const [name, ...values] = part.split(".").map(unescaped);
  const known = values.filter((value) => keys.includes(value));
  if (values.some((value) => !value) || !values.length) return false;
  if (name === "find") view.find = values.join(".");
  else if (content.filters.includes(name)) view.chosen[name] = values;
  else if (name === "by" && content.groups.includes(values[0])) Object.assign(view, { by: values[0], open: values[1] === "open" });
  else if (name === "flip") view.flipped = values;
  else if (name === "sort" && known[0] === values[0]) Object.assign(view, { sort: values[0], down: values[1] === "down" });
  else if (name === "show" && known.length) view.shown = known.filter((key) => !usual(content, key));
  else if (name === "hide" && known.length) view.hidden = known.filter((key) => usual(content, key));
  else return false;
  return true;
}

function usual(content, key) {
  return content.columns.find((column) => column.key === key).usual;
}

function escaped(value) {
  return encodeURIComponent(value).replaceAll(".", "%2E").replaceAll("~", "%7E");
}

function unescaped(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return ""; // half of an escape: the address was cut off
  }
}
