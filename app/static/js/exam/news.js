/* What an exchange with the server changes on the page. */

import { $, announce, answers, data, keepNotes, live, notes, page, savedAt, stored, words } from "./desk.js";
import { make } from "./drawing.js";
import { handIn, lock, toReceipt } from "./ending.js";
import { showMessages, showPause } from "./notices.js";
import { takeParts } from "./parts.js";
import { keepDraft } from "./question.js";
import { sendRemarks } from "./remarks.js";
import { showState } from "./signs.js";

function answered(answer, roundTrip) {
  page.failures = 0;
  page.handInTrouble = "";
  data.grace = answer.grace;
  live.clock.correct(answer.now, answer.deadline, roundTrip, answer.paused ?? null);
  showPause(answer);
  if (answer.sections) takeParts(answer.sections);
  if (answer.account) showAccount(answer.account);
  if (answer.messages) showMessages(answer.messages);
  if (!answer.live && !page.locked) movedAway();
  if (answer.state !== "open") {
    page.over = true;
    if (!live.journal.waiting.length && !page.locked) toReceipt();
  } else if (page.over && live.clock.left > 0) {
    location.reload(); // time was added after zero
  } else if (page.over && !page.locked) {
    setTimeout(handIn, 0); // the line came back after zero
  }
  sendRemarks();
  showState();
}

/* Another device goes on: what is being typed here still goes out, under this device's epoch. */
async function movedAway() {
  await live.fields.flush();
  lock(words.other_device, data.urls.other_device);
}

function saved(answer, sent) {
  const counted = new Set(answer.stored);
  page.savedAt = answer.saved_at;
  for (const change of sent) {
    if (!counted.has(change.sequence)) continue;
    savedAt.set(change.slot, answer.saved_at);
    stored.set(change.slot, change.value);
  }
  if (answer.late.length) announce(words.late);
  showState();
  if (answer.state !== "open" && !live.journal.waiting.length && !page.locked) toReceipt();
}

function lost() {
  page.failures += 1;
  if (page.failures === 2 && !page.over) announce(words.offline_spoken);
  showState();
}

async function refused(list, sent) {
  for (const one of list) {
    const change = sent.find((candidate) => candidate.sequence === one.sequence);
    const newer = change && live.journal.waiting.some((waits) => waits.slot === change.slot);
    if (one.code === "conflict") {
      // Another page of this device has used the number: say so, and send under a free one.
      live.journal.leap();
      $("#warning-doubled").hidden = false;
      if (change && !newer) await live.journal.add(change.slot, change.value);
    } else if (change && !newer) takeBack(change, one.why);
  }
}

/* What the server could not take is no answer: what it has counts, and the fields keep what was typed. */
function takeBack(change, why) {
  answers.set(change.slot, stored.get(change.slot) ?? null);
  announce(why);
  keepDraft(change.slot, why, change.value);
  if (change.slot === notes.here) live.fields.show(answers.get(change.slot));
  keepNotes();
}

/** Show the time account: what for, and how long. */
export function showAccount(account) {
  const rows = account.map((line) => make("div", {}, make("dt", {}, line.why), make("dd", { class: "num" }, length(line.seconds))));
  const all = account.reduce((sum, line) => sum + line.seconds, 0);
  rows.push(make("div", { class: "sum" }, make("dt", {}, words.time_in_all), make("dd", { class: "num" }, length(all))));
  $("#account").replaceChildren(...rows);
}

function length(seconds) {
  const whole = Math.abs(seconds);
  return `${seconds < 0 ? "−" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const news = {
  answer: answered,
  saved,
  lost,
  refused,
  locked: movedAway,
};
