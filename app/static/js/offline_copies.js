/* Lessons kept on the device for reading without a line, and time handed in when it is back.
 *
 * The copies of one version lie in one cache; a newer version replaces it whole. Where the browser has
 * no service worker the page says so and offers the file instead (app/templates/learning/offline.html).
 */

import { handIn } from "./offline_reading.js";

const box = document.getElementById("offline");
const PREFIX = "lessons-";

function show(state, number = "") {
  for (const word of box.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== state;
  for (const place of box.querySelectorAll("[data-number]")) place.textContent = number;
  box.querySelector("#forget").hidden = state === "none" || state === "impossible";
  box.querySelector("#keep").hidden = state === "impossible";
}

async function current() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(`${PREFIX}${box.dataset.edition}-`));
}

async function listed() {
  const answer = await fetch(box.dataset.list, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function keep() {
  show("working", "0");
  try {
    await navigator.serviceWorker.register(box.dataset.worker);
    const wanted = await listed();
    const name = `${PREFIX}${box.dataset.edition}-${wanted.version}`;
    const cache = await caches.open(name);
    await cache.addAll(wanted.assets);
    let done = 0;
    for (const page of wanted.pages) {
      await cache.add(new Request(page, { cache: "reload", credentials: "same-origin" }));
      done += 1;
      show("working", `${done} / ${wanted.pages.length}`);
    }
    for (const old of await current()) if (old !== name) await caches.delete(old);
    show("kept");
  } catch {
    show("broken");
  }
}

async function forget() {
  for (const name of await current()) await caches.delete(name);
  show("none");
}

async function begin() {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return show("impossible");
  box.querySelector("#keep").addEventListener("click", keep);
  box.querySelector("#forget").addEventListener("click", forget);
  const names = await current();
  if (!names.length) return show("none");
  show("kept");
  try {
    const wanted = await listed();
    if (!names.includes(`${PREFIX}${box.dataset.edition}-${wanted.version}`)) show("older");
  } catch {
    // Without a line the copies are all there is, and they are here.
  }
}

async function report() {
  const to = document.querySelector("[data-merge]")?.dataset.merge;
  const told = to ? await handIn(to).catch(() => null) : null;
  const place = document.getElementById("merged");
  if (told?.said && place) {
    place.textContent = told.said;
    place.hidden = false;
  }
}

if (box) begin();
report();
addEventListener("online", report);
