/* Type size, spacing, contrast and light, chosen on the exam's own screen. They show at once and are
 * remembered on this device; the server is told too, so that other pages look the same.
 */

const NAME = "peizhen-exam-look";
const root = document.documentElement;

const SET = {
  large(value) {
    root.toggleAttribute("data-type", value !== "0");
    if (value !== "0") root.dataset.type = "large";
    root.toggleAttribute("data-size", value === "2");
    if (value === "2") root.dataset.size = "largest";
  },
  spacing(value) {
    root.toggleAttribute("data-spacing", value === "1");
    if (value === "1") root.dataset.spacing = "wide";
  },
  contrast(value) {
    root.toggleAttribute("data-contrast", value === "1");
    if (value === "1") root.dataset.contrast = "more";
  },
  theme(value) {
    root.dataset.bsTheme = value;
  },
};

function kept() {
  try {
    return JSON.parse(localStorage.getItem(NAME) || "{}");
  } catch {
    return {};
  }
}

/** Show what was chosen on this device, and make the sheet's choices work. */
export function watchLook() {
  const chosen = kept();
  for (const [name, value] of Object.entries(chosen)) SET[name]?.(value);
  const form = document.getElementById("display-form");
  if (!form) return;
  for (const hidden of form.querySelectorAll("[data-script]")) hidden.hidden = false;
  for (const [name, value] of Object.entries(chosen)) {
    const field = form.querySelector(`input[name="${name}"][value="${value}"]`);
    if (field) field.checked = true;
  }
  form.addEventListener("change", (event) => choose(form, chosen, event.target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.closest("dialog").querySelector("[data-closes]").click();
  });
}

function choose(form, chosen, field) {
  if (!SET[field.name]) return;
  SET[field.name](field.value);
  chosen[field.name] = field.value;
  try {
    localStorage.setItem(NAME, JSON.stringify(chosen));
  } catch {
    // It lasts as long as the page.
  }
  const body = new FormData(form);
  body.set("large", body.get("large") === "0" ? "0" : "1");
  fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => {});
}
