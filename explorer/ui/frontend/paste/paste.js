// Pictures pasted or dropped anywhere on the page, handed to the page's own uploader.

import { component } from "../shared/component.js";
import { filesOf } from "./files.js";

const DROPZONE = '[data-testid="stFileUploaderDropzone"]'; // an uploader takes what is dropped on it by itself
// A file that an uploader is busy with: the page will take it, and put an empty uploader in the place of this one.
const BUSY = '[data-testid="stFileChip"]:not(:has([data-testid="stFileChipIconError"]))';
// While its script runs, the page may still exchange an uploader that is in sight: what that one was handed would be lost.
const STATE = "data-test-script-state";
const RUNNING = `[data-testid="stApp"][${STATE}="running"]`;
const PATIENCE = 60_000; // ms for a busy page to show its uploader
const READING = 12_000; // ms that what is lost is told
const NAMED = 3;
const waiting = []; // files for it: kept here, for Streamlit may make this component anew while it draws the page

let pasted = 0;

export default component((parent) => new Paste(parent.querySelector(".paste")));

class Paste {
  constructor(root) {
    Object.assign(this, { root, told: root.querySelector(".lost"), wanted: 0, ending: new AbortController() });
    const listen = (name, hear) => document.addEventListener(name, hear, { signal: this.ending.signal });
    listen("paste", (event) => this.paste(event));
    for (const name of ["dragenter", "dragover"]) listen(name, (event) => this.drag(event));
    listen("dragleave", (event) => event.relatedTarget ?? this.lit(false));
    listen("drop", (event) => this.drop(event));
    this.watching = new MutationObserver(() => this.hand());
    root.classList.add("listening");
  }

  show({ target }) {
    this.target = target;
    if (waiting.length) this.wait();
  }

  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || (isTyped(event) && event.clipboardData.types.includes("text/plain"))) return;
    event.preventDefault();
    this.take(files.map((file) => this.named(file)));
  }

  /** A picture copied out of a program comes without a name of its own: each gets another one. */
  named(file) {
    if (file.name && file.name !== "image.png") return file;
    pasted += 1;
    return new File([file], `pasted-${pasted}.png`, { type: file.type });
  }

  drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.lit(!isOnDropzone(event));
  }

  async drop(event) {
    this.lit(false);
    if (isOnDropzone(event) || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const { files, lost } = await filesOf(event.dataTransfer);
    this.tellLost(lost);
    this.take(files);
  }

  tellLost(names) {
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    this.told.textContent = names.length ? `The browser cannot read ${names.slice(0, NAMED).join(", ")}${more}.` : "";
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => this.told.replaceChildren(), READING);
  }

  lit(isLit) {
    this.root.classList.toggle("lit", isLit);
  }

  take(files) {
    if (!files.length) return;
    waiting.push(...files);
    if (this.hand()) return;
    if (!document.querySelector(this.target)) {
      this.wanted += 1;
      this.tell("wanted", this.wanted);
    }
    this.wait();
  }

  wait() {
    if (this.hand()) return;
    this.watching.observe(document.body, { childList: true, subtree: true, attributeFilter: [STATE] });
    clearTimeout(this.ceasing);
    this.ceasing = setTimeout(() => this.watching.disconnect(), PATIENCE);
  }

  /** Gives the uploader what waits for it, as if it had been chosen there; false where there is none, or it or the page is busy. */
  hand() {
    const place = document.querySelector(this.target);
    const input = place?.querySelector("input[type=file]");
    if (!input || place.querySelector(BUSY) || document.querySelector(RUNNING)) return false;
    this.watching.disconnect();
    clearTimeout(this.ceasing);
    const files = new DataTransfer();
    for (const file of waiting.splice(0)) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  dispose() {
    this.ending.abort();
    this.watching.disconnect();
    clearTimeout(this.ceasing);
    clearTimeout(this.forgetting);
  }
}

/** Into a field for text, where text is meant: what is copied out of a document often comes with a picture of it. */
function isTyped(event) {
  const [field] = event.composedPath();
  return field instanceof HTMLElement && (field.isContentEditable || field.matches("input, textarea"));
}

function isOnDropzone(event) {
  return event.composedPath().some((part) => part instanceof Element && part.matches(DROPZONE));
}
