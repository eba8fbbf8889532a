/* The waiting room: counts down by the server's seconds, opens by itself, and tries out before the
 * clock starts what the exam will need: storage, the line, the pictures, the page itself.
 */

import { tryStorage } from "./journal.js";

const SLOW = 1500; // milliseconds there and back
const TRIES = 3;
const AGAIN = 5000;
const SPREAD = 800; // milliseconds over which a room opens, so that its pages are not asked for at once
const LITTLE = 5e6; // bytes: a device with less left is nearly full

addEventListener("pageshow", (event) => {
  // Swiped back to from the paper: the server knows where this person belongs.
  if (event.persisted) location.reload();
});

const place = document.querySelector("[data-countdown]");
if (place) {
  const end = performance.now() + Number(place.dataset.countdown) * 1000;
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      setTimeout(() => location.reload(), 100 + Math.random() * SPREAD);
      return;
    }
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    setTimeout(tick, 500);
  };
  tick();
}

/* Each check is a line with its sentences in data-…; one of them is shown. */
function tell(name, outcome, values = {}) {
  const line = document.querySelector(`[data-check="${name}"]`);
  if (!line) return;
  line.dataset.outcome = outcome;
  let sentence = line.dataset[outcome];
  for (const [key, value] of Object.entries(values)) sentence = sentence.replace(`{${key}}`, value);
  line.querySelector("[data-said]").textContent = sentence;
  for (const sign of line.querySelectorAll("[data-sign]")) {
    sign.hidden = sign.dataset.sign !== (outcome === "well" ? "ok" : "wait");
  }
}

async function checkStorage() {
  const kind = await tryStorage();
  let free = Infinity;
  try {
    const { quota, usage } = await navigator.storage.estimate(); // not there on plain http
    free = quota - usage;
  } catch {
    // Unknown is no fault: what was written came back.
  }
  if (kind === "volatile") {
    tell("storage", "none");
    const warning = document.getElementById("storage-warning");
    if (warning) warning.hidden = false;
  } else if (free < LITTLE) tell("storage", "full");
  else tell("storage", kind === "indexeddb" ? "well" : "local");
}

async function checkLine(address) {
  const trips = [];
  for (let i = 0; i < TRIES; i += 1) {
    const began = performance.now();
    try {
      const stop = new AbortController();
      const patience = setTimeout(() => stop.abort(), 4 * SLOW);
      const answer = await fetch(address, { cache: "no-store", signal: stop.signal });
      clearTimeout(patience);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      trips.push(performance.now() - began);
    } catch {
      tell("line", "off");
      setTimeout(() => checkLine(address), AGAIN);
      return;
    }
  }
  const middle = Math.round(trips.sort((a, b) => a - b)[1]);
  tell("line", middle > SLOW ? "slow" : "well", { ms: middle });
}

/* Pictures and sounds, into the browser's cache; the paper's text comes with its page in one load. */
async function fetchMedia(board) {
  const wanted = Number(board.dataset.count);
  let done = 0;
  for (let number = 1; number <= wanted; number += 1) {
    try {
      const response = await fetch(`${board.dataset.media}${number}`, { credentials: "same-origin" });
      if (response.ok) await response.blob();
      done += response.ok ? 1 : 0;
    } catch {
      // Tried again below, and by the answering page; the words of each picture are there in any case.
    }
    tell("media", "some", { done });
  }
  if (done === wanted) tell("media", "well");
  else setTimeout(() => fetchMedia(board), AGAIN);
}

const checks = document.getElementById("checks");
if (checks) {
  checks.hidden = false;
  checkStorage();
  checkLine(checks.dataset.line);
  const board = document.querySelector('[data-check="media"]');
  if (board) setTimeout(() => fetchMedia(board), Number(board.dataset.wait) * 1000);
}
