// Whether what comes back along the lines is seen moving. One choice for all drawings of a page: the reader's, else the
// system's, which may ask for stillness. A drawing that is out of sight rests.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const all = new Set();
let chosen;
still.addEventListener("change", () => all.forEach((one) => one.show()));

export class Motion {
  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    this.button = root.querySelector('[data-act="flow"]');
    [this.flows, this.seen] = [false, false];
    this.sight = new IntersectionObserver((news) => this.see(news.at(-1).isIntersecting));
    this.sight.observe(root);
    all.add(this);
  }

  /** @param {boolean} flows whether there is something that could move */
  show(flows = this.flows) {
    this.flows = flows;
    const moves = chosen ?? !still.matches;
    this.root.classList.toggle("flowing", flows && moves && this.seen);
    this.button.hidden = !flows;
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true"); // it would be read as "two vertical bars"
    sign.textContent = moves ? "❚❚ " : "▶ ";
    this.button.replaceChildren(sign, moves ? "Stop the flow" : "Let it flow");
  }

  see(seen) {
    this.seen = seen;
    this.show();
  }

  toggle() {
    if (!this.flows) return;
    chosen = !(chosen ?? !still.matches);
    all.forEach((one) => one.show());
  }

  dispose() {
    this.sight.disconnect();
    all.delete(this);
  }
}
