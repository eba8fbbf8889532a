/* Reading QR codes with the camera: on the public check page and at the door of an exam.
 *
 * Only where the browser gives a camera, which is where the address is https. The picture stays on the
 * device: it is read by the browser's own detector, else by ZXing-C++ (vendor/zxing), which is fetched
 * only then; the element that shows the camera names both files of it.
 */
const PAUSE = 180; // milliseconds between two looks: often enough for a hand, easy on the battery
const WIDEST = 1280;

/** Whether this browser gives a camera here. */
export const hasCamera = () => Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia);

async function ownDetector(video) {
  if (!("BarcodeDetector" in window)) return null;
  const kinds = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!kinds.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async () => (await detector.detect(video))[0]?.rawValue ?? "";
}

async function bundledDetector(video, { decoder, wasm }) {
  const zxing = await import(decoder);
  await zxing.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width) return "";
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const found = await zxing.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text ?? "";
  };
}

/**
 * The camera of a part of a page: its video, its two buttons, its place for words.
 *
 * `found(text)` is called for each code; what it returns is waited for before the next look.
 */
export function scanner(part, found) {
  const video = part.querySelector("video");
  const said = part.querySelector("[data-said]");
  const start = part.querySelector("[data-start]");
  const stop = part.querySelector("[data-stop]");
  let stream = null;

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = stop.hidden = true;
    start.hidden = false;
    said.textContent = "";
  }

  async function look(detect) {
    while (stream) {
      // A frame that cannot be read is no failure: the next one comes.
      const text = await detect().catch(() => "");
      if (text && stream) await found(text);
      await new Promise((next) => setTimeout(next, PAUSE));
    }
  }

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = part.dataset.refused;
      return;
    }
    said.textContent = part.dataset.looking;
    video.srcObject = stream;
    video.hidden = stop.hidden = false;
    start.hidden = true;
    try {
      await video.play();
      await look((await ownDetector(video)) ?? (await bundledDetector(video, part.dataset)));
    } catch {
      close();
      said.textContent = part.dataset.failed;
    }
  }

  part.hidden = false;
  start.addEventListener("click", open);
  stop.addEventListener("click", close);
  addEventListener("pagehide", close);
  return { close };
}
