/* Remarks on a question (对这道题有意见): kept on the device until the server has them, one a question at
 * a time. They are not answers: nothing about marks or time hangs on them.
 */

import { $, announce, data, keepNotes, notes, words } from "./desk.js";
import { say } from "./drawing.js";

let sending = false;

/** Make the sheet work. */
export function watchRemarks() {
  const form = $("#remark-form");
  if (!form) return;
  addEventListener("hashchange", () => {
    if (location.hash === "#remark") show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text) {
      tell(words.remark_empty);
      return;
    }
    notes.remarks[notes.here] = { text, state: "waiting" };
    keepNotes();
    tell(words.remark_waiting);
    sendRemarks();
  });
  // A page that was killed while somebody wrote still has the words.
  form.elements.text.addEventListener("input", () => {
    notes.remarks[notes.here] = { text: form.elements.text.value, state: "draft" };
    keepNotes();
  });
  if (location.hash === "#remark") show();
}

function show() {
  const one = notes.remarks[notes.here];
  $("#remark-title").textContent = say(words.remark_title, { n: notes.here });
  $("#remark-form").elements.text.value = one && one.state !== "sent" ? one.text : "";
  $("#remark-state").textContent = one ? { draft: "", waiting: words.remark_waiting, sent: words.remark_sent, refused: one.why }[one.state] : "";
}

function tell(sentence) {
  $("#remark-state").textContent = sentence;
  announce(sentence);
}

/** Send what waits; called whenever the server answers, so that a broken line sends later by itself. */
export async function sendRemarks() {
  const waiting = Object.entries(notes.remarks).filter(([, one]) => one.state === "waiting");
  if (sending || !waiting.length) return;
  sending = true;
  try {
    for (const [slot, one] of waiting) await send(Number(slot), one);
  } catch {
    if (location.hash === "#remark") $("#remark-state").textContent = words.remark_kept;
  } finally {
    sending = false;
  }
}

async function send(slot, one) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const body = JSON.stringify({ slot, text: one.text });
  const answer = await fetch(data.urls.comment, { method: "POST", headers, body, credentials: "same-origin" });
  if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  if (answer.ok) one.state = "sent";
  else Object.assign(one, { state: "refused", why: (await answer.json()).error });
  keepNotes();
  if (slot !== notes.here || location.hash !== "#remark") return;
  if (answer.ok) $("#remark-form").elements.text.value = "";
  tell(answer.ok ? words.remark_sent : one.why);
}
