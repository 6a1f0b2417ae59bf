// What is shown, by the names under which page and view tell each other of it.

import { Reports } from "../shared/reports.js";

const UNSAID = { detail: "folded", toggled: "", select: "", colour: "kind", step: "", find: "" };

export class Told {
  /** @param {(report: object) => void} send takes to the page what the reader did */
  constructor(send) {
    this.reports = new Reports(send);
    this.state = { ...UNSAID };
    this.said = {};
  }

  /** Take over, and return, what is news of what the page says. One that has not heard all that happened here yet says what was before. */
  hear({ said, heard }, isOther) {
    if (!this.reports.settled(heard) && !isOther) return {};
    const before = this.said;
    this.said = said;
    const isNews = ([name, value]) => value !== before[name] && value !== this.state[name];
    const news = isOther ? { ...UNSAID, ...said } : Object.fromEntries(Object.entries(said).filter(isNews));
    Object.assign(this.state, news);
    return news;
  }

  /** Tell the page, which from then on says the same: an answer that another run overtakes may never come here. */
  report(values, wait) {
    Object.assign(this.state, values);
    this.said = { ...this.said, ...values };
    this.reports.make(values, wait);
  }

  dispose() {
    this.reports.dispose();
  }
}
