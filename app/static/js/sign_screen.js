/* The changing code on the instructor's screen: fetched anew when the old one ends.
 *
 * A code that cannot be renewed is taken away: an old one would only be refused.
 */
const screen = document.querySelector("[data-code]");
const image = screen.querySelector("[data-image]");
const closed = screen.querySelector("[data-closed]");
const lost = screen.querySelector("[data-lost]");
const RETRY = 2000;
const LATEST = 4000; // an answer slower than this shows a code that is nearly over

function show(told) {
  lost.hidden = true;
  image.hidden = !told.image;
  closed.hidden = Boolean(told.image);
  if (told.image) image.src = told.image;
  screen.querySelector("[data-signed]").textContent = told.signed;
  screen.querySelector("[data-enrolled]").textContent = told.enrolled;
}

async function renew() {
  let next = RETRY;
  try {
    const answer = await fetch(screen.dataset.code, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout?.(LATEST),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    show(told);
    next = told.next + 50;
  } catch {
    image.hidden = true;
    lost.hidden = false;
  }
  setTimeout(renew, next);
}

setTimeout(renew, Number(screen.dataset.next) + 50);

// A projector that goes dark in the middle of a queue helps nobody.
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not allowed here: the device's own setting decides.
  }
}

stayAwake();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") stayAwake();
});
