/* The whole paper at a glance: the answer grid and what the hand-in sheet says. Draws only. */

import { make, say } from "./drawing.js";

const $ = (selector) => document.querySelector(selector);

/** Draw the numbers with their states, and the counts of the legend. */
export function drawGrid(view, held) {
  const { items, words, notes } = view;
  const counts = { done: 0, held: 0, seen: 0, unseen: 0, flagged: notes.flagged.length };
  const groups = [];
  let list;
  let kind = "";
  for (const item of items) {
    const state = view.stateOf(item.number, held);
    counts[state] += 1;
    const heading = item.group.kind;
    if (heading !== kind) {
      kind = heading;
      list = make("ol", { class: "grid" });
      groups.push(make("p", { class: "group-head" }, make("b", {}, words.kinds[heading])), list);
    }
    list.append(make("li", {}, gridCell(view, item.number, state)));
  }
  $("#grid-cells").replaceChildren(...groups);
  for (const [name, count] of Object.entries(counts)) {
    const place = document.querySelector(`[data-count="${name}"]`);
    if (place) place.textContent = count;
  }
  const here = document.querySelector('[data-count="here"]');
  if (here) here.textContent = say(words.question_n, { n: notes.here });
}

function gridCell(view, number, state) {
  const { words, notes } = view;
  const flagged = notes.flagged.includes(number);
  const current = number === notes.here;
  const spoken = words.comma + words.states[state] + (flagged ? words.comma + words.flagged : "") + (current ? words.comma + words.current : "");
  const cell = make("a", {
    class: `cell cell--${state}${flagged ? " cell--flag" : ""}${current ? " cell--here" : ""}`,
    href: `?q=${number}`, "data-closes": true, "aria-current": current ? "true" : null,
  }, make("span", {}, String(number)), make("span", { class: "hidden-text" }, spoken));
  if (flagged) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    for (const [name, value] of [["class", "cell__flag"], ["viewBox", "0 0 10 10"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M1 1h8l-2 2.7 2 2.7H2.6V10H1z");
    svg.append(path);
    cell.append(svg);
  }
  cell.addEventListener("click", (event) => {
    event.preventDefault();
    view.jump(number);
  });
  return cell;
}

/** Say in the hand-in sheet what is unanswered, flagged, not complete and not sent. */
export function drawHandIn(view, held) {
  const { items, words, notes } = view;
  const open = items.filter((item) => !view.has(item.number)).map((item) => item.number);
  const flagged = [...notes.flagged].sort((a, b) => a - b);
  const list = (numbers) => numbers.slice(0, 12).join(words.list_comma) + (numbers.length > 12 ? words.and_more : "");
  $("#hand-in-title").textContent = open.length ? say(words.unanswered, { n: open.length }) : words.all_answered;
  $("#hand-in-missing").textContent = open.length ? say(words.numbers, { list: list(open) }) : "—";
  $("#hand-in-missing-count").textContent = open.length;
  $("#hand-in-flagged").textContent = flagged.length ? say(words.numbers, { list: list(flagged) }) : "—";
  $("#hand-in-flagged-count").textContent = flagged.length;
  const partly = items.filter(view.isPartly).map((item) => item.number);
  $("#hand-in-partly").textContent = partly.length ? say(words.partly, { list: list(partly) }) : "";
  $("#hand-in-done-count").textContent = items.length - open.length;
  const trouble = held.size ? say(words.held_before_hand_in, { n: held.size }) : view.trouble();
  $("#hand-in-held").hidden = !trouble;
  if ($("#hand-in-held").textContent !== trouble) $("#hand-in-held").textContent = trouble;
  const first = $("#hand-in-first");
  first.hidden = open.length === 0;
  first.textContent = say(words.answer_first, { n: open[0] || 1 });
  first.dataset.go = open[0] || 1;
  $("#hand-in-knows").textContent = open.length ? say(words.know_missing, { n: open.length }) : words.know;
  $("#hand-in-send").textContent = open.length ? say(words.hand_in_missing, { n: open.length }) : words.hand_in;
}
