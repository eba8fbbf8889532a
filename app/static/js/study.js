/* The clock of an open lesson: a sign of life while somebody reads, nothing when nobody moves.
 *
 * The server counts (app/learning/seat_time.py); this page only says "somebody is reading, here".
 * It falls silent when the page is hidden or nothing has moved for a while, and asks the reader, now
 * and then, which lesson this is. What is read without a line is noted by offline_reading.js.
 */

import { noteReading } from "./offline_reading.js";

const STEPS = 1000;
const PATIENCE = 12000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel"];

const study = document.getElementById("study");
const sheet = document.getElementById("presence");

class Clock {
  constructor() {
    this.ticket = study.dataset.ticket;
    this.every = Number(study.dataset.beat) * 1000;
    this.idleAfter = Number(study.dataset.idle) * 1000;
    this.counted = Number(study.dataset.counted);
    this.moved = Date.now();
    this.sentAt = 0;
    this.busy = false;
    this.asked = false;
    this.state = "";
  }

  begin() {
    for (const sign of SIGNS) addEventListener(sign, () => this.move(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.move()));
    addEventListener("online", () => this.move());
    this.timer = setInterval(() => this.step(), STEPS);
    this.step();
  }

  move() {
    this.moved = Date.now();
  }

  reading() {
    const heard = Boolean(window.speechSynthesis?.speaking);
    return !document.hidden && (heard || Date.now() - this.moved < this.idleAfter);
  }

  step() {
    if (this.asked || this.busy) return;
    if (!this.reading()) {
      if (!document.hidden) this.show("idle");
      return;
    }
    if (Date.now() - this.sentAt >= this.every) this.beat();
  }

  /** Say that somebody reads; without a line, note it on the device. */
  async beat() {
    this.busy = true;
    this.sentAt = Date.now();
    try {
      await this.hear(await this.post(study.dataset.beatTo, { ticket: this.ticket, place: place() }));
    } catch {
      noteReading(study.dataset, this.every);
      this.show("offline");
    } finally {
      this.busy = false;
    }
  }

  async post(to, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      return await fetch(to, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        signal: stop.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async hear(answer) {
    if (answer.status === 403) return this.end();
    if (answer.status === 409) return this.close();
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    this.ticket = told.ticket;
    this.counted += told.earned;
    document.getElementById("study-minutes").textContent = String(Math.floor(this.counted / 60000));
    if (told.over) return this.end();
    if (told.check) return this.ask(told.check);
    return this.close();
  }

  ask(check) {
    const english = document.documentElement.lang === "en";
    document.getElementById("presence-wrong").hidden = this.asked !== check.id;
    this.asked = check.id;
    this.show("asked");
    const buttons = check.choices.map((choice) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--second btn--wide";
      button.textContent = `${choice.code} ${english ? choice.en : choice.zh}`;
      button.addEventListener("click", () => this.answer(choice.code));
      return button;
    });
    document.getElementById("presence-choices").replaceChildren(...buttons);
    sheet.hidden = false;
  }

  async answer(chosen) {
    this.move();
    try {
      await this.hear(await this.post(study.dataset.presenceTo, { ticket: this.ticket, chosen }));
    } catch {
      this.show("offline"); // the question stays; another tap asks again
    }
  }

  close() {
    this.asked = false;
    sheet.hidden = true;
    this.show("running");
  }

  end() {
    clearInterval(this.timer);
    sheet.hidden = true;
    this.show("over");
  }

  /** The last seconds before the page is hidden or closed. */
  leave() {
    if (this.asked || this.busy || !this.ticket || Date.now() - this.sentAt < 5000) return;
    const body = JSON.stringify({ ticket: this.ticket, place: place() });
    navigator.sendBeacon?.(study.dataset.beatTo, new Blob([body], { type: "application/json" }));
    this.sentAt = Date.now();
  }

  show(state) {
    if (state === this.state) return;
    this.state = state;
    for (const word of study.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== state;
  }
}

/** Where the reader is: the heading above the top of the screen, and the share of its part read. */
function place() {
  const heads = [...document.querySelectorAll(".lesson-text h2[id]")];
  const passed = heads.filter((head) => head.getBoundingClientRect().top < 120);
  const head = passed.at(-1);
  if (!head) return ":0";
  const part = head.closest("section") ?? head;
  const box = part.getBoundingClientRect();
  const share = Math.round((100 * (120 - box.top)) / Math.max(box.height, 1));
  return `${head.id}:${Math.min(Math.max(share, 0), 100)}`;
}

if (study?.dataset.ticket) new Clock().begin();
