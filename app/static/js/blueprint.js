// The totals of a blueprint while somebody types. The server adds up again when it is saved and has
// the last word; without this script the page shows the stored totals.

const form = document.getElementById("table");
const totals = document.querySelector("[data-totals]");

/** Read 2, 1.5 or 1/3 as a whole number of small parts, so that thirds add up exactly. */
const SCALE = 5040000;

function amount(text) {
  const found = /^\s*(\d{1,4})(?:\.(\d{1,4})|\/([1-9]\d{0,3}))?\s*$/.exec(text);
  if (!found) return null;
  const whole = Number(found[1]);
  if (found[3]) return Math.round((whole * SCALE) / Number(found[3]));
  return Math.round(Number(`${whole}.${found[2] ?? 0}`) * SCALE);
}

function shown(value) {
  return String(Math.round((value / SCALE) * 1000) / 1000);
}

function field(cell, name) {
  return cell.querySelector(`[name^="${name}-"]`)?.value ?? "";
}

function addUp(section) {
  let questions = 0;
  let marks = 0;
  for (const cell of section.querySelectorAll("[data-cell]")) {
    const count = Number(field(cell, "count")) || 0;
    const parts = cell.querySelector('[name^="parts-"]') ? Number(field(cell, "parts")) || 0 : 1;
    questions += count * parts;
    marks += count * parts * (amount(field(cell, "marks")) ?? 0);
  }
  return { questions, marks };
}

function update() {
  const sum = { questions: 0, marks: 0 };
  for (const section of form.querySelectorAll("[data-domain]")) {
    const own = addUp(section);
    sum.questions += own.questions;
    sum.marks += own.marks;
    section.querySelector("[data-row]").textContent = totals.dataset.line
      .replace("{questions}", own.questions)
      .replace("{marks}", shown(own.marks));
  }
  totals.querySelector('[data-sum="questions"]').textContent = sum.questions;
  totals.querySelector('[data-sum="marks"]').textContent = shown(sum.marks);
  judge(sum);
}

/** Compare with what it should be; an empty field is not compared. */
function judge(sum) {
  const questions = form.elements["total-questions"].value.trim();
  const marks = form.elements["total-marks"].value.trim();
  const off =
    (questions !== "" && Number(questions) !== sum.questions) ||
    (marks !== "" && Math.abs((amount(marks) ?? -1) - sum.marks) > 1);
  const verdict = totals.querySelector("[data-verdict]");
  verdict.hidden = questions === "" && marks === "";
  verdict.textContent = off ? totals.dataset.off : totals.dataset.good;
  verdict.classList.toggle("tag--stop", off);
  verdict.classList.toggle("tag--ok", !off);
}

form.addEventListener("input", update);
update();
