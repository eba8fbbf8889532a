/* What goes between page and server (docs/exam-protocol.md): send until acknowledged, in order;
 * ask for the time when idle. Pauses grow with failures and are spread, so that a room that comes
 * back online together does not knock all at once.
 */

const PAUSES = [0, 1000, 2000, 4000, 8000, 15000, 30000];
const IDLE = 20000;
const PATIENCE = 12000;
const MOST = 50;

export class Exchange {
  /**
   * @param urls {save, state}
   * @param journal the device journal
   * @param on {answer(answer, milliseconds), saved(answer, changes), lost(error),
   *           refused(items, changes), locked(status)}
   */
  constructor(urls, journal, on) {
    Object.assign(this, { urls, journal, on });
    this.failures = 0;
    this.running = null;
    this.shut = false;
    this.again = false;
    this.left = [];
    this.timer = 0;
    addEventListener("online", () => this.anew());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.anew();
    });
    addEventListener("pageshow", () => this.anew());
  }

  /** The line may be back: ask now, and once more where a turn that began before is under way. */
  anew() {
    this.again = this.running !== null;
    this.hurry();
  }

  /** Something waits: try now. */
  hurry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), 0);
  }

  /** Send or ask once; whoever asks meanwhile waits for the same turn. */
  turn() {
    this.running ??= this.oneTurn().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async oneTurn() {
    try {
      await this.once();
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.on.lost(error);
    } finally {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.turn(), this.again ? 0 : this.pause());
      this.again = false;
    }
  }

  pause() {
    if (this.shut) return PAUSES.at(-1);
    if (this.failures === 0) return this.journal.waiting.length ? 0 : IDLE;
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    return pause * (0.75 + Math.random() / 2);
  }

  async once() {
    const changes = this.journal.waiting.slice(0, MOST);
    const left = this.left.slice(0, 20);
    if (!changes.length && !left.length) {
      await this.ask(this.urls.state, {});
      return;
    }
    const body = JSON.stringify({ changes, left });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const answer = await this.ask(this.urls.save, { method: "POST", body, headers });
    if (!answer) return;
    this.left.splice(0, left.length);
    const refused = answer.refused || [];
    await this.journal.acknowledge(answer.stored);
    const closed = [...answer.late, ...refused.map((one) => one.sequence)];
    if (closed.length) await this.journal.forget(closed);
    if (refused.length) this.on.refused(refused, changes);
    this.on.saved(answer, changes);
  }

  async ask(url, options) {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), PATIENCE);
    const began = performance.now();
    try {
      const response = await fetch(url, {
        headers: { Accept: "application/json" },
        ...options,
        credentials: "same-origin",
        cache: "no-store",
        signal: stop.signal,
      });
      if (response.status === 403 || response.status === 404) {
        this.shut = true; // asking at once again would only be refused again
        this.on.locked(response.status);
        return null;
      }
      this.shut = false;
      if (!response.ok) throw new Error(`status ${response.status}`);
      const answer = await response.json();
      this.on.answer(answer, performance.now() - began);
      return answer;
    } finally {
      clearTimeout(patience);
    }
  }
}
