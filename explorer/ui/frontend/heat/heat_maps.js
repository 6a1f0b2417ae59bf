// Pictures under heat: one slider for all, one place marked in all. The page is told of the strength by numbered reports.

import { component } from "../shared/component.js";
import { Reports } from "../shared/reports.js";
import { HeatFigure } from "./figure.js";

const REST = 400; // ms: the page is told where the slider rests, not where it passes

export default component((parent) => new HeatMaps(parent.querySelector(".whole")));

class HeatMaps {
  constructor(root) {
    Object.assign(this, { root, content: "", figures: [] });
    this.slider = root.querySelector("input");
    this.reports = new Reports((report) => this.tell("report", report));
    this.slider.addEventListener("input", () => {
      this.cover(Number(this.slider.value));
      this.reports.make({ strength: this.strength }, REST);
    });
  }

  show({ content, strength, heard }) {
    if (content !== this.content) this.load(content);
    this.cover(this.reports.settled(heard) ? strength : this.strength);
  }

  load(content) {
    this.content = content;
    const point = (place) => this.figures.forEach((figure) => figure.point(place));
    this.figures = JSON.parse(content).map((map) => new HeatFigure(map, point));
    const place = this.root.querySelector(".figures");
    place.classList.toggle("alone", this.figures.length === 1);
    place.replaceChildren(...this.figures.map((figure) => figure.root));
  }

  cover(strength) {
    this.strength = strength;
    this.slider.value = strength;
    this.root.querySelector("output").textContent = `${strength}%`;
    for (const figure of this.figures) figure.cover(strength / 100);
  }

  dispose() {
    this.reports.dispose();
  }
}
