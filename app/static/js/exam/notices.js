/* What the invigilator does to this page: messages, which stay until put away, and the pause. */

import { $, announce, keepNotes, live, notes, page, words } from "./desk.js";
import { icon, make, say } from "./drawing.js";
import { disable, showQuestion } from "./question.js";

const clockTime = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

/** Show messages that were not put away yet; new ones are announced, politely. */
export function showMessages(messages) {
  const place = $("#room-messages");
  const open = messages.filter((one) => !notes.read.includes(one.id));
  const shown = new Set([...place.children].map((element) => element.dataset.message));
  for (const one of open) {
    if (shown.has(one.id)) continue;
    place.append(drawMessage(one));
    announce(say(words.message_spoken, { text: one.text }));
  }
}

function drawMessage(one) {
  const at = typeof one.at === "number" || /T/.test(one.at) ? clockTime.format(new Date(one.at)) : one.at;
  const away = make("button", { type: "button", class: "btn btn--second btn--sm" }, words.message_read);
  const notice = make("div", { class: "notice notice--info exam-alert", "data-message": one.id },
    icon("info"), make("b", { class: "num" }, say(words.message_from, { time: at })), make("p", {}, one.text), make("p", {}, away));
  away.addEventListener("click", () => {
    notes.read.push(one.id);
    keepNotes();
    notice.remove();
    $("#question-title").focus();
  });
  return notice;
}

/** Stop taking answers while the invigilator has stopped the clock, and go on afterwards. */
export async function showPause(answer) {
  const paused = (answer.paused ?? null) !== null;
  $("#paused-why").textContent = answer.pause_reason ? say(words.paused_why, { why: answer.pause_reason }) : "";
  if (paused === page.paused) return;
  if (paused) {
    await live.fields.flush(); // what was being typed when it began is kept
    page.paused = true;
    disable();
  } else {
    page.paused = false;
    showQuestion(false);
  }
  $("#paused").hidden = !paused;
  announce(paused ? words.paused_spoken : words.resumed_spoken);
}
