/* The invigilator's board: rows arrive by server-sent events, or by asking every five seconds when
 * there is no stream; the clocks run on between. It always tells how old its data is. Rows come drawn
 * by the server; this file puts them in their place and keeps what was ticked.
 * Everything works without it by the button.
 */

const ASK_EVERY = 5;
const STALE = 10; // seconds; a stream speaks every two
const SILENT_STREAM = 15; // a proxy that holds events back
const TRY_STREAM_AGAIN = 60;

const board = document.querySelector("[data-board]");
const clock = document.querySelector("[data-server-now]");
const age = document.querySelector("[data-age]");
const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;

const shown = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
let offset = Number(clock.dataset.serverNow); // server's time minus ours, in milliseconds
const serverNow = () => offset + performance.now() - started;

/* ---- what is known, and how old it is ---- */

let version = board?.dataset.version;
let latest = Number(board?.dataset.at ?? 0);
let heard = 0; // seconds() when the server last told how things stand

function hear(at) {
  heard = seconds();
  offset = at - (performance.now() - started);
}

/* ---- rows ---- */

const parts = board ? [...board.querySelectorAll("tbody[data-part]")] : [];
const rowOf = (seat) => document.getElementById(`row-${seat}`);

function read(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

function replaceRow(seat, html) {
  const row = read(html);
  const former = rowOf(seat);
  if (!former) return row;
  const box = row.querySelector("input[name=seat]");
  box.checked = former.querySelector("input[name=seat]").checked;
  const active = former.contains(document.activeElement) ? document.activeElement.tagName : "";
  former.replaceWith(row);
  if (active) row.querySelector(active.toLowerCase())?.focus({ preventScroll: true });
  return row;
}

function place(part, rows) {
  let before = part.querySelector("tr.group");
  for (const row of rows) {
    if (before.nextElementSibling !== row) {
      const active = row.contains(document.activeElement) ? document.activeElement : null;
      before.after(row);
      active?.focus({ preventScroll: true });
    }
    before = row;
  }
  part.querySelector("[data-part-count]").textContent = rows.length;
  part.querySelector("tr.group").hidden = rows.length === 0;
}

function take(told) {
  hear(told.at);
  if (!told.rows || told.at < latest) return; // older than the page itself
  latest = told.at;
  version = told.version;
  const fresh = new Map(Object.entries(told.rows).map(([seat, html]) => [Number(seat), replaceRow(seat, html)]));
  for (const part of parts) {
    place(part, told[part.dataset.part].map((seat) => fresh.get(seat) ?? rowOf(seat)).filter(Boolean));
  }
  const known = new Set([...told.look, ...told.fine].map(String));
  for (const row of board.querySelectorAll("tr[data-seat]")) if (!known.has(row.dataset.seat)) row.remove();
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = told.counts[place.dataset.count];
  filter();
  tick();
  showChosen();
}

/* ---- filters: the same as the links, without leaving the page ---- */

let wanted = board?.dataset.show ?? "all";

function filter() {
  for (const row of board.querySelectorAll("tr[data-seat]")) {
    const fits = wanted === "all" || row.dataset.group === wanted || (wanted === "look" && row.classList.contains("look"));
    row.hidden = !fits;
  }
}

for (const link of document.querySelectorAll("[data-filter]")) {
  link.addEventListener("click", (event) => {
    if (!board) return;
    event.preventDefault();
    wanted = link.dataset.filter;
    for (const other of document.querySelectorAll("[data-filter]")) {
      if (other === link) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
    history.replaceState(null, "", link.href);
    filter();
    showChosen();
  });
}

/* ---- ticking ---- */

const all = document.querySelector("[data-all]");
const chosen = document.querySelector("[data-chosen]");
const boxes = () => [...board.querySelectorAll("input[name=seat]")];

function showChosen() {
  const ticked = boxes().filter((box) => box.checked);
  for (const box of boxes()) box.closest("tr").classList.toggle("picked", box.checked);
  chosen.textContent = ticked.length ? chosen.dataset.some.replace("{n}", ticked.length) : chosen.dataset.none;
  document.querySelector("[data-chosen-names]").textContent = ticked
    .slice(0, 4).map((box) => box.closest("tr").dataset.name).join("、") + (ticked.length > 4 ? "…" : "");
  const seen = boxes().filter((box) => !box.closest("tr").hidden);
  all.checked = seen.length > 0 && seen.every((box) => box.checked);
  all.indeterminate = !all.checked && ticked.length > 0;
}

/* ---- clocks ---- */

function minutes(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const states = document.querySelectorAll("[data-from], [data-until]");

function tick() {
  const now = serverNow();
  clock.textContent = shown.format(new Date(now));
  for (const left of board.querySelectorAll("[data-deadline]")) {
    left.textContent = minutes(Number(left.dataset.deadline) - Number(left.dataset.paused ?? now));
  }
  for (const since of board.querySelectorAll("[data-since]")) {
    const ago = Math.max(0, Math.floor((now - Number(since.dataset.since)) / 1000));
    const [words, n] = ago < 120 ? [board.dataset.ago, ago] : [board.dataset.agoMinutes, Math.floor(ago / 60)];
    since.textContent = words.replace("{n}", n);
  }
  for (const state of states) {
    state.hidden = now < Number(state.dataset.from ?? 0) || now >= Number(state.dataset.until ?? Infinity);
  }
  const old = Math.floor(seconds() - heard);
  const stale = old >= STALE;
  age.classList.toggle("tag--ok", !stale);
  age.classList.toggle("tag--stop", stale);
  board.classList.toggle("board--stale", stale);
  age.querySelector("use")?.setAttribute("href", age.querySelector("use").getAttribute("href").replace(/#.*/, stale ? "#wifi-off" : "#wifi"));
  age.querySelector("[data-age-words]").textContent = (stale ? age.dataset.stale : age.dataset.live).replace("{n}", old);
}

/* ---- the line to the server ---- */

let stream = null;
let asking = false;
let askAt = 0;
let streamAt = 0;
let opened = 0;

/** An address of the board, which may name a room, asking for what is newer than what we have. */
function withVersion(address) {
  const found = new URL(address, location.href);
  found.searchParams.set("have", version);
  return found;
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(withVersion(board.dataset.rows), {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok && !answer.redirected) take(await answer.json());
  } catch {
    // No line: the age tells it, and the next turn asks again.
  } finally {
    asking = false;
    askAt = seconds() + ASK_EVERY;
  }
}

function closeStream() {
  stream?.close();
  stream = null;
  streamAt = seconds() + TRY_STREAM_AGAIN;
}

function openStream() {
  stream = new EventSource(withVersion(board.dataset.stream));
  opened = seconds();
  stream.addEventListener("rows", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("alive", (event) => hear(JSON.parse(event.data).at));
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) closeStream(); // no place free, or signed out
  });
}

function keepUp() {
  if (document.hidden) {
    if (stream) { closeStream(); streamAt = 0; } // a board nobody sees holds no thread
    return;
  }
  const quiet = seconds() - Math.max(heard, opened);
  if (stream && quiet > SILENT_STREAM) closeStream();
  if (!stream && seconds() >= streamAt) openStream();
  if ((!stream || quiet > ASK_EVERY) && seconds() >= askAt) ask();
}

if (board) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) if (!box.closest("tr").hidden) box.checked = all.checked;
    showChosen();
  });
  board.addEventListener("change", showChosen);
  document.getElementById("chosen").addEventListener("submit", () => {
    // Everybody ticked is the sitting, or on the board of one room `everyone` in it: the address stays short.
    const every = boxes();
    if (every.length < 2 || !every.every((box) => box.checked)) return;
    const everyone = document.querySelector("[data-everyone]");
    for (const box of every) box.disabled = true;
    if (everyone) everyone.disabled = false;
    setTimeout(() => {
      for (const box of every) box.disabled = false;
      if (everyone) everyone.disabled = true;
    });
  });
  addEventListener("visibilitychange", () => { keepUp(); tick(); });
  addEventListener("pagehide", closeStream);
  showChosen();
  tick();
  keepUp();
  setInterval(() => { tick(); keepUp(); }, 1000);
}
