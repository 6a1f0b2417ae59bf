// Which shape a drawing is to have: that of the view in which it is seen.

const NARROW = 640; // pixels: a narrower view has all stages in one column
const ASPECTS = [0.4, 4]; // least and most width for a height
const OTHER = 1.3; // times wider or less high

/** Stages side by side in the proportions of a view; one below the other where it is narrow, or the page says so. */
export function shapeFor(flow, width, height) {
  const aspect = (width || 1.6 * height) / height;
  const isNarrow = flow === "auto" && width > 0 && width < NARROW;
  return {
    flow: flow === "auto" ? (isNarrow ? "column" : "columns") : flow,
    aspect: Math.min(Math.max(aspect, ASPECTS[0]), ASPECTS[1]),
  };
}

/** Whether a drawing made for one shape is worth making anew for another. */
export function isOther(one, other) {
  const ratio = one.aspect / other.aspect;
  return one.flow !== other.flow || (one.flow === "columns" && Math.max(ratio, 1 / ratio) > OTHER);
}
