/* The page of a visit under way: a press made without a line waits on this phone and goes by itself.
 *
 * Each press has a key of its own, so that sending it again changes nothing. How long ago it was made
 * goes along; the server marks a time that comes late as reported by the device. Without this file
 * each press is an ordinary form. Nothing of a person is kept: only which moment, and when.
 */

const box = document.querySelector("[data-pressing]");
const store = `practicum-${box?.dataset.pressing ?? ""}`;
const RETRY_MS = 5000;
let sending = false;

function held() {
  try {
    return JSON.parse(localStorage.getItem(store) ?? "[]");
  } catch {
    return [];
  }
}

function keep(list) {
  if (list.length) localStorage.setItem(store, JSON.stringify(list));
  else localStorage.removeItem(store);
}

function tryToKeep(list) {
  try {
    keep(list);
    return true;
  } catch {
    return false;
  }
}

function show(sentence) {
  const list = held();
  const line = box.querySelector("[data-line]");
  const queue = box.querySelector("[data-queue]");
  line.hidden = !sentence && !list.length;
  line.lastElementChild.textContent = sentence || box.dataset.held.replace("{n}", list.length);
  queue.hidden = !list.length;
  queue.replaceChildren(
    ...list.map((one) => {
      const row = document.createElement("li");
      const time = document.createElement("span");
      time.className = "num moments__time";
      time.textContent = new Date(one.at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
      const what = document.createElement("span");
      what.textContent = `${one.words} · ${box.dataset.waits}`;
      row.append(time, what);
      return row;
    }),
  );
}

async function send(one) {
  // The page's own token: the one kept with the press belongs to a sign-in that may have ended.
  const token = box.querySelector("[name=csrf_token]")?.value ?? one.token;
  const body = new URLSearchParams({ csrf_token: token, key: one.key, step: one.step });
  body.set("age", String(Math.max(0, Math.round(Date.now() - one.at))));
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), 10000);
  try {
    return await fetch(one.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: control.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function sendHeld() {
  if (sending || !held().length) return;
  sending = true;
  let refused = "";
  try {
    while (held().length) {
      const [one] = held();
      const answer = await send(one);
      if (answer.status === 409) refused = (await answer.json()).refused;
      else if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      keep(held().filter((other) => other.key !== one.key)); // more may have been pressed meanwhile
    }
    if (refused) show(box.dataset.refused + refused);
    else location.reload();
  } catch {
    show(box.dataset.lost);
  } finally {
    sending = false;
  }
}

/* The big button goes on by itself while the server cannot say what is next: whoever went into a test
 * comes out of it, otherwise the first of the other offers follows. */
function goOn(form) {
  const own = box.querySelector("form[data-press]");
  const big = own.querySelector("button");
  const pressed = form.elements.step.value;
  const others = () => [...box.querySelectorAll(".more-presses form")];
  if (form !== own) {
    for (const other of others()) {
      const reached = other === form;
      other.remove();
      if (reached) break;
    }
  }
  own.elements.key.value = crypto.getRandomValues(new Uint32Array(3)).join("");
  if (pressed === "test.in") {
    own.elements.step.value = "test.out";
    big.lastChild.textContent = box.dataset.out;
    return;
  }
  const [next] = others();
  own.hidden = !next;
  if (!next) return;
  own.elements.step.value = next.elements.step.value;
  big.lastChild.textContent = next.querySelector("button").textContent.trim();
  next.remove();
}

if (box) {
  box.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("form[data-press]");
      if (!form) return;
      event.preventDefault();
      event.stopPropagation();
      const list = held();
      const fields = form.elements;
      if (list.some((one) => one.key === fields.key.value)) return;
      const button = form.querySelector("button");
      const words = (button.classList.contains("press") ? button.lastChild : button).textContent.trim();
      const kept = tryToKeep([
        ...list,
        { key: fields.key.value, step: fields.step.value, token: fields.csrf_token.value, action: form.getAttribute("action"), at: Date.now(), words },
      ]);
      if (!kept) {
        form.submit(); // this phone keeps nothing: then as without a script
        return;
      }
      show("");
      goOn(form);
      sendHeld();
    },
    true,
  );
  addEventListener("online", sendHeld);
  setInterval(sendHeld, RETRY_MS);
  show("");
  sendHeld();
}
