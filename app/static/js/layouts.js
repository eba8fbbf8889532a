/* A draft's sample drawn anew while somebody writes. Without this file the sample follows a save.
 *
 * One drawing at a time: what is typed meanwhile waits and goes when the last one is back. New
 * pictures (seal, background) are seen after a save only.
 */

const form = document.querySelector("#layout-form");
const picture = document.querySelector("[data-layout-picture]");
const fault = document.querySelector("[data-layout-fault]");
const QUIET_MS = 700;
let timer = 0;
let drawing = false;
let again = false;

async function draw() {
  if (drawing) {
    again = true;
    return;
  }
  drawing = true;
  picture.setAttribute("data-waiting", "");
  try {
    const given = new FormData(form);
    given.delete("seal");
    given.delete("background");
    const address = new URL(form.action);
    const answer = await fetch(`${address.pathname}/preview${address.search}`, {
      method: "POST",
      body: given,
      headers: { Accept: "application/json" },
    });
    const drawn = await answer.json();
    if (drawn.picture) picture.src = drawn.picture;
    fault.hidden = !drawn.sentence;
    fault.textContent = drawn.sentence ?? "";
  } catch {
    // Without a line the last sample stays; saving says what is wrong.
  }
  picture.removeAttribute("data-waiting");
  drawing = false;
  if (again) {
    again = false;
    draw();
  }
}

form?.addEventListener("input", (event) => {
  if (event.target.type === "file" || event.target.name === "name") return;
  clearTimeout(timer);
  timer = setTimeout(draw, QUIET_MS);
});
