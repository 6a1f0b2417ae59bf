// How large things will be in a view before they are drawn.

const PATIENCE = 3000; // ms

/**
 * Until the style sheets have come, with those they import, and the font: before, everything has other sizes. Not for
 * ever, as one that had failed before anybody listened will not say so.
 */
export function dressed(root) {
  return Promise.race([sheetsAndFont(root), new Promise((done) => setTimeout(done, PATIENCE))]);
}

async function sheetsAndFont(root) {
  const links = [...root.getRootNode().querySelectorAll('link[rel="stylesheet"]')].filter((link) => !link.sheet);
  await Promise.all(links.map(loaded));
  await document.fonts.load(`11px ${getComputedStyle(root).fontFamily}`).catch(() => undefined);
}

function loaded(link) {
  return new Promise((done) => ["load", "error"].forEach((end) => link.addEventListener(end, done, { once: true })));
}

/** How wide a text is in a view's font. @returns {(text: string, size: number) => number} both sizes in pixels */
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
