/* The service worker of the lessons (release {{ release }}): only where the line fails, only under /learn/.
 *
 * It keeps nothing by itself: the page "offline reading" fills the caches named lessons-…. A page is
 * always asked from the server first, so that nobody reads an old text on a working line.
 */

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function kept(request) {
  const path = new URL(request.url).pathname.replace(/\/$/, "");
  const found = (await caches.match(request, { ignoreSearch: true })) ?? (await caches.match(`${path}/offline`));
  if (found) return found;
  const names = (await caches.keys()).filter((name) => name.startsWith("lessons-"));
  for (const name of names) {
    const index = (await (await caches.open(name)).keys()).find((one) => /^\/learn\/[^/]+\/offline$/.test(new URL(one.url).pathname));
    if (index) return caches.match(index);
  }
  return Response.error();
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(request)));
  } else if (["style", "script", "image", "font"].includes(request.destination)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
