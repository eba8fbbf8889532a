/* The answering page: one load for the whole paper, one question on the screen.
 *
 * What is true lives elsewhere: answers in the journal and on the server, time on the server. This
 * file shows them and passes on what the candidate does. It relies on no unload event.
 */

import { Clock } from "./clock.js";
import { icon, make, rich, richStem, say } from "./drawing.js";
import { Exchange } from "./exchange.js";
import { fieldsOf, leftOpen } from "./fields.js";
import { Journal } from "./journal.js";
import { keepMedia, media } from "./media.js";
import { drawGrid, drawHandIn } from "./overview.js";

const data = JSON.parse(document.getElementById("paper").textContent);
const words = data.words;
const items = data.groups.flatMap((group) => group.items.map((item) => ({ ...item, group })));
const QUESTIONS = "zh-CN"; // what the questions are written in, whatever the page speaks
const MOST_VALUE = 2000; // characters of one answer, as the server counts them
const $ = (selector) => document.querySelector(selector);

/* ---- what only this device needs to know: flags, struck options, the question at hand, and drafts:
   what was typed and is no answer, with the sentence that says so ---- */

const NOTES = `peizhen-exam-notes|${data.attempt}`;
const notes = readNotes();

function readNotes() {
  const empty = { here: 1, flagged: [], seen: [], struck: {}, drafts: {}, clockHidden: false };
  try {
    return { ...empty, ...JSON.parse(localStorage.getItem(NOTES) || "{}") };
  } catch {
    return empty;
  }
}

function keepNotes() {
  try {
    localStorage.setItem(NOTES, JSON.stringify(notes));
  } catch {
    // Comfort only: answers do not live here.
  }
}

/* ---- state ---- */

const answers = new Map(Object.entries(data.given).map(([slot, value]) => [Number(slot), value]));
const savedAt = new Map([...answers.keys()].map((slot) => [slot, ""]));
const stored = new Map(answers); // what counts on the server
const typing = new Set(); // slots with something typed that the journal does not have yet
const page = { locked: false, over: false, epoch: data.epoch, failures: 0, handingIn: false };
let journal;
let exchange;
let clock;

let fields = { show() {}, clear() {}, flush: async () => {} };

const has = (slot) => (answers.get(slot) ?? null) !== null;

/* What the grid and the hand-in sheet draw from. */
const overview = {
  items,
  words,
  notes,
  stateOf,
  has,
  isPartly: (item) => Boolean(notes.drafts[item.number] || leftOpen(item, answers.get(item.number), words)),
  jump(number) {
    page.jumped = true;
    go(number);
  },
};

/* ---- the question ---- */

function showQuestion(focus) {
  const item = items[notes.here - 1];
  if (!notes.seen.includes(item.number)) notes.seen.push(item.number);
  keepNotes();
  history.replaceState(history.state, "", `?q=${item.number}${location.hash}`);
  const head = make("div", { class: "q-head" },
    make("h1", { id: "question-title", tabindex: "-1" }, say(words.question_n, { n: item.number })),
    make("span", {}, `${words.kinds[item.kind]} · ${say(words.marks, { n: shownMarks(item.marks) })}`));
  const parts = [head];
  if (item.group.scene) {
    parts.push(make("section", { class: "scene prose-lines stack stack--2", lang: QUESTIONS, "aria-label": words.scene },
      make("p", {}, ...rich(item.group.scene)), ...media(item.group.media, { words })));
  }
  for (const text of item.before || []) parts.push(...stem(text));
  parts.push(...stem(item, "stem"));
  fields = fieldsOf(item, hands(item));
  parts.push(make("div", { id: "answer" }, fields.node),
    make("p", { class: "answer-error", id: "answer-error", role: "alert" }), make("p", { class: "answer-note num", id: "answer-note" }),
    make("p", { class: "saved-line num", role: "status", id: "saved-line" }), tools(item));
  for (const text of item.after || []) parts.push(...stem(text));
  $("#question").replaceChildren(...parts);
  if (page.locked || page.over) disable();
  document.title = `${say(words.question_n, { n: item.number })} · ${words.exam}`;
  $("#position").textContent = `${item.number} / ${items.length}`;
  $("#previous").toggleAttribute("disabled", item.number === 1);
  const last = item.number === items.length;
  $("#next [data-label]").textContent = last ? words.to_hand_in : words.next;
  showState();
  if (focus) $("#question-title").focus();
}

function shownMarks(text) {
  const [above, below] = text.split("/").map(Number);
  return String(below ? Math.round((above / below) * 100) / 100 : above);
}

function stem(text, id = null) {
  return [make("p", { class: "stem prose-lines", id, lang: QUESTIONS }, ...richStem(text, words.blank_n)), ...media(text.media, { words })];
}

/* What the fields of a question may do here. */
function hands(item) {
  return {
    words,
    announce,
    struck: notes.struck[item.number] || [],
    value: () => answers.get(item.number) ?? null,
    draft: () => notes.drafts[item.number]?.value,
    save: (value) => answer(item, value),
    refuse: (sentence, value) => keepDraft(item.number, sentence, value),
    striking: () => page.striking === true,
    strike: (option) => strikeOut(item, option),
    typing(yes) {
      if (yes === typing.has(item.number)) return;
      if (yes) typing.add(item.number);
      else typing.delete(item.number);
      showState();
    },
  };
}

function keepDraft(slot, sentence, value) {
  if (sentence) notes.drafts[slot] = { value, sentence };
  else if (notes.drafts[slot]) delete notes.drafts[slot];
  else return;
  keepNotes();
  showState();
}

function tools(item) {
  const flag = make("button", { type: "button", class: "btn btn--chip", "aria-pressed": String(notes.flagged.includes(item.number)) }, icon("flag"), words.flag);
  flag.addEventListener("click", () => {
    const at = notes.flagged.indexOf(item.number);
    if (at < 0) notes.flagged.push(item.number);
    else notes.flagged.splice(at, 1);
    flag.setAttribute("aria-pressed", String(at < 0));
    keepNotes();
    showState();
  });
  const choosing = Boolean(item.options);
  const strike = make("button", { type: "button", class: "btn btn--chip", "aria-pressed": String(page.striking === true) }, icon("strike"), words.strike);
  strike.addEventListener("click", () => {
    page.striking = !page.striking;
    strike.setAttribute("aria-pressed", String(page.striking));
    announce(page.striking ? words.striking : words.not_striking);
  });
  const clear = make("button", { type: "button", class: "btn btn--chip" }, icon("x"), words.clear);
  clear.addEventListener("click", async () => {
    if (page.locked || page.over) return;
    fields.clear(); // first, so that nothing half typed is saved after it
    await answer(item, null);
  });
  return make("div", { class: "q-tools" }, flag, ...(choosing ? [strike] : []), clear);
}

function strikeOut(item, option) {
  const struck = new Set(notes.struck[item.number] || []);
  if (struck.has(option)) struck.delete(option);
  else struck.add(option);
  notes.struck[item.number] = [...struck];
  page.striking = false;
  keepNotes();
  showQuestion(false);
}

async function answer(item, value) {
  if (page.locked || page.over) return;
  if (lengthOf(value) > MOST_VALUE) {
    keepDraft(item.number, say(words.too_long, { n: MOST_VALUE }), value);
    return;
  }
  keepDraft(item.number, "");
  const before = answers.get(item.number) ?? null;
  if (JSON.stringify(before) === JSON.stringify(value)) return;
  const adding = journal.add(item.number, value);
  answers.set(item.number, value); // a second tap meanwhile builds on this one
  await adding;
  if (notes.here === item.number) fields.show(answers.get(item.number));
  if (!journal.lasting) warn("volatile");
  showState();
  exchange.hurry();
}

/* The server writes a space after each comma and colon. */
function lengthOf(value) {
  const parts = value && typeof value === "object" ? Object.keys(value).length : 0;
  return JSON.stringify(value).length + 2 * parts;
}

/* ---- what is stored, what waits ---- */

function stateOf(slot, held) {
  if (held.has(slot)) return "held";
  if (has(slot)) return "done";
  return notes.seen.includes(slot) ? "seen" : "unseen";
}

function showState() {
  const held = new Set([...journal.heldSlots, ...typing]);
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

/* ---- moving ---- */

async function go(number) {
  await fields.flush();
  if (!journal.lasting && journal.waiting.length) {
    // Nothing on this device survives: the answer goes out before the question changes.
    warn("volatile");
    await exchange.turn();
    if (journal.waiting.length) return;
  }
  notes.here = Math.min(Math.max(number, 1), items.length);
  showQuestion(true);
  scrollTo(0, 0);
}

function afterSheet() {
  // Closing a sheet steps back to an address that still names the question before the jump.
  history.replaceState(history.state, "", `?q=${notes.here}${location.hash}`);
  if (page.jumped && !location.hash) $("#question-title").focus();
  page.jumped = false;
}

/* ---- handing in ---- */

async function handIn() {
  if (page.handingIn) return;
  page.handingIn = true;
  await fields.flush();
  for (let round = 0; round < 20 && journal.waiting.length; round += 1) {
    await exchange.turn();
    if (page.failures) break;
  }
  if (journal.waiting.length) {
    page.handingIn = false;
    announce(words.cannot_hand_in_yet);
    $("#hand-in-held").hidden = false;
    return;
  }
  $("#hand-in-form").submit();
}

function toReceipt() {
  location.replace(data.urls.receipt);
}

/* ---- time up, other devices, other tabs ---- */

async function timeUp() {
  await fields.flush(); // what is being typed still counts
  page.over = true;
  disable();
  $("#time-up").hidden = false;
  announce(words.time_up);
  handIn();
}

function disable() {
  for (const field of document.querySelectorAll("#answer :is(input, select, button)")) field.disabled = true;
}

function lock(sentence, way = location.pathname) {
  page.locked = true;
  disable();
  $("#locked").hidden = false;
  $("#locked-words").textContent = sentence;
  $("#locked a").href = way;
  announce(sentence);
}

const LEASE = `peizhen-exam-tab|${data.attempt}`;
const tab = `${Date.now()}-${Math.random()}`;

function takeLease() {
  // The newest tab answers; an older one is told so. Both share one journal, so nothing is lost.
  try {
    localStorage.setItem(LEASE, tab);
  } catch {
    return;
  }
  addEventListener("storage", (event) => {
    if (event.key === LEASE && event.newValue && event.newValue !== tab) lock(words.other_tab);
  });
}

/* ---- words for the ear, warnings ---- */

function announce(sentence) {
  $("#spoken").textContent = sentence;
}

function warn(kind) {
  $(`#warning-${kind}`).hidden = false;
}

function watchLeaving() {
  let since = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      since = performance.now();
      fields.flush();
    } else if (since) {
      exchange.left.push(Math.max(1, Math.round(performance.now() - since)));
      since = 0;
    }
  });
}

/* ---- the exchange's news ---- */

const news = {
  answer(answer, roundTrip) {
    page.failures = 0;
    clock.correct(answer.now, answer.deadline, roundTrip);
    if (answer.account) showAccount(answer.account);
    if (!answer.live && !page.locked) lock(words.other_device, data.urls.other_device);
    if (answer.state !== "open") {
      page.over = true;
      if (!journal.waiting.length && !page.locked) toReceipt();
    } else if (page.over && clock.left > 0) {
      location.reload(); // time was added after zero
    }
    showState();
  },
  saved(answer, sent) {
    const late = new Set(answer.late);
    page.savedAt = answer.saved_at;
    const counted = new Set(answer.stored);
    for (const change of sent) {
      if (!counted.has(change.sequence)) continue;
      savedAt.set(change.slot, answer.saved_at);
      stored.set(change.slot, change.value);
    }
    if (late.size) announce(words.late);
    showState();
    if (answer.state !== "open" && !journal.waiting.length && !page.locked) toReceipt();
  },
  lost() {
    page.failures += 1;
    if (page.failures === 2) announce(words.offline_spoken);
    showState();
  },
  async refused(refused, sent) {
    for (const one of refused) {
      const change = sent.find((candidate) => candidate.sequence === one.sequence);
      const newer = change && journal.waiting.some((w) => w.slot === change.slot);
      if (one.code === "conflict" && change && !newer) await journal.add(change.slot, change.value);
      else if (one.code !== "conflict" && change && !newer) takeBack(change, one.why);
    }
  },
  locked() {
    lock(words.other_device, data.urls.other_device);
  },
};

/* What the server could not take is no answer: what it has counts, and the fields keep what was typed. */
function takeBack(change, why) {
  answers.set(change.slot, stored.get(change.slot) ?? null);
  announce(why);
  keepDraft(change.slot, why, change.value);
  if (change.slot === notes.here) fields.show(answers.get(change.slot));
}

function showAccount(account) {
  const rows = account.map((line) => {
    const sign = line.seconds < 0 ? "−" : "";
    const whole = Math.abs(line.seconds);
    const length = `${sign}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    return make("div", {}, make("dt", {}, line.why), make("dd", { class: "num" }, length));
  });
  $("#account").replaceChildren(...rows);
}

/* ---- begin ---- */

async function begin() {
  journal = await Journal.open(data.attempt, data.epoch, data.next_sequence);
  for (const change of journal.waiting) answers.set(change.slot, change.value);
  if (!journal.lasting) warn("volatile");
  exchange = new Exchange(data.urls, journal, news);
  clock = new Clock($("[data-clock]"), words, { zero: timeUp, say: announce });
  clock.hidden = notes.clockHidden;
  clock.correct(data.now, data.deadline, 0);
  takeLease();
  watchLeaving();
  addEventListener("popstate", afterSheet);
  addEventListener("pagehide", () => fields.flush());
  keepMedia(data.media);
  const wanted = Number(new URLSearchParams(location.search).get("q"));
  notes.here = Math.min(Math.max(wanted || notes.here, 1), items.length);
  showAccount(data.account);
  showQuestion(false);
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
  $("#hand-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    handIn();
  });
  const hide = $("[data-clock-toggle]");
  hide.hidden = false;
  hide.addEventListener("click", () => {
    clock.hidden = notes.clockHidden = !clock.hidden;
    hide.setAttribute("aria-label", clock.hidden ? words.show_clock : words.hide_clock);
    keepNotes();
    clock.tick();
  });
  $("[data-clock]").addEventListener("click", () => announce(clock.sentence()));
  document.body.dataset.ready = "yes";
  exchange.hurry();
}

begin();
