/* Pictures, sounds and tables of a question. The bytes of a whole paper are fetched at the start and
 * kept in memory, so that a question reached after the line broke still has its picture.
 */

import { make } from "./drawing.js";

const AGAIN = 5000; // milliseconds until a fetch that failed is tried again
const kept = new Map(); // number on the paper -> address of the bytes in memory
let addresses = [];

/** Fetch everything, in order; what fails is tried until it comes. */
export async function keepMedia(list) {
  addresses = list;
  for (let number = 1; number <= list.length; number += 1) {
    for (;;) {
      try {
        const response = await fetch(list[number - 1], { credentials: "same-origin" });
        if (response.status === 404 || response.status === 403) break; // its words stand for it
        if (!response.ok) throw new Error(`status ${response.status}`);
        kept.set(number, URL.createObjectURL(await response.blob()));
        mend(number);
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }
}

function mend(number) {
  for (const element of document.querySelectorAll(`[data-medium="${number}"]`)) {
    const failed = element.error || (element.complete && element.naturalWidth === 0);
    if (failed) element.src = kept.get(number);
  }
}

/** Return elements for a list of media; each is said in words too. */
export function media(list, { words }) {
  return (list || []).map((one) => {
    if (one.kind === "table") return table(one);
    const source = { src: kept.get(one.number) || addresses[one.number - 1], "data-medium": one.number };
    if (one.kind === "sound") {
      return make("figure", { class: "medium" },
        make("audio", { controls: true, preload: "metadata", "aria-label": words.sound, ...source }),
        make("figcaption", {}, make("details", {}, make("summary", {}, words.sound_words), make("p", {}, one.alt))));
    }
    return make("span", { class: "medium" }, make("img", { alt: one.alt, ...source }));
  });
}

function table(one) {
  const [head, ...rows] = one.rows;
  const cells = (row, tag, attributes) => make("tr", {}, ...row.map((cell) => make(tag, attributes, cell)));
  return make("div", { class: "medium medium--table", role: "region", "aria-label": one.alt, tabindex: "0" },
    make("table", {}, make("caption", {}, one.alt),
      make("thead", {}, cells(head, "th", { scope: "col" })), make("tbody", {}, ...rows.map((row) => cells(row, "td", {})))));
}
