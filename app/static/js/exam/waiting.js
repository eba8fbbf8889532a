/* The waiting room: counts down by the server's seconds, opens by itself, tries out before the start
 * whether this browser can keep answers, and fetches the paper's pictures and sounds into its cache.
 */

const place = document.querySelector("[data-countdown]");
if (place) {
  const end = performance.now() + Number(place.dataset.countdown) * 1000;
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      location.reload();
      return;
    }
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    setTimeout(tick, 500);
  };
  tick();
}

const warning = document.getElementById("storage-warning");
if (warning) {
  try {
    localStorage.setItem("peizhen-exam-trial", "x".repeat(100000));
    localStorage.removeItem("peizhen-exam-trial");
    if (!("indexedDB" in window)) warning.hidden = false;
  } catch {
    warning.hidden = false;
  }
}

const board = document.getElementById("media");
if (board) {
  const said = board.querySelector("[data-fetched]");
  const fetchAll = async () => {
    let done = 0;
    for (let number = 1; number <= Number(board.dataset.count); number += 1) {
      try {
        const response = await fetch(`${board.dataset.media}${number}`, { credentials: "same-origin" });
        if (response.ok) await response.blob();
        done += response.ok ? 1 : 0;
      } catch {
        // The answering page fetches again; the words of each picture are there in any case.
      }
      said.textContent = board.dataset.words.replace("{done}", done);
    }
    if (done === Number(board.dataset.count)) said.textContent = board.dataset.ready;
  };
  setTimeout(fetchAll, Number(board.dataset.wait) * 1000);
}
