/* The end: handing in, time up, and being locked because somebody else goes on. */

import { $, announce, data, live, page, words } from "./desk.js";
import { disable } from "./question.js";
import { showState } from "./signs.js";

/** Hand in once nothing waits on the device; else say why not yet. */
export async function handIn() {
  if (page.handingIn) return;
  page.handingIn = true;
  await live.fields.flush();
  for (let round = 0; round < 20 && live.journal.waiting.length; round += 1) {
    await live.exchange.turn();
    if (page.failures) break;
  }
  if (live.journal.waiting.length) {
    page.handingIn = false;
    if (!page.over) announce(words.cannot_hand_in_yet);
    $("#hand-in-held").hidden = false;
    return;
  }
  $("#hand-in-form").submit();
}

/** Go to the receipt. */
export function toReceipt() {
  location.replace(data.urls.receipt);
}

/** Zero: what is being typed still counts, then the paper is handed in. */
export async function timeUp() {
  await live.fields.flush();
  page.over = true;
  disable();
  $("#time-up").hidden = false;
  showState();
  announce(words.time_up);
  if (page.failures) live.exchange.hurry(); // the answer to it hands in, when the line is back
  else handIn();
}

/** Take no more answers here, and say where they are taken. */
export function lock(sentence, way = location.pathname) {
  page.locked = true;
  disable();
  $("#locked").hidden = false;
  $("#locked-words").textContent = sentence;
  $("#locked a").href = way;
  showState();
  announce(sentence);
}
