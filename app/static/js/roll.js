/* The roll on an instructor's phone. Every tap is written to the device before it counts as made, and
 * is sent until the server has acknowledged it: after hours without network, a reload, a new sign-in.
 * Taps have a running number under the device's mark, so sending one twice is one tap.
 */
const form = document.querySelector("[data-roll]");
const words = form ? JSON.parse(form.dataset.words) : {};
const line = document.querySelector("[data-state]");
const EVERY = 5000;

class Kept {
  constructor(meeting) {
    this.name = `peizhen-roll|${meeting}`;
    this.lasting = true;
    this.told = { device: mark(), next: 1, waiting: [] };
    try {
      this.told = JSON.parse(localStorage.getItem(this.name)) || this.told;
      localStorage.setItem(this.name, JSON.stringify(this.told));
    } catch {
      this.lasting = false;
    }
  }

  write() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.told));
    } catch {
      this.lasting = false;
    }
  }

  add(tap) {
    this.told.waiting.push({ ...tap, number: this.told.next, at: Date.now() });
    this.told.next += 1;
    this.write();
  }

  /** Another page of this device may have added taps meanwhile: only what the server has goes. */
  forget(numbers) {
    const gone = new Set(numbers);
    this.told.waiting = this.told.waiting.filter((one) => !gone.has(one.number));
    this.write();
  }
}

function mark() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(text) {
  line.hidden = false;
  if (line.textContent !== text) line.textContent = text;
}

function start() {
  const kept = new Kept(form.dataset.meeting);
  const token = form.querySelector("[name=csrf_token]").value;
  let sending = false;

  const people = new Map(
    [...form.querySelectorAll("[data-person]")].map((one) => [one.dataset.person, one]),
  );

  function choose(person, minutes) {
    for (const input of person.querySelectorAll("input[type=radio]")) {
      input.checked = Number(input.value) === minutes;
    }
  }

  function tell() {
    const marked = [...people.values()].filter((one) => one.querySelector("input:checked")).length;
    const done = words.done.replace("{n}", marked).replace("{of}", people.size);
    const left = kept.told.waiting.length;
    const how = left ? words.waits.replace("{n}", left) : words.all;
    say([done, how, kept.lasting ? "" : words.volatile].filter(Boolean).join(" · "));
  }

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "radio") return;
    const person = input.closest("[data-person]");
    const why = person.querySelector(".roll__why");
    const standing = person.dataset.standing;
    why.hidden = standing === undefined || standing === input.value;
    if (!why.hidden) {
      why.querySelector("[data-why]").focus(); // a correction counts once its reason is written
      return;
    }
    if (standing === input.value) return;
    kept.add({ enrolment: person.dataset.person, minutes: Number(input.value), reason: "" });
    tell();
    send();
  });

  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-correct]");
    if (!pressed) return;
    const person = pressed.closest("[data-person]");
    const field = person.querySelector("[data-why]");
    const reason = field.value.trim();
    const minutes = Number(person.querySelector("input:checked").value);
    if (!reason) {
      field.setAttribute("aria-invalid", "true");
      field.focus();
      return;
    }
    field.removeAttribute("aria-invalid");
    field.value = "";
    person.querySelector(".roll__why").hidden = true;
    kept.add({ enrolment: person.dataset.person, minutes, reason });
    tell();
    send();
  });

  form.addEventListener("submit", (event) => event.preventDefault());

  async function send() {
    if (sending || !kept.told.waiting.length) return;
    sending = true;
    try {
      const marks = kept.told.waiting.slice(0, 500);
      const answer = await fetch(form.dataset.roll, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": token,
        },
        body: JSON.stringify({ device: kept.told.device, marks }),
      });
      if (answer.status === 401) {
        say(words.again);
        return;
      }
      if (!answer.ok) {
        const { error } = await answer.json();
        say(error);
        return;
      }
      take(await answer.json());
    } catch {
      tell(); // no network: the taps wait here
    } finally {
      sending = false;
    }
  }

  function take(told) {
    kept.forget([...told.taken, ...Object.keys(told.refused).map(Number)]);
    const waiting = new Set(kept.told.waiting.map((one) => one.enrolment));
    for (const [id, minutes] of Object.entries(told.standing)) {
      const person = people.get(id);
      if (!person) continue;
      person.dataset.standing = minutes;
      // What is being corrected or still waits keeps what was tapped.
      if (!waiting.has(id) && person.querySelector(".roll__why").hidden) choose(person, minutes);
    }
    tell();
    const refused = Object.values(told.refused);
    if (refused.length) say(refused.join(" "));
    else if (told.held.length) say(words.held);
  }

  for (const one of kept.told.waiting) {
    const person = people.get(one.enrolment);
    if (person) choose(person, one.minutes);
  }
  tell();
  send();
  setInterval(send, EVERY);
  addEventListener("online", send);
}

if (form) start();
