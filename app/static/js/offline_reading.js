/* Time read without a line: noted on the device, handed in when the line is back.
 *
 * Only moments of the device's clock and the ticket of the page are kept, nothing of the person. The
 * server decides what counts (app/learning/offline.py).
 */

const KEY = "peizhen-reading";
const MOST = 400;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

function keep(notes) {
  try {
    if (notes.length) localStorage.setItem(KEY, JSON.stringify(notes.slice(-MOST)));
    else localStorage.removeItem(KEY);
  } catch {
    // A private window keeps nothing: then this time is not counted.
  }
}

/** Note that a lesson was read for the last `every` milliseconds; neighbours become one stretch. */
export function noteReading({ ticket, lesson }, every) {
  const notes = kept();
  const now = Date.now();
  const last = notes.at(-1);
  if (last && last.ticket === ticket && last.lesson === lesson && now - last.to < 2 * every) last.to = now;
  else notes.push({ ticket, lesson, from: now, to: now });
  keep(notes);
}

/** Hand in what was noted; what the server has taken or refused for good is forgotten. */
export async function handIn(to) {
  const notes = kept();
  if (!notes.length || !navigator.onLine) return null;
  const answer = await fetch(to, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ now: Date.now(), notes }),
  });
  if (answer.status === 401) return null; // signed out: it waits for the next sign-in
  if (answer.ok || answer.status < 500) keep(kept().slice(notes.length));
  return answer.ok ? answer.json() : null;
}
