// How wide a text is in a view's font, before it is drawn.

/** Until the font has come: in another one, texts have other widths. */
export async function fontOf(root) {
  await document.fonts.load(`11px ${getComputedStyle(root).fontFamily}`).catch(() => undefined);
}

/** @returns {(text: string, size: number) => number} both sizes in pixels */
export function measured(root) {
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(root).fontFamily;
  const known = new Map();
  return (text, size) => {
    const key = `${size} ${text}`;
    if (!known.has(key)) {
      pen.font = `${size}px ${family}`;
      known.set(key, pen.measureText(text).width);
    }
    return known.get(key);
  };
}
