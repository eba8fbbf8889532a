/* What only this device needs to know of an attempt: the question at hand, flags, struck options,
 * drafts (what was typed and is no answer, with the sentence that says so), remarks on questions, and
 * which messages were put away. Answers do not live here: losing this costs comfort only.
 */

const EMPTY = {
  here: 1, flagged: [], seen: [], struck: {}, drafts: {}, remarks: {}, read: [], clockHidden: false,
};

/** Return the notes of an attempt; `keep()` writes them back. */
export function openNotes(attempt) {
  const name = `peizhen-exam-notes|${attempt}`;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(name) || "{}");
  } catch {
    // Blocked, or not ours: begin anew.
  }
  const notes = { ...structuredCopy(EMPTY), ...kept };
  const keep = () => {
    try {
      localStorage.setItem(name, JSON.stringify(notes));
    } catch {
      // Blocked or full: the notes last as long as the page.
    }
  };
  return { notes, keep };
}

function structuredCopy(value) {
  return JSON.parse(JSON.stringify(value));
}
