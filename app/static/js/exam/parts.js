/* Parts of a paper with a time of their own: the clock of the part at hand, and no answer after it.
 * The server decides; this shows it. A paper without such parts has none of this.
 */

import { $, announce, data, live, notes, page, words } from "./desk.js";
import { say } from "./drawing.js";

let parts = data.sections || [];
const over = new Set();
let whenOver = () => {};

/** Take the parts as the server has them now: added time moves their ends too. */
export function takeParts(sections) {
  parts = sections;
}

/** Tell whether the part of a slot is over. */
export function partOver(slot) {
  const part = partOf(slot);
  return Boolean(part && part.deadline && live.clock && live.clock.leftUntil(part.deadline) <= 0);
}

function partOf(slot) {
  return parts.find((part) => part.first <= slot && slot <= part.last);
}

/** Begin to count; `ended(part, next)` is called once for each part that ends while somebody is in it. */
export function watchParts(ended) {
  whenOver = ended;
  setInterval(tick, 500);
  tick();
}

function tick() {
  const part = partOf(notes.here);
  const place = $("#part-clock");
  place.hidden = !(part && part.deadline);
  if (place.hidden) return;
  const left = live.clock.leftUntil(part.deadline);
  const sentence = left > 0 ? say(words.part_left, { title: part.title, time: live.clock.text(left) }) : say(words.part_over, { title: part.title });
  if (place.textContent !== sentence) place.textContent = sentence;
  if (left > 0) over.delete(part.first);
  else if (!over.has(part.first) && !page.over) {
    over.add(part.first);
    announce(say(words.part_over, { title: part.title }));
    whenOver(part, parts.find((one) => one.first > part.last));
  }
}
