/* Two tabs of one browser: the newest answers, an older one is told so. Both share one device journal,
 * so that nothing is lost. Told by BroadcastChannel and by localStorage: either may be missing. Where
 * both are, the server refuses the second change under one sequence, and the page says why.
 */

const tab = `${Date.now()}-${Math.random()}`;

/** Say that this tab goes on; `lost` is called when a newer one says the same. */
export function takeLease(attempt, lost) {
  const name = `peizhen-exam-tab|${attempt}`;
  const heard = (other) => {
    if (other && other !== tab) lost();
  };
  if ("BroadcastChannel" in window) {
    const channel = new BroadcastChannel(name);
    channel.addEventListener("message", (event) => heard(event.data));
    channel.postMessage(tab);
  }
  addEventListener("storage", (event) => {
    if (event.key === name) heard(event.newValue);
  });
  try {
    localStorage.setItem(name, tab);
  } catch {
    // Blocked: the channel tells them.
  }
}
