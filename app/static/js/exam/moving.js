/* Moving between questions, and Back: a swipe back stays on the paper, as far as browsers let it. */

import { $, announce, items, live, notes, page, warn, words } from "./desk.js";
import { showQuestion } from "./question.js";

/** Show a question, after what is being typed was saved. */
export async function go(number) {
  await live.fields.flush();
  if (!live.journal.lasting && live.journal.waiting.length) {
    // Nothing on this device survives: the answer goes out before the question changes.
    warn("volatile");
    await live.exchange.turn();
    if (live.journal.waiting.length) return;
  }
  notes.here = Math.min(Math.max(number, 1), items.length);
  showQuestion(true);
  scrollTo(0, 0);
}

/* Below the paper lies a floor: an entry of the same page. Going back to it is going nowhere, and it
   is covered again. Who gets past it meets the waiting room, which sends back to the paper. */

const FLOOR = { exam: "floor" };
const TOP = { exam: "top" };
const address = () => `?q=${notes.here}${location.hash}`;

function stepped() {
  if (history.state?.exam === "floor") {
    history.pushState(TOP, "", `?q=${notes.here}`);
    announce(words.still_here);
  } else {
    // Closing a sheet steps back to an address that still names the question before the jump.
    history.replaceState(history.state, "", address());
  }
  if (page.jumped && !location.hash) $("#question-title").focus();
  page.jumped = false;
}

/** Watch the way back and the buttons at the bottom. */
export function watchMoves() {
  if (!history.state?.exam) {
    history.replaceState(FLOOR, "", `?q=${notes.here}`);
    history.pushState(TOP, "", address());
  }
  addEventListener("popstate", stepped);
  $("#previous").addEventListener("click", (event) => {
    event.preventDefault();
    go(notes.here - 1);
  });
  $("#next").addEventListener("click", (event) => {
    event.preventDefault();
    if (notes.here === items.length) location.hash = "hand-in";
    else go(notes.here + 1);
  });
  $("#hand-in-first").addEventListener("click", (event) => {
    event.preventDefault();
    page.jumped = true;
    go(Number(event.currentTarget.dataset.go));
  });
}
