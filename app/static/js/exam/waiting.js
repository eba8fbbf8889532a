/* The waiting room: counts down by the server's seconds, opens by itself, and tries out before the
 * start whether this browser can keep answers.
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
