/* The door without leaving the list: whom a scan, a photo or a typed number names appears above the list,
 * is compared and noted there, and the next one can be scanned. The server says who it is and what was
 * noted; without this script each way leads to the person's own page.
 */
import { hasCamera, scanner } from "../scanning.js";

const SAME = 5000; // milliseconds in which a code that stays before the camera is not read again
const door = document.querySelector("[data-door]");
const told = document.querySelector("[data-told]");
const person = document.querySelector("[data-person]");
const camera = door.querySelector("[data-camera]");
let goOn = null; // lets the camera look again
let last = { text: "", at: 0 };

function say(sentence, kind) {
  told.replaceChildren();
  if (!sentence) return;
  const notice = document.createElement("div");
  notice.className = `notice notice--${kind}`;
  notice.textContent = sentence;
  told.append(notice);
  told.scrollIntoView({ block: "nearest" });
}

function next() {
  person.replaceChildren();
  goOn?.();
  goOn = null;
}

function around(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  document.querySelector("[data-facts]").replaceWith(holder.content.querySelector("[data-facts]"));
  const check = holder.content.querySelector("[data-check]");
  document.querySelector(`table [data-check="${check.dataset.check}"]`)?.replaceWith(check);
}

/** Ask the server; show whom it names, or what it says against it. True when somebody is shown. */
async function ask(address, how = {}) {
  let answer;
  let body;
  try {
    answer = await fetch(address, {
      ...how, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20_000),
    });
    body = answer.redirected ? {} : await answer.json();
  } catch {
    body = {};
  }
  if (!answer?.ok || !body.person) {
    say(body.error || door.dataset.lost, "stop");
    return false;
  }
  around(body.around);
  say(body.said, "ok");
  person.innerHTML = body.person;
  return true;
}

function find(text) {
  const address = new URL(door.dataset.door, location.href);
  address.searchParams.set("text", text);
  return ask(address);
}

/** A code before the camera: looked up once, and no other one until this person is dealt with. */
async function found(text) {
  const again = text === last.text && performance.now() - last.at < SAME;
  last = { text, at: performance.now() };
  if (again) return;
  if (await find(text)) {
    person.scrollIntoView({ block: "nearest" });
    await new Promise((resolve) => { goOn = resolve; });
    last.at = performance.now();
  }
}

async function send(form, submitter) {
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const done = await ask(form.action, { method: "POST", body });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  return done;
}

person.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await send(event.target, event.submitter)) {
    told.focus({ preventScroll: true });
    goOn?.();
    goOn = null;
  }
});
person.addEventListener("click", (event) => {
  if (!event.target.closest("[data-next]")) return;
  event.preventDefault();
  say("");
  next();
  (camera.hidden ? door.querySelector("[name=ticket]") : door.querySelector("[data-stop]:not([hidden]), [data-start]")).focus();
});
for (const form of door.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    const typed = form.querySelector("[name=ticket]");
    if (typed && !typed.value.trim()) return;
    event.preventDefault();
    const shown = typed ? await find(typed.value) : await send(form, event.submitter);
    if (!shown) return;
    form.reset();
    person.querySelector("button")?.focus();
  });
}
if (hasCamera()) scanner(camera, found);
