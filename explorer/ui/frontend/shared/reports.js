// What a component tells its page, numbered: a page that has not heard the newest yet must not undo it.

export class Reports {
  /** @param {(report: object) => void} send takes a report to the page; the page gives its number back once it has heard it */
  constructor(send) {
    Object.assign(this, { send, made: 0, heard: 0, unheard: {} });
  }

  /** Something changed here. The page is told when nothing more has changed for `wait` milliseconds. */
  make(change, wait = 0) {
    this.made += 1;
    Object.assign(this.unheard, change);
    clearTimeout(this.telling);
    // Of two reports in quick succession a busy page may hear only the second: it says all that the first one did.
    this.telling = setTimeout(() => this.send({ number: this.made, ...this.unheard }), wait);
  }

  /** Whether a page that has heard up to this number knows all that happened here, so that what it shows is news. */
  settled(number) {
    // Another session of the page counts from the start.
    this.made = number < this.heard ? number : Math.max(this.made, number);
    this.heard = number;
    if (number < this.made) return false;
    this.unheard = {};
    return true;
  }

  dispose() {
    clearTimeout(this.telling);
  }
}
