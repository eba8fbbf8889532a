/* The clock on the page: it only shows the server's. It counts on by the monotonic clock, so a
 * device clock that is a day wrong, or is changed midway, changes nothing; every exchange corrects it.
 */

const SPOKEN = [600, 300, 60];

export class Clock {
  constructor(element, words, on) {
    Object.assign(this, { element, words, on });
    this.offset = 0;
    this.doubt = Infinity; // the quickest round trip so far, in milliseconds
    this.deadline = 0;
    this.said = new Set();
    this.over = false;
    this.hidden = false;
    this.paused = null; // the server's time at which it was stopped, in milliseconds
    setInterval(() => this.tick(), 250);
  }

  /** Take the server's time, the deadline and the pause (or null) from an exchange. */
  correct(now, deadline, roundTrip, paused = null) {
    this.paused = paused;
    // The server's time is `least` by now, and at most a round trip more. The quickest tells best; a
    // slower one corrects only what it shows to be wrong (a device that slept), or a slow line would
    // make the clock run fast.
    const least = now - performance.now();
    if (roundTrip < this.doubt) {
      this.offset = least + roundTrip / 2;
      this.doubt = roundTrip || this.doubt;
    } else this.offset = Math.min(Math.max(this.offset, least), least + roundTrip);
    if (deadline !== this.deadline) {
      if (this.deadline && deadline > this.deadline) {
        this.said.clear();
        this.over = false;
      }
      this.deadline = deadline;
    }
    this.tick();
  }

  /** The server's time now, in milliseconds; while paused, when that began. */
  get now() {
    return this.paused ?? performance.now() + this.offset;
  }

  /** Whole seconds left. */
  get left() {
    return this.leftUntil(this.deadline);
  }

  /** Whole seconds until a moment of the server's clock. */
  leftUntil(moment) {
    return Math.max(0, Math.ceil((moment - this.now) / 1000));
  }

  text(left = this.left) {
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  /** The time left as a sentence, for the ear. */
  sentence() {
    return this.words.left_spoken
      .replace("{minutes}", Math.floor(this.left / 60))
      .replace("{seconds}", this.left % 60);
  }

  tick() {
    if (!this.deadline) return;
    const left = this.left;
    const state = left <= 300 ? "last" : left <= 900 ? "soon" : "usual";
    this.element.classList.toggle("clock--soon", state === "soon");
    this.element.classList.toggle("clock--last", state === "last");
    const label = this.element.querySelector("[data-clock-label]");
    const figure = this.element.querySelector("b");
    for (const sign of this.element.querySelectorAll("[data-when]")) {
      sign.hidden = sign.dataset.when !== state;
    }
    const usual = this.paused === null ? this.words[`clock_${state}`] : this.words.clock_paused;
    label.textContent = this.hidden ? this.words.clock_hidden : usual;
    figure.textContent = this.hidden ? "" : this.text();
    if (this.paused !== null) return; // it stands: nothing to say, nothing to end
    for (const edge of SPOKEN) {
      if (left <= edge && left > edge - 5 && !this.said.has(edge)) {
        this.said.add(edge);
        this.on.say(this.sentence());
      }
    }
    if (left === 0 && !this.over) {
      this.over = true;
      this.on.zero();
    }
  }
}
