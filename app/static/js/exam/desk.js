/* What the parts of the answering page share: the paper, what is answered, and how things stand.
 *
 * What is true lives elsewhere: answers in the journal and on the server, time on the server. Nothing
 * here draws, sends or decides; the modules around it do, each for one theme.
 */

import { openNotes } from "./notes.js";

export const $ = (selector) => document.querySelector(selector);
export const data = JSON.parse(document.getElementById("paper").textContent);
export const words = data.words;
export const items = data.groups.flatMap((group) => group.items.map((item) => ({ ...item, group })));

const opened = openNotes(data.attempt);
export const notes = opened.notes;
export const keepNotes = opened.keep;

/** slot -> what is chosen here, what counts on the server, and when that was stored ("" = before). */
export const answers = new Map(Object.entries(data.given).map(([slot, value]) => [Number(slot), value]));
export const stored = new Map(answers);
export const savedAt = new Map([...answers.keys()].map((slot) => [slot, ""]));

/** Slots with something typed that the journal does not have yet. */
export const typing = new Set();

export const page = {
  locked: false, // another device or tab goes on
  over: false, // the time is over
  paused: false,
  handingIn: false,
  handInTrouble: "", // why it could not be handed in when that was last tried
  striking: false,
  jumped: false,
  failures: 0,
  savedAt: "",
};

/** Made when the page begins: journal, exchange, clock, and the fields of the question at hand. */
export const live = {
  journal: null,
  exchange: null,
  clock: null,
  fields: { show() {}, clear() {}, flush: async () => {} },
};

export const has = (slot) => (answers.get(slot) ?? null) !== null;

/** Say a sentence to those who listen to the page. */
export function announce(sentence) {
  $("#spoken").textContent = sentence;
}

/** Show one of the page's standing warnings. */
export function warn(kind) {
  $(`#warning-${kind}`).hidden = false;
}
