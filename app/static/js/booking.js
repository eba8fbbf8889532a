// Seats left, brought up to date while the page is looked at. The server decides who gets a seat;
// this only spares people a look at a sitting that has filled up meanwhile.
const list = document.querySelector("[data-seats]");
const EVERY = 10000;

async function look() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(list.dataset.seats, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { seats } = await answer.json();
    for (const one of list.querySelectorAll("[data-sitting]")) show(one, seats[one.dataset.sitting]);
  } catch {
    // No line: the numbers stay as they were, and booking itself would say so.
  }
}

function show(one, left) {
  const words = one.querySelector("[data-left-here]");
  if (!words || left === null) return;
  const text = left ? list.dataset.left.replace("{n}", left) : list.dataset.full;
  if (words.textContent !== text) words.textContent = text;
}

if (list) setInterval(look, EVERY);
