// Views of one page that belong together: they pan, zoom and change detail in step. Each knows the others by their link.

const links = new Map();

/** @param {string} link the name that linked views share; "" for one that stands alone */
export function join(link, view) {
  leave(view);
  view.link = link;
  if (!link) return;
  if (!links.has(link)) links.set(link, new Set());
  links.get(link).add(view);
}

export function leave(view) {
  const linked = links.get(view.link);
  linked?.delete(view);
  if (!linked?.size) links.delete(view.link);
}

/** The other views of a view's link that show something. */
export function peersOf(view) {
  return [...(links.get(view.link) ?? [])].filter((one) => one !== view && one.drawing && one.root.isConnected);
}
