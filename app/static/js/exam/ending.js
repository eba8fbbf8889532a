/* The end: handing in, time up, and being locked because somebody else goes on. */

import { $, announce, data, live, page, words } from "./desk.js";
import { disable } from "./question.js";
import { showState } from "./signs.js";

/** Hand in once nothing waits and the line stands; else say why not yet. */
export async function handIn() {
  if (page.handingIn) return;
  page.handingIn = true;
  await live.fields.flush();
  // Once at least: sending the form without a line would leave the paper for the browser's own error.
  for (let round = 0; round < 20; round += 1) {
    await live.exchange.turn();
    if (page.failures || !live.journal.waiting.length) break;
  }
  if (live.journal.waiting.length || page.failures) {
    page.handingIn = false;
    page.handInTrouble = words.cannot_hand_in_yet;
    if (!page.over) announce(words.cannot_hand_in_yet);
    showState();
    return;
  }
  if (page.over && live.clock.left > 0) return; // more time, or a pause: the page is being loaded anew
  await live.journal.tidy();
  $("#hand-in-form").elements.at_zero.value = page.over ? "1" : "";
  $("#hand-in-form").submit();
}

/** Go to the receipt. */
export async function toReceipt() {
  await live.journal.tidy();
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
