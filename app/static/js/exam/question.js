/* The question on the screen: its words, its fields, its tools; and what becomes of a tap. */

import { $, announce, answers, data, items, keepNotes, live, notes, page, typing, warn, words } from "./desk.js";
import { icon, make, rich, richStem, say } from "./drawing.js";
import { fieldsOf } from "./fields.js";
import { media } from "./media.js";
import { partOver } from "./parts.js";
import { showState } from "./signs.js";

const QUESTIONS = "zh-CN"; // what the questions are written in, whatever the page speaks
const MOST_VALUE = 2000; // characters of one answer, as the server counts them

/** Tell whether a question takes no answer here and now. */
export function isShut(slot) {
  return page.locked || page.over || page.paused || partOver(slot);
}

/** Draw the question at hand; `focus` moves the reader's place to its title. */
export function showQuestion(focus) {
  const item = items[notes.here - 1];
  if (!notes.seen.includes(item.number)) notes.seen.push(item.number);
  keepNotes();
  live.journal.keepPlace(item.number);
  history.replaceState(history.state, "", `?q=${item.number}${location.hash}`);
  const parts = [head(item)];
  if (item.group.scene) {
    parts.push(make("section", { class: "scene prose-lines stack stack--2", lang: QUESTIONS, "aria-label": words.scene },
      make("p", {}, ...rich(item.group.scene)), ...media(item.group.media, { words })));
  }
  for (const text of item.before || []) parts.push(...stem(text));
  parts.push(...stem(item, "stem"));
  live.fields = fieldsOf(item, hands(item));
  parts.push(make("div", { id: "answer" }, live.fields.node),
    make("p", { class: "answer-error", id: "answer-error", role: "alert" }), make("p", { class: "answer-note num", id: "answer-note" }),
    make("p", { class: "saved-line num", role: "status", id: "saved-line" }), tools(item));
  for (const text of item.after || []) parts.push(...stem(text));
  $("#question").replaceChildren(...parts);
  if (isShut(item.number)) disable();
  document.title = `${say(words.question_n, { n: item.number })} · ${words.exam}`;
  $("#position").textContent = `${item.number} / ${items.length}`;
  $("#previous").toggleAttribute("disabled", item.number === 1);
  const last = item.number === items.length;
  $("#next [data-label]").textContent = last ? words.to_hand_in : words.next;
  showState();
  if (focus) $("#question-title").focus();
}

function head(item) {
  const marks = say(words.marks, { n: shownMarks(item.marks) });
  return make("div", { class: "q-head" },
    make("h1", { id: "question-title", tabindex: "-1" }, say(words.question_n, { n: item.number })),
    make("span", {}, `${words.kinds[item.kind]} · ${marks}`),
    make("a", { class: "btn btn--chip push", href: "#display", "aria-haspopup": "dialog" }, words.display));
}

function shownMarks(text) {
  const [above, below] = text.split("/").map(Number);
  return String(below ? Math.round((above / below) * 100) / 100 : above);
}

function stem(text, id = null) {
  return [make("p", { class: "stem prose-lines", id, lang: QUESTIONS }, ...richStem(text, words.blank_n)), ...media(text.media, { words })];
}

/** Take the fields out of use; drawing the question again gives them back. */
export function disable() {
  for (const field of document.querySelectorAll("#answer :is(input, select, button)")) field.disabled = true;
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
    striking: () => page.striking,
    strike: (option) => strikeOut(item, option),
    typing(yes) {
      if (yes === typing.has(item.number)) return;
      if (yes) typing.add(item.number);
      else typing.delete(item.number);
      showState();
    },
  };
}

/** Keep what was typed and is no answer, with the sentence that says so; "" forgets it. */
export function keepDraft(slot, sentence, value) {
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
  const strike = make("button", { type: "button", class: "btn btn--chip", "aria-pressed": String(page.striking) }, icon("strike"), words.strike);
  strike.addEventListener("click", () => {
    page.striking = !page.striking;
    strike.setAttribute("aria-pressed", String(page.striking));
    announce(page.striking ? words.striking : words.not_striking);
  });
  const clear = make("button", { type: "button", class: "btn btn--chip" }, icon("x"), words.clear);
  clear.addEventListener("click", async () => {
    if (isShut(item.number)) return;
    live.fields.clear(); // first, so that nothing half typed is saved after it
    await answer(item, null);
  });
  const remark = make("a", { class: "btn btn--chip", href: "#remark", "aria-haspopup": "dialog" }, icon("pen"), words.remark);
  return make("div", { class: "q-tools" }, flag, ...(item.options ? [strike] : []), clear, ...(data.urls.comment ? [remark] : []));
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
  if (isShut(item.number)) return;
  if (lengthOf(value) > MOST_VALUE) {
    keepDraft(item.number, say(words.too_long, { n: MOST_VALUE }), value);
    return;
  }
  keepDraft(item.number, "");
  const before = answers.get(item.number) ?? null;
  if (JSON.stringify(before) === JSON.stringify(value)) return;
  $("#saved-line").replaceChildren(); // what it said was said of the answer before
  const adding = live.journal.add(item.number, value);
  answers.set(item.number, value); // a second tap meanwhile builds on this one
  await adding;
  if (notes.here === item.number) live.fields.show(answers.get(item.number));
  if (!live.journal.lasting) warn("volatile");
  showState();
  live.exchange.hurry();
}

/* The server writes a space after each comma and colon. */
function lengthOf(value) {
  const parts = value && typeof value === "object" ? Object.keys(value).length : 0;
  return JSON.stringify(value).length + 2 * parts;
}
