/* Small comforts on every page. Everything works without this file.
 *
 *   sheets     a link to #id of a <dialog> opens it as a modal; ×, Esc and Back close it
 *   forms      a form that was sent is not sent twice by a double click
 *   copying    [data-copies] copies the text of another element
 *   passwords  [data-reveals] shows and hides what was typed
 */

/* ---- sheets: the address is the state, so that Back closes what a tap opened ---- */

function dialogOfAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  const element = id ? document.getElementById(id) : null;
  return element instanceof HTMLDialogElement ? element : null;
}

let openedHere = false;
let opener = null;

function followAddress() {
  const wanted = dialogOfAddress();
  for (const dialog of document.querySelectorAll("dialog.sheet-up[open]")) {
    if (dialog !== wanted) dialog.close();
  }
  if (wanted) {
    if (!wanted.open) wanted.showModal();
    return;
  }
  openedHere = false;
  // Following a #link takes the focus off the link, so the browser cannot give it back by itself.
  if (opener && !location.hash) opener.focus();
  opener = null;
}

function leaveSheet() {
  // Going back keeps the history as short as it was; a page that was opened
  // with the sheet in its address has nothing of ours to go back to.
  if (openedHere) {
    history.back();
    return;
  }
  location.replace("#"); // only a step inside the page ends :target, by which sheets open without script
  history.replaceState(null, "", location.pathname + location.search);
  followAddress();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  // The way of the tap as it began: a nearer handler may have drawn the sheet's inside anew.
  const way = event.composedPath().filter((one) => one instanceof Element);
  const closes = way.some((one) => one.matches("[data-closes]"));
  if (closes && way.some((one) => one.matches("dialog.sheet-up"))) {
    event.preventDefault();
    leaveSheet();
    return;
  }
  const link = event.target.closest('a[aria-haspopup="dialog"][href^="#"]');
  if (link && location.hash !== link.getAttribute("href")) {
    openedHere = true;
    opener = link;
  }
  if (event.target instanceof HTMLDialogElement && event.target.classList.contains("sheet-up")) {
    leaveSheet(); // a tap on the shade
  }
});

document.addEventListener(
  "cancel",
  (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.classList.contains("sheet-up")) {
      event.preventDefault();
      leaveSheet();
    }
  },
  true,
);

addEventListener("hashchange", followAddress);
// Going back to an address that differs in more than its hash is no hashchange.
addEventListener("popstate", followAddress);
followAddress();

/* ---- forms: once is enough ---- */

const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || "again" in form.dataset) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // After this turn: a button that is disabled now would not be sent with its name and value.
  setTimeout(() => {
    if (event.defaultPrevented) {
      sent.delete(form);
      return;
    }
    for (const button of form.querySelectorAll('button[type="submit"]')) {
      button.setAttribute("aria-disabled", "true");
    }
  });
});

addEventListener("pageshow", () => {
  for (const form of sent) {
    for (const button of form.querySelectorAll('button[aria-disabled="true"]')) {
      button.removeAttribute("aria-disabled");
    }
  }
  sent.clear();
});

/* ---- copying ---- */

async function copyText(text) {
  if (navigator.clipboard && isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on a local network has no clipboard interface.
  const holder = document.createElement("textarea");
  holder.value = text;
  holder.className = "hidden-text";
  document.body.append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  if (!done) throw new Error("copying was refused");
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  const words = button.querySelector("[aria-live]");
  if (!source || !words) continue;
  const before = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copyText(source.textContent.trim());
    } catch {
      getSelection()?.selectAllChildren(source); // then the reader's own copy menu works
      return;
    }
    words.textContent = button.dataset.done;
    setTimeout(() => {
      words.textContent = before;
    }, 3000);
  });
}

/* ---- passwords ---- */

for (const button of document.querySelectorAll("button[data-reveals]")) {
  const input = document.getElementById(button.dataset.reveals);
  if (!(input instanceof HTMLInputElement)) continue;
  const [show, hide] = [button.textContent, button.dataset.hide];
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? hide : show;
    input.focus();
  });
}
