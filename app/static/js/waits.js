// A page that waits for the worker looks again after a few seconds, while somebody looks at it.
// Without this script the page offers a link that does the same.
const waiting = document.querySelector("[data-waits]");
if (waiting) {
  const again = () => {
    if (document.visibilityState === "visible") location.reload();
    else document.addEventListener("visibilitychange", again, { once: true });
  };
  setTimeout(again, Number(waiting.dataset.waits) * 1000);
}
