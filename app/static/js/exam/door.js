/* Scanning a ticket inside the page, where the browser can read QR codes by itself. Elsewhere the
 * phone's own camera opens the same address, and the number can be typed.
 */

const place = document.querySelector("[data-scan]");
const button = place?.querySelector("[data-begin]");
const video = place?.querySelector("video");
const said = place?.querySelector("[data-said]");
const begin = button?.textContent;
let camera = null;

function stop() {
  for (const track of camera?.getTracks() ?? []) track.stop();
  camera = null;
  video.hidden = true;
  button.textContent = begin;
}

function ticketOf(text) {
  // Our own address, or a bare number; whatever else a code may hold is not followed.
  const door = place.dataset.door.replace(/0$/, "");
  const found = text.includes(door) ? text.slice(text.indexOf(door) + door.length) : text;
  return /^[0-9A-Za-z-]{4,24}$/.test(found) ? door + encodeURIComponent(found) : "";
}

async function look(detector) {
  if (!camera) return;
  for (const code of await detector.detect(video).catch(() => [])) {
    const address = ticketOf(code.rawValue.trim());
    if (address) {
      stop();
      location.assign(address);
      return;
    }
  }
  setTimeout(() => look(detector), 250);
}

async function scan() {
  if (camera) return stop();
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = camera;
    video.hidden = false;
    await video.play();
    button.textContent = button.dataset.stop;
    look(new BarcodeDetector({ formats: ["qr_code"] }));
  } catch {
    stop();
    said.textContent = said.dataset.trouble;
  }
}

if (place && "BarcodeDetector" in globalThis && navigator.mediaDevices) {
  place.hidden = false;
  button.addEventListener("click", scan);
  addEventListener("pagehide", stop);
}
