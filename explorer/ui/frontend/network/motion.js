// Whether what comes back along the lines is seen moving. One choice for all drawings of a page: the reader's, else the
// system's, which may ask for stillness.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const all = new Set();
let chosen;
still.addEventListener("change", () => all.forEach((one) => one.show()));

export class Motion {
  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    this.button = root.querySelector('[data-act="flow"]');
    this.flows = false;
    all.add(this);
  }

  /** @param {boolean} flows whether there is something that could move */
  show(flows = this.flows) {
    this.flows = flows;
    const moves = chosen ?? !still.matches;
    this.root.classList.toggle("flowing", flows && moves);
    this.button.hidden = !flows;
    this.button.textContent = moves ? "❚❚ Stop the flow" : "▶ Let it flow";
  }

  toggle() {
    if (!this.flows) return;
    chosen = !(chosen ?? !still.matches);
    all.forEach((one) => one.show());
  }

  dispose() {
    all.delete(this);
  }
}
