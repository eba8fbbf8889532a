/* Reading comforts of a lesson. The text, its links and the way on work without this file.
 *
 *   size      four sizes of the text, kept on the device
 *   aloud     the browser's own voice reads on from what is on the screen
 *   words     a marked word shows its meaning in place instead of leading to the glossary
 *   resume    "go on reading" leads to the very place, not only to its heading
 */

const text = document.getElementById("lesson-text");
const tools = document.getElementById("tools");
const SIZES = 4;
const KEY = "peizhen-text-size";

/* ---- size ---- */

function sizeKept() {
  try {
    return Number(localStorage.getItem(KEY) ?? 0) || 0;
  } catch {
    return 0;
  }
}

function setSize(size) {
  const chosen = Math.min(Math.max(size, 0), SIZES - 1);
  text.dataset.size = String(chosen);
  try {
    localStorage.setItem(KEY, String(chosen));
  } catch {
    // Not kept in a private window; it holds for this page.
  }
  return chosen;
}

/* ---- aloud ---- */

const voice = window.speechSynthesis;
let stopped = true;

function paragraphs() {
  const all = [...text.querySelectorAll("h2, h3, p, li, td, th")].filter((one) => one.offsetParent && !one.querySelector("p, li"));
  const first = all.findIndex((one) => one.getBoundingClientRect().bottom > 80);
  return all.slice(Math.max(first, 0));
}

function readOn(waiting) {
  const next = waiting.shift();
  if (stopped || !next) return stopReading();
  const words = new SpeechSynthesisUtterance(next.textContent.trim());
  words.lang = text.lang || "zh-CN";
  words.rate = 0.9;
  words.onend = () => {
    next.classList.remove("is-read");
    readOn(waiting);
  };
  words.onerror = () => {
    next.classList.remove("is-read");
    stopReading();
  };
  next.classList.add("is-read");
  next.scrollIntoView({ block: "nearest" });
  voice.speak(words);
}

const aloud = document.getElementById("aloud");
const aloudWords = aloud?.querySelector("span");
const begins = aloudWords?.textContent;

function stopReading() {
  stopped = true;
  voice?.cancel();
  for (const one of text.querySelectorAll(".is-read")) one.classList.remove("is-read");
  aloud.setAttribute("aria-pressed", "false");
  aloudWords.textContent = begins;
}

function startReading() {
  stopped = false;
  aloud.setAttribute("aria-pressed", "true");
  aloudWords.textContent = aloud.dataset.stop;
  readOn(paragraphs());
}

if (text && tools) {
  setSize(sizeKept());
  tools.hidden = false;
  const said = document.getElementById("size-said");
  for (const button of tools.querySelectorAll("button[data-size]")) {
    button.addEventListener("click", () => {
      const size = setSize(Number(text.dataset.size) + Number(button.dataset.size));
      said.textContent = `${said.dataset.said} ${size + 1} / ${SIZES}`;
    });
  }
  if (voice) {
    aloud.addEventListener("click", () => (stopped ? startReading() : stopReading()));
    addEventListener("pagehide", stopReading);
  } else {
    aloud.hidden = true;
    document.getElementById("no-voice").hidden = false;
  }
}

/* ---- words ---- */

const sheet = document.getElementById("term-sheet");
let opener = null;

function closeTerm() {
  sheet.hidden = true;
  opener?.focus();
}

if (sheet) {
  text.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.term");
    const word = link && document.querySelector(`#terms dt[data-term="${CSS.escape(link.dataset.term)}"]`);
    if (!word) return;
    event.preventDefault();
    opener = link;
    const title = document.getElementById("term-word");
    title.textContent = word.textContent;
    document.getElementById("term-says").textContent = word.nextElementSibling.textContent;
    sheet.hidden = false;
    title.focus();
  });
  document.getElementById("term-close").addEventListener("click", closeTerm);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !sheet.hidden) closeTerm();
  });
}

/* ---- resume ---- */

document.getElementById("resume")?.addEventListener("click", (event) => {
  const [id, share] = (document.getElementById("study")?.dataset.place ?? "").split(":");
  const part = document.getElementById(id)?.closest("section");
  if (!part) return;
  event.preventDefault();
  const box = part.getBoundingClientRect();
  scrollTo({ top: scrollY + box.top + (box.height * Number(share)) / 100 - 120 });
});
