// The buttons below a canvas: how wide the pen is, undo, clear.

const PENS = { Thin: 14, Medium: 22, Thick: 32 }; // of the drawing's 280 pixels
const USUAL = "Medium"; // a digit as tall as the canvas has the strokes of MNIST's

export class CanvasTools {
  constructor(root, { undo, clear }) {
    const pens = Object.keys(PENS).map((name) => this.penButton(name));
    const group = element("span", { className: "pens", role: "radiogroup" });
    group.setAttribute("aria-label", "Pen");
    group.append(...pens);
    group.addEventListener("keydown", (event) => this.walk(event, pens));
    this.undo = button("Undo", "Take the last stroke back (Ctrl+Z)", undo);
    this.clear = button("Clear", "Empty the canvas", clear);
    this.pens = pens;
    this.choose(USUAL);
    root.replaceChildren(group, this.undo, this.clear);
  }

  penButton(name) {
    const one = button("", `${name} pen`, () => this.choose(name));
    one.setAttribute("role", "radio");
    one.setAttribute("aria-label", `${name} pen`);
    one.dataset.pen = name;
    const dot = element("i", {});
    dot.style.width = dot.style.height = `${PENS[name] / 2}px`;
    one.append(dot);
    return one;
  }

  choose(name) {
    this.pen = PENS[name];
    for (const one of this.pens) {
      const isChosen = one.dataset.pen === name;
      one.setAttribute("aria-checked", String(isChosen));
      one.tabIndex = isChosen ? 0 : -1;
    }
  }

  /** As in every group of radio buttons, arrow keys choose the next. */
  walk(event, pens) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = pens.findIndex((one) => one.getAttribute("aria-checked") === "true");
    const next = pens[(at + step + pens.length) % pens.length];
    this.choose(next.dataset.pen);
    next.focus();
  }

  show({ canUndo, canClear }) {
    // Who works from the keyboard stays among the tools: a button that is disabled would lose the focus to the page.
    const focused = this.undo.getRootNode().activeElement;
    this.undo.disabled = !canUndo;
    this.clear.disabled = !canClear;
    if (focused?.disabled && [this.undo, this.clear].includes(focused)) this.next().focus();
  }

  next() {
    return this.undo.disabled ? this.pens.find((one) => one.tabIndex === 0) : this.undo;
  }
}

function button(text, title, act) {
  const made = element("button", { type: "button", textContent: text, title });
  made.addEventListener("click", act);
  return made;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
