// The page's theme as a Plotly template: what a figure sets for itself wins over it.

/** @param {Element} element an element in the colour of the page's text, below Streamlit's theme variables */
export function template(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(`--st-${name}`).trim() || fallback;
  const text = style.color;
  const muted = mix(text, 0.75);
  const axis = {
    gridcolor: mix(text, 0.12),
    linecolor: mix(text, 0.35),
    zerolinecolor: mix(text, 0.25),
    tickcolor: mix(text, 0.35),
    tickfont: { color: muted },
    title: { font: { color: muted, size: 13 }, standoff: 10 },
    ticks: "outside",
    showline: true,
    automargin: true,
  };
  const inSpace = { ...axis, gridcolor: "#8f8f8f", backgroundcolor: "rgba(0,0,0,0)", title: { font: axis.title.font } };
  delete inSpace.automargin;
  const colorbar = { tickfont: { color: muted }, title: { font: { color: muted, size: 13 } }, outlinewidth: 0, thickness: 14 };
  return {
    layout: {
      font: { family: read("font", "sans-serif"), size: 13, color: text },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      colorway: ["#0072B2", "#D55E00", "#009E73", "#56B4E9", "#CC79A7", "#E69F00", "#999999"],
      margin: { l: 56, r: 12, t: 12, b: 44 },
      xaxis: axis,
      yaxis: axis,
      coloraxis: { colorbar },
      scene: { xaxis: inSpace, yaxis: inSpace, zaxis: inSpace },
      legend: { bgcolor: "rgba(0,0,0,0)" },
      hoverlabel: { bgcolor: read("secondary-background-color", "#f0f2f6"), font: { color: text }, bordercolor: mix(text, 0.3) },
      annotationdefaults: { font: { color: text } },
    },
    data: { heatmap: [{ colorbar }] },
  };
}

/** The page's own background, for a picture that is saved. */
export function background(element) {
  return getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff";
}

/** `color`, as a computed style gives it ("rgb(49, 51, 63)"), at an opacity: Plotly reads no color-mix(). */
function mix(color, opacity) {
  const [red, green, blue] = color.match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}
