/* The answering page: one load for the whole paper, one question on the screen.
 *
 * This begins it: opens the device's journal, starts the exchange and the clock, and lets each theme
 * watch its part of the page. It relies on no unload event.
 */

import { Clock } from "./clock.js";
import { $, announce, answers, data, items, keepNotes, live, notes, page, savedAt, stored, warn, words } from "./desk.js";
import { handIn, lock, timeUp } from "./ending.js";
import { Exchange } from "./exchange.js";
import { Journal } from "./journal.js";
import { watchLook } from "./look.js";
import { keepMedia } from "./media.js";
import { go, watchMoves } from "./moving.js";
import { news, showAccount } from "./news.js";
import { showMessages, showPause } from "./notices.js";
import { watchParts } from "./parts.js";
import { disable, showQuestion } from "./question.js";
import { watchRemarks } from "./remarks.js";
import { watchRescue } from "./rescue.js";
import { jumpsBy } from "./signs.js";
import { takeLease } from "./tabs.js";

function watchLeaving() {
  let since = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      since = performance.now();
      live.fields.flush();
    } else if (since) {
      live.exchange.left.push(Math.max(1, Math.round(performance.now() - since)));
      since = 0;
    }
  });
  addEventListener("pagehide", () => live.fields.flush()); // where it comes; nothing hangs on it
}

function watchClock() {
  const clock = new Clock($("[data-clock]"), words, { zero: timeUp, say: announce });
  clock.hidden = notes.clockHidden;
  const hide = $("[data-clock-toggle]");
  hide.hidden = false;
  const name = () => hide.setAttribute("aria-label", clock.hidden ? words.show_clock : words.hide_clock);
  name();
  hide.addEventListener("click", () => {
    clock.hidden = notes.clockHidden = !clock.hidden;
    name();
    keepNotes();
    clock.tick();
  });
  addEventListener("hashchange", () => {
    if (location.hash !== "#time") return;
    $("#time-left").textContent = clock.sentence();
    announce(clock.sentence());
  });
  return clock;
}

function partEnded(part, next) {
  disable();
  if (next) go(next.first);
}

async function begin() {
  watchLook();
  takeLease(data.attempt, () => {
    if (!page.locked) lock(words.other_tab);
  });
  live.journal = await Journal.open(data.attempt, data.epoch, data.next_sequence);
  for (const change of live.journal.newer) {
    answers.set(change.slot, change.value);
    stored.set(change.slot, change.value);
    savedAt.set(change.slot, "");
  }
  for (const change of live.journal.waiting) answers.set(change.slot, change.value);
  if (!live.journal.lasting) warn("volatile");
  live.exchange = new Exchange(data.urls, live.journal, news);
  live.clock = watchClock();
  live.clock.correct(data.now, data.deadline, 0, data.paused ?? null);
  const wanted = Number(new URLSearchParams(location.search).get("q"));
  const place = wanted || (await live.journal.place()) || notes.here;
  notes.here = Math.min(Math.max(place, 1), items.length);
  showAccount(data.account);
  jumpsBy(go);
  showQuestion(false);
  watchMoves();
  watchLeaving();
  watchParts(partEnded);
  watchRemarks();
  watchRescue();
  keepMedia(data.media);
  showPause(data);
  showMessages(data.messages || []);
  $("#hand-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    handIn();
  });
  document.body.dataset.ready = "yes";
  live.exchange.hurry();
}

begin();
