// Painting what was drawn: white ink on black, as the digits that the networks were trained on.

export const [PAPER, INK] = ["#000000", "#FFFFFF"];

/** All that was done since the drawing was empty last. */
export function paint(context, done) {
  const { width, height } = context.canvas;
  Object.assign(context, { fillStyle: PAPER, strokeStyle: INK, lineCap: "round", lineJoin: "round" });
  context.fillRect(0, 0, width, height);
  const from = done.findLastIndex((one) => one.empty) + 1;
  for (const { image, points } of done.slice(from)) {
    if (image) context.drawImage(image, 0, 0, width, height);
    else paintStroke(context, points);
  }
}

/** A line through the points, as wide at each as the pen was there. A point alone is a dot. */
function paintStroke(context, points) {
  points.forEach((point, index) => {
    const before = points[Math.max(0, index - 1)];
    context.lineWidth = point.width;
    context.beginPath();
    context.moveTo(before.x, before.y);
    context.lineTo(point.x, point.y);
    context.stroke();
  });
}
