/* The last rescue: what waits on this device as an encrypted file, for the invigilator to take in.
 *
 * The file is bound to the attempt and the device; the server alone can open it, and takes each change
 * in under its own number, so that sending it as well does no harm. Nothing leaves the device unsealed.
 */

import { $, announce, data, live, words } from "./desk.js";
import { seal } from "./sealing.js";

const HEAD = "PEIZHEN-RESCUE-1";
const LINE = 64;

const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** Return the file's text: head, attempt and epoch, then the sealed changes. */
export function rescueText() {
  const place = `${data.attempt}.${data.epoch}`;
  const coder = new TextEncoder();
  const plain = coder.encode(JSON.stringify({ changes: live.journal.waiting }));
  const nonce = crypto.getRandomValues(new Uint8Array(12)); // there on plain http too
  const sealed = seal(toBytes(data.rescue), nonce, plain, coder.encode(`${HEAD}\n${place}`));
  let signs = "";
  for (const byte of sealed) signs += String.fromCharCode(byte);
  const lines = btoa(signs).match(new RegExp(`.{1,${LINE}}`, "g"));
  return `${[HEAD, place, ...lines].join("\n")}\n`;
}

/** Make the sheet work: it seals anew each time it is opened. */
export function watchRescue() {
  addEventListener("hashchange", () => {
    if (location.hash === "#rescue") show();
  });
  if (location.hash === "#rescue") show();
  $("#rescue-save").addEventListener("click", () => announce(words.rescue_saved));
}

async function show() {
  await live.fields.flush();
  const count = live.journal.waiting.length;
  $("#rescue-count").textContent = count ? words.rescue_count.replace("{n}", count) : words.rescue_nothing;
  $("#rescue-parts").hidden = count === 0;
  if (!count) return;
  const text = rescueText();
  $("#rescue-text").textContent = text;
  const save = $("#rescue-save");
  URL.revokeObjectURL(save.href);
  save.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  save.download = `${words.rescue_name}-${data.seat}.peizhen`;
}
