/* What the page says about saving: the two strands, the connection, the line under each question. */

import { $, answers, data, has, items, live, notes, page, savedAt, typing, words } from "./desk.js";
import { icon, make, say } from "./drawing.js";
import { leftOpen } from "./fields.js";
import { drawGrid, drawHandIn } from "./overview.js";

let jump = () => {};

/** Say where a tap in the answer grid leads. */
export function jumpsBy(go) {
  jump = go;
}

/* What the grid and the hand-in sheet draw from. */
const overview = {
  items,
  words,
  notes,
  stateOf,
  has,
  trouble: () => page.handInTrouble,
  isPartly: (item) => Boolean(notes.drafts[item.number] || leftOpen(item, answers.get(item.number), words)),
  jump(number) {
    page.jumped = true;
    jump(number);
  },
};

function stateOf(slot, held) {
  if (held.has(slot)) return "held";
  if (has(slot)) return "done";
  return notes.seen.includes(slot) ? "seen" : "unseen";
}

/** Return the slots whose answer the server does not have yet. */
export function heldSlots() {
  return new Set([...live.journal.heldSlots, ...typing]);
}

/** Draw everything that says what is answered, what is stored and what waits. */
export function showState() {
  const held = heldSlots();
  const given = items.filter((item) => has(item.number));
  const answered = given.length;
  const kept = given.filter((item) => !held.has(item.number)).length;
  const strands = $(".exam-bar .strands");
  strands.querySelector(".one").setAttribute("width", answered);
  strands.querySelector(".two").setAttribute("width", kept);
  strands.setAttribute("aria-label", say(words.strands, { answered, stored: kept, total: items.length }));
  showSigns(held);
  showSavedLine(held);
  drawGrid(overview, held);
  drawHandIn(overview, held);
}

function showSigns(held) {
  const off = page.failures > 0;
  const line = make("span", { class: `sign sign--${off ? "off" : "ok"}` }, icon(off ? "wifi-off" : "wifi"), off ? words.offline : words.online);
  let kept;
  if (held.size) {
    const sentence = say(off ? words.held : words.saving, { n: held.size });
    kept = make("span", { class: `sign num${off ? " sign--off" : ""}` }, icon("held"), sentence);
  } else if (page.savedAt) {
    kept = make("span", { class: "sign sign--ok num" }, icon("saved"), say(words.saved_at, { time: page.savedAt }));
  } else {
    kept = make("span", { class: "sign" }, answers.size ? words.all_saved : words.nothing_yet);
  }
  $("[data-signs]").replaceChildren(line, kept);
  $("#offline").hidden = page.failures < 2 || page.over;
  const stuck = live.journal.waiting.length > 0 && (page.failures > 1 || page.locked);
  for (const way of document.querySelectorAll("[data-rescues]")) way.hidden = !(stuck && data.rescue);
  showTimeUp(held);
}

/* Who runs out of time without a line is told what will count, and when it is decided. */
function showTimeUp(held) {
  if (!page.over) return;
  const off = page.failures > 0;
  $("#time-up-words").textContent = off && held.size ? say(words.time_up_held, { n: held.size, grace: data.grace })
    : off ? words.time_up_offline : words.time_up_sending;
}

function showSavedLine(held) {
  const slot = notes.here;
  const line = $("#saved-line");
  const draft = notes.drafts[slot];
  showFault(draft, answers.get(slot) ?? null);
  $("#answer-note").textContent = leftOpen(items[slot - 1], answers.get(slot), words);
  line.classList.toggle("saved-line--held", held.has(slot));
  if (typing.has(slot)) line.replaceChildren(icon("held"), words.typing);
  else if (draft) line.replaceChildren();
  else if (held.has(slot)) line.replaceChildren(icon("held"), words.this_held);
  else if (savedAt.has(slot)) {
    const time = savedAt.get(slot);
    line.replaceChildren(icon("saved"), time ? say(words.this_saved_at, { time }) : words.this_saved);
  } else line.replaceChildren();
}

function showFault(draft, standing) {
  const place = $("#answer-error");
  const before = draft && standing !== null && typeof standing !== "object" ? ` ${say(words.still_counts, { what: standing })}` : "";
  const sentence = draft ? draft.sentence + before : "";
  for (const input of document.querySelectorAll("#answer input[type=text]")) {
    input.setAttribute("aria-invalid", String(Boolean(draft)));
  }
  if (place.textContent === sentence) return;
  place.replaceChildren(...(sentence ? [icon("alert"), make("span", {}, sentence)] : []));
}
