// How values are written on screen, the same in every component. A column's kind says what its values are.

const NUMBER = new Intl.NumberFormat("en");

/** A value as a person reads it; `kind` is text, count, bytes or percent. What is not there is empty, a zero a dash. */
export function written(value, kind) {
  if (value === null || value === undefined) return "";
  if (kind === "count") return value === 0 ? "–" : NUMBER.format(value);
  if (kind === "percent") return value === 0 ? "–" : value < 0.05 ? "<0.1%" : `${value.toFixed(1)}%`;
  if (kind === "bytes") return size(value);
  return String(value);
}

/** The same with nothing rounded away. */
export function exactly(value, kind) {
  if (kind === "bytes" && value !== null && value !== undefined) return `${NUMBER.format(value)} bytes`;
  if (kind === "percent" && value) return `${value.toPrecision(4)}%`;
  return written(value, kind);
}

/** Decimal units: 1 MB is 1,000,000 bytes. */
function size(bytes) {
  if (bytes === 0) return "–";
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return power ? `${(bytes / 1000 ** power).toPrecision(3)} ${["", "kB", "MB", "GB"][power]}` : `${bytes} B`;
}
