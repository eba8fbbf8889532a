/* The invigilator's room: shows how old the page's data is, lets the server's clock run on, and loads
 * the page again by itself while nobody is typing. Everything works without it by the button.
 */

const EVERY = 20;
const clock = document.querySelector("[data-server-now]");
const age = document.querySelector("[data-age]");
const began = performance.now();
const shown = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function isBusy() {
  const typing = document.activeElement?.matches("input, select, textarea");
  const filled = [...document.querySelectorAll("input:not([type=hidden])")].some(
    (field) => field.value !== field.defaultValue,
  );
  return typing || filled || document.querySelector("main details[open], dialog[open]") !== null;
}

function tick() {
  const seconds = Math.floor((performance.now() - began) / 1000);
  clock.textContent = shown.format(new Date(Number(clock.dataset.serverNow) + seconds * 1000));
  age.textContent = age.dataset.words.replace("{n}", seconds);
  age.classList.toggle("stale", seconds >= EVERY * 2);
  if (seconds >= EVERY && !isBusy() && !document.hidden && navigator.onLine) {
    location.reload();
    return;
  }
  setTimeout(tick, 1000);
}

if (clock && age) tick();
