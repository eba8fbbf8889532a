/* Writing a question: rows in place, advice while typing, the preview. Everything works without this file.
 *
 *   rows      the buttons up, down, remove, add; Alt+↑ and Alt+↓ move the row one is in, Enter in a row
 *             of single lines adds the next
 *   advice    what the server says of the form is drawn beside each field, shortly after typing stops
 *   preview   the question as a trainee would see it, drawn by the server
 *   leaving   asks before a page with unsaved words is left; the links to the other kinds leave it too
 */

const form = document.querySelector("form[data-writing]");
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF";
const PAUSE = 700; // ms without a key before the server is asked

/* ---- rows ---- */

const listOf = (row) => row.parentElement.closest("[data-rows]");
const rowsOf = (list) => [...list.children].filter((one) => one.hasAttribute("data-row"));

/** Give a row another place: its names, ids and what refers to them, its words. */
function renumber(row, list, at) {
  const base = list.dataset.rows;
  const escaped = base.replace(/[-]/g, "\\-");
  const name = new RegExp(`(^|said-|\\s)${escaped}-\\d+(?=-)`, "g");
  for (const one of [row, ...row.querySelectorAll("*")]) {
    for (const key of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
      const value = one.getAttribute(key);
      if (value) one.setAttribute(key, value.replace(name, `$1${base}-${at}`));
    }
    if (one instanceof HTMLButtonElement && one.name === "do") {
      one.value = one.value.replace(new RegExp(`:${escaped}:\\d+$`), `:${base}:${at}`);
    }
  }
  if (!row.dataset.name) return;
  const mark = "letters" in list.dataset ? LETTERS[at] : String(at + 1);
  const before = row.dataset.name;
  const now = `${list.dataset.word} ${mark}`;
  row.dataset.name = now;
  for (const one of [row, ...row.querySelectorAll("[aria-label]")]) {
    const label = one.getAttribute("aria-label");
    if (label) one.setAttribute("aria-label", label.replace(before, now));
  }
  for (const one of row.querySelectorAll("[data-title]")) one.textContent = now;
  for (const one of row.querySelectorAll("[data-mark]")) one.textContent = mark;
}

function renumberAll(list) {
  const rows = rowsOf(list);
  // First out of the way, so that no two rows ever share a name: radio groups would lose their choice.
  rows.forEach((row, at) => renumber(row, list, at + 5000));
  rows.forEach((row, at) => renumber(row, list, at));
}

const firstField = (row) =>
  [...row.querySelectorAll("input, textarea, select")].find(
    (one) => one.type !== "hidden" && one.type !== "checkbox" && one.offsetParent !== null,
  );

function addRow(list, after = null) {
  const template = [...list.children].find((one) => one instanceof HTMLTemplateElement);
  if (!template) return null;
  const row = template.content.firstElementChild.cloneNode(true);
  (after || rowsOf(list).at(-1) || list.querySelector(".said")).after(row);
  renumberAll(list);
  return row;
}

function act(button) {
  const [verb, base, told] = button.value.split(":");
  const list = document.querySelector(`[data-rows="${CSS.escape(base)}"]`);
  if (!list) return false;
  if (verb === "add") {
    if (told) return false; // a part or a medium: the server makes it
    const row = addRow(list);
    firstField(row)?.focus();
    return Boolean(row);
  }
  const row = button.closest("[data-row]");
  if (!row) return false;
  const rows = rowsOf(list);
  const at = rows.indexOf(row);
  if (verb === "remove") {
    const next = rows[at + 1] || rows[at - 1];
    row.remove();
    renumberAll(list);
    (next ? firstField(next) : form.querySelector(`button[value^="add:${base}"]`))?.focus();
    return true;
  }
  const other = rows[at + (verb === "up" ? -1 : 1)];
  if (other) {
    if (verb === "up") other.before(row);
    else other.after(row);
    renumberAll(list);
  }
  button.focus();
  return true;
}

/* ---- advice and preview ---- */

const text = (tag, className, words) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = words;
  return element;
};

function icon(name) {
  const found = document.querySelector(".icon use");
  const address = found ? found.getAttribute("href").replace(/#.*/, `#${name}`) : `#${name}`;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", address);
  svg.append(use);
  return svg;
}

/** Draw the notes beside their fields; what has not changed is left alone, so that it is not read out again. */
function drawBeside(notes, panel) {
  const byPlace = new Map();
  for (const note of notes) {
    if (note.kind === "alike") continue;
    byPlace.set(note.place, [...(byPlace.get(note.place) || []), note]);
  }
  for (const place of form.querySelectorAll(".said")) {
    const told = byPlace.get(place.id.replace(/^said-/, "")) || [];
    const key = JSON.stringify(told);
    if (place.dataset.told === key) continue;
    place.dataset.told = key;
    place.replaceChildren(
      ...told.map((note) => {
        const line = text("p", `said__one said__one--${note.kind === "fault" ? "missing" : note.kind}`, "");
        const words = text("span", "", (note.kind === "fault" ? panel.dataset.missing : "") + note.text);
        if (note.mend) words.append(" ", text("span", "quiet", note.mend));
        line.append(icon("info"), words);
        return line;
      }),
    );
  }
}

function drawPanel(notes, panel) {
  const told = notes.filter((note) => note.kind !== "fault");
  panel.querySelector("[data-told]").textContent = told.length
    ? panel.dataset.count.replace("#", told.length)
    : panel.dataset.none;
  panel.querySelector("[data-list]").replaceChildren(
    ...told.map((note) => {
      const alike = note.kind === "alike";
      const item = text("li", `flaw flaw--${alike ? "info" : "wait"}`, "");
      const words = document.createElement("span");
      if (alike) {
        const link = text("a", "", note.text);
        link.href = note.href;
        link.target = "_blank";
        words.append(link, note.mend);
        const button = text("button", "btn btn--text btn--sm", panel.dataset.enemy);
        button.name = "do";
        button.value = `enemy:${note.code}`;
        item.append(icon("info"), words, button);
        return item;
      }
      if (note.label) words.append(text("b", "", note.label), " ");
      words.append(`${note.text} `, text("span", "", note.mend));
      const link = text("a", "", panel.dataset.go);
      link.href = `#${note.place}`;
      item.append(icon("alert"), words, link);
      return item;
    }),
  );
}

let waiting = 0;
let asked = null;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  try {
    const answer = await fetch(form.dataset.check, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json" },
      signal: asked.signal,
    });
    if (!answer.ok) return; // the page's own button says what is wrong
    const told = await answer.json();
    const panel = form.querySelector("[data-advice]");
    drawBeside(told.notes, panel);
    drawPanel(told.notes, panel);
    form.querySelector("[data-preview]").innerHTML = told.preview;
  } catch {
    // Offline or overtaken: the advice waits, the form still saves.
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

/* ---- blanks ---- */

function insertBlank(button) {
  const stem = document.getElementById(button.dataset.insertsBlank);
  const list = document.querySelector(`[data-rows="${CSS.escape(button.dataset.rowsOf)}"]`);
  const names = new Set([...stem.value.matchAll(/\{\{([^{}]*)\}\}/g)].map((found) => found[1]));
  const free = rowsOf(list)
    .map((row) => row.querySelector('[name$="-blank_id"]').value)
    .find((name) => name && !names.has(name));
  let number = 1;
  while (names.has(`b${number}`)) number += 1;
  const name = free || `b${number}`;
  stem.setRangeText(`{{${name}}}`, stem.selectionStart, stem.selectionEnd, "end");
  let row = rowsOf(list).find((one) => one.querySelector('[name$="-blank_id"]').value === name);
  row ||= rowsOf(list).find((one) => !one.querySelector('[name$="-blank_id"]').value) || addRow(list);
  row.querySelector('[name$="-blank_id"]').value = name;
  row.querySelector('[name$="-accept"]').focus();
  later();
}

/* ---- leaving ---- */

function askBeforeLeaving() {
  let unsaved = "unsaved" in form.dataset; // posted and shown again: nothing of it is stored
  form.addEventListener("input", () => {
    unsaved = true;
  });
  form.addEventListener("submit", () => {
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}

if (form) {
  askBeforeLeaving();
  for (const button of form.querySelectorAll("[data-inserts-blank]")) button.hidden = false;

  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.dataset.insertsBlank) insertBlank(button);
    if (button.name === "do" && /^(add|remove|up|down):/.test(button.value) && act(button)) {
      event.preventDefault();
      later();
    }
  });

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    const row = field instanceof Element ? field.closest("[data-row]") : null;
    if (!row || event.isComposing) return;
    const list = listOf(row);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const button = row.querySelector(`button[value^="${event.key === "ArrowUp" ? "up" : "down"}:"]`);
      if (button && act(button)) {
        event.preventDefault();
        field.focus();
        later();
      }
    } else if (event.key === "Enter" && field instanceof HTMLInputElement && field.type === "text") {
      event.preventDefault();
      const rows = rowsOf(list);
      const next = rows[rows.indexOf(row) + 1] || addRow(list);
      if (next) firstField(next)?.focus();
      later();
    }
  });

  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.checked || !box.name.endsWith("-right")) return;
    const list = box.closest("[data-rows]");
    if (!list?.closest("[data-one-right]")) return;
    for (const other of list.querySelectorAll('input[name$="-right"]')) {
      if (other !== box) other.checked = false;
    }
  });

  form.addEventListener("input", later);
  form.addEventListener("change", later);

  if (form.dataset.focus) {
    const name = form.dataset.focus;
    const found = [...form.elements].find(
      (one) => one.name?.startsWith(name) && one.type !== "hidden" && one.type !== "submit",
    );
    (found || document.getElementById(name))?.focus();
  }
}
