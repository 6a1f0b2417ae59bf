// The toolbar over the drawing: level of detail, search, colours, zoom, help. It tells what was asked for, and shows what is.

import { helpRows } from "./keys.js";

export class Tools {
  /**
   * @param {Element} root
   * @param {(name: string, argument?: string) => void} act does what was asked for
   * @param {AbortSignal} signal ends the listening
   */
  constructor(root, act, signal) {
    Object.assign(this, { root, act });
    this.details = [...root.querySelectorAll("[data-detail]")];
    [this.input, this.count] = [root.querySelector(".find input"), root.querySelector(".find .count")];
    this.colours = root.querySelector(".colour select");
    this.help = root.querySelector(".help");
    [this.busy, this.failure] = [root.querySelector(".busy"), root.querySelector(".failure")];
    root.addEventListener("click", ({ target }) => this.click(target.closest("button")), { signal });
    root.querySelector(".details").addEventListener("keydown", (event) => this.walkDetails(event), { signal });
    this.input.addEventListener("input", () => act("search", this.input.value), { signal });
    this.input.addEventListener("keydown", (event) => this.searchKey(event), { signal });
    this.colours.addEventListener("change", () => act("colour", this.colours.value), { signal });
    this.help.addEventListener("keydown", (event) => ["Escape", "?"].includes(event.key) && this.toggleHelp(false), { signal });
    this.help.append(heading("Keys and gestures"), helpRows());
  }

  click(button) {
    if (button?.dataset.detail) this.act("detail", button.dataset.detail);
    else if (button?.dataset.act) this.act(button.dataset.act);
  }

  /** Left and right walk through the levels, as in any group of radio buttons. */
  walkDetails(event) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const next = step && this.details[this.details.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    this.act("detail", next.dataset.detail);
    next.focus();
  }

  searchKey(event) {
    if (event.key === "Enter") this.act(event.shiftKey ? "previous" : "next");
    else if (event.key === "Escape") this.act("leave");
    else return;
    event.preventDefault();
  }

  showDetail(detail) {
    for (const button of this.details) {
      const isOn = button.dataset.detail === detail;
      button.setAttribute("aria-checked", isOn);
      button.tabIndex = isOn ? 0 : -1;
    }
  }

  /** @param {number} at which match is the current one, from 0; -1 for none */
  showMatches(text, at, total) {
    if (this.input.value !== text) this.input.value = text;
    this.count.textContent = !text ? "" : !total ? "none" : at < 0 ? `${total}` : `${at + 1} of ${total}`;
    this.count.classList.toggle("none", Boolean(text) && !total);
    for (const act of ["next", "previous"]) this.root.querySelector(`[data-act="${act}"]`).hidden = !total;
  }

  showColours(overlays, chosen) {
    const offered = [["kind", "Kind of layer"], ...overlays.map(({ id, label }) => [id, label])];
    const wanted = JSON.stringify(offered);
    if (this.offered !== wanted) this.colours.replaceChildren(...offered.map(([value, label]) => new Option(label, value)));
    this.offered = wanted;
    this.colours.value = offered.some(([value]) => value === chosen) ? chosen : "kind";
    this.colours.closest("label").hidden = !overlays.length;
  }

  toggleHelp(open = this.help.hidden) {
    this.help.hidden = !open;
    this.root.querySelector('[data-act="help"]').setAttribute("aria-expanded", open);
    (open ? this.help : this.root.querySelector(".canvas")).focus({ preventScroll: true });
  }

  /** @param {number | undefined} share of the layout that is done, undefined where none is under way */
  showProgress(share) {
    this.busy.hidden = share === undefined;
    if (share !== undefined) this.busy.querySelector("progress").value = share;
  }

  showFailure(failed) {
    this.failure.hidden = !failed;
  }
}

function heading(text) {
  return Object.assign(document.createElement("h2"), { textContent: text });
}
