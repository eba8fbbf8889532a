/* The fields by which a question of each kind is answered: {node, show(value), clear(), flush()}.
 *
 * `show` shows what was saved as chosen, `clear` empties them, `flush` saves at once what is still
 * being typed. They know no journal and no server: `on.save(value)` resolves when the device has it.
 * Everything works by touch and by keyboard; nothing has to be dragged.
 *
 * on: {words, value(), save(value), typing(yes), refuse(sentence, value), draft(), announce(sentence),
 *      striking(), strike(option), struck, source(medium)}
 */

import { icon, make, rich, say } from "./drawing.js";
import { media } from "./media.js";

const QUESTIONS = "zh-CN"; // what the questions are written in, whatever the page speaks
const PAUSE = 800; // milliseconds without a key until what was typed is saved
const LETTERS = "ABCDEFGHIJKL";
const NUMBER = /^[+-]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})(?![0-9.,+\-eE×*/])/;

const bare = (text) => text.replaceAll("**", "");
const name = (option, place, words) => bare(option.text) || option.media?.[0]?.alt || say(words.item_n, { n: place + 1 });

/** Return the fields of an item. */
export function fieldsOf(item, on) {
  return { ordering, matching, fill_in: fillIn, numeric }[item.kind]?.(item, on) || choices(item, on);
}

/** Return what a value leaves open, as a sentence, or "". */
export function leftOpen(item, value, words) {
  if (!value) return "";
  const parts = { fill_in: item.blanks, matching: item.left }[item.kind];
  const open = parts ? parts.length - Object.keys(value).length : 0;
  return open ? say(item.kind === "fill_in" ? words.blanks_left : words.pairs_left, { n: open }) : "";
}

/* ---- choices ---- */

function choices(item, on) {
  const multiple = item.kind === "multiple_choice";
  const box = make("div", { class: "choices", role: multiple ? "group" : "radiogroup", "aria-labelledby": "stem", id: "choices" });
  const chosen = () => [on.value() ?? []].flat().map(String);
  const pick = async (event, option) => {
    // The tap shows as chosen only after the device's journal has it.
    event.preventDefault();
    if (on.striking()) {
      on.strike(option);
      return;
    }
    if (!multiple) {
      await on.save(item.kind === "true_false" ? option === "true" : option);
      return;
    }
    const now = new Set(chosen());
    if (now.has(option)) now.delete(option);
    else now.add(option);
    await on.save(now.size ? [...now].sort() : null);
  };
  item.options.forEach((option, index) => {
    const input = make("input", { type: multiple ? "checkbox" : "radio", name: `slot-${item.number}`, value: option.id });
    input.addEventListener("click", (event) => pick(event, option.id));
    const pictures = (option.media || []).filter((one) => one.kind === "picture");
    const others = (option.media || []).filter((one) => one.kind !== "picture");
    const text = make("span", { class: "choice__text", lang: QUESTIONS }, make("span", {}, ...rich(option.text)), ...media(pictures, on));
    if (!option.text && !pictures.length) text.append(on.words.sound_below);
    const isStruck = on.struck.includes(option.id);
    if (isStruck) text.append(make("span", { class: "hidden-text" }, on.words.struck));
    box.append(make("label", { class: `choice${multiple ? " choice--square" : ""}${isStruck ? " choice--struck" : ""}` },
      input, make("span", { class: "choice__letter" }, LETTERS[index]), text,
      make("span", { class: "choice__tick" }, icon("check"))), ...media(others, on));
  });
  const show = () => {
    for (const input of box.querySelectorAll("input")) input.checked = chosen().includes(input.value);
  };
  show();
  return { node: box, show, clear() {}, flush: async () => {} };
}

/* ---- putting in order ---- */

function ordering(item, on) {
  const { words } = on;
  const list = make("ol", { class: "placing", lang: QUESTIONS });
  const keep = make("button", { type: "button", class: "btn btn--second" }, icon("check"), words.order_is_right);
  const state = make("p", { class: "answer-note" });
  const rows = new Map();
  let order;
  const move = (id, to) => {
    const from = order.indexOf(id);
    const place = Math.min(Math.max(to, 0), order.length - 1);
    if (place === from) return;
    order.splice(place, 0, ...order.splice(from, 1));
    const focused = document.activeElement;
    arrange();
    focused?.focus(); // moving a row in the page lets go of the focus
    on.announce(say(words.moved, { what: rows.get(id).what, n: place + 1 }));
    on.save([...order]);
  };
  item.items.forEach((one, index) => rows.set(one.id, orderRow(one, index, item, on, (step) => move(one.id, order.indexOf(one.id) + step), (to) => move(one.id, to))));
  const arrange = () => {
    order.forEach((id, place) => {
      const row = rows.get(id);
      row.select.value = String(place);
      row.up.setAttribute("aria-disabled", String(place === 0));
      row.down.setAttribute("aria-disabled", String(place === order.length - 1));
      if (list.children[place] !== row.node) list.insertBefore(row.node, list.children[place] || null);
    });
  };
  const show = (value) => {
    order = value ? [...value] : item.items.map((one) => one.id);
    for (const row of rows.values()) row.node.classList.toggle("placing__row--done", Boolean(value));
    keep.hidden = Boolean(value);
    state.textContent = value ? words.ordered : words.not_ordered;
    arrange();
  };
  keep.addEventListener("click", async () => {
    await on.save([...order]);
    rows.get(order[0]).down.focus();
  });
  show(on.value());
  const node = make("div", { class: "stack stack--3", role: "group", "aria-labelledby": "stem" },
    make("p", { class: "answer-note" }, words.put_in_order), list, state, keep);
  return { node, show, clear() {}, flush: async () => {} };
}

function orderRow(one, index, item, on, step, place) {
  const { words } = on;
  const what = name(one, index, words);
  const up = make("button", { type: "button", class: "btn btn--second", "aria-label": say(words.up, { what }) }, icon("down", "icon--up"));
  const down = make("button", { type: "button", class: "btn btn--second", "aria-label": say(words.down, { what }) }, icon("down"));
  const select = make("select", { class: "select", "aria-label": say(words.place_of, { what }) },
    ...item.items.map((_, n) => make("option", { value: n }, say(words.place_n, { n: n + 1 }))));
  up.addEventListener("click", () => step(-1));
  down.addEventListener("click", () => step(1));
  select.addEventListener("change", () => place(Number(select.value)));
  const node = make("li", { class: "placing__row placing__row--moving" },
    make("div", { class: "placing__text" }, ...wordsOf(one, on)), make("div", { class: "placing__tools" }, select, up, down));
  return { node, up, down, select, what };
}

function wordsOf(option, on) {
  const text = option.text ? [make("span", {}, ...rich(option.text))] : [];
  return [...text, ...media(option.media, on)];
}

/* ---- pairing ---- */

function matching(item, on) {
  const { words } = on;
  const rights = make("ul", { class: "rights", lang: QUESTIONS }, ...item.right.map((right, index) =>
    make("li", { class: "rights__one" }, make("b", { class: "choice__letter" }, LETTERS[index]), make("div", {}, ...wordsOf(right, on)))));
  const selects = new Map();
  const rows = item.left.map((left) => {
    const id = `answer-${left.id}`;
    const select = make("select", { class: "select", id, "aria-labelledby": `${id}-text` }, make("option", { value: "" }, words.not_paired),
      ...item.right.map((right, index) => make("option", { value: right.id }, `${LETTERS[index]} ${bare(right.text)}`.trim())));
    select.addEventListener("change", () => {
      const pairs = [...selects].filter(([, field]) => field.value).map(([one, field]) => [one, field.value]);
      on.save(pairs.length ? Object.fromEntries(pairs) : null);
    });
    selects.set(left.id, select);
    return make("li", { class: "placing__row placing__row--pair" }, make("div", { class: "placing__text", id: `${id}-text` }, ...wordsOf(left, on)), select);
  });
  const show = (value) => {
    for (const [left, select] of selects) {
      select.value = value?.[left] || "";
      select.closest("li").classList.toggle("placing__row--done", Boolean(select.value));
    }
  };
  show(on.value());
  const node = make("div", { class: "stack stack--3", role: "group", "aria-labelledby": "stem" },
    make("p", { class: "answer-note" }, words.pair_hint), rights, make("ul", { class: "placing", lang: QUESTIONS }, ...rows));
  return { node, show, clear() {}, flush: async () => {} };
}

/* ---- typing: blanks and numbers ---- */

/* Saves a pause after the last key, and at once when a field is left or `flush` is called. */
function typed(node, inputs, on, { read, write, fault }) {
  let timer = 0;
  let open = false; // typed, and not saved yet
  let composing = false;
  const flush = async () => {
    clearTimeout(timer);
    if (!open) return;
    open = false;
    const value = read();
    const sentence = fault(value);
    if (sentence) on.refuse(sentence, value);
    else await on.save(value);
    on.typing(open);
  };
  const later = () => {
    open = true;
    on.typing(true);
    clearTimeout(timer);
    if (!composing) timer = setTimeout(flush, PAUSE);
  };
  for (const input of inputs) {
    input.addEventListener("compositionstart", () => {
      composing = true;
    });
    input.addEventListener("compositionend", () => {
      composing = false;
      later();
    });
    input.addEventListener("input", later);
    input.addEventListener("change", flush);
    input.addEventListener("blur", flush);
  }
  const clear = () => {
    clearTimeout(timer);
    open = false;
    on.typing(false);
    write(null);
  };
  write(on.draft() ?? on.value());
  // What was saved stands in the fields already, and somebody may be typing on.
  return { node, show() {}, clear, flush };
}

const FIELD = { class: "input", type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };

function fillIn(item, on) {
  const inputs = new Map(item.blanks.map((blank) => [blank.id, make("input", {
    ...FIELD, id: `answer-${blank.id}`, maxlength: 200, size: blank.width || null, lang: QUESTIONS,
  })]));
  const rows = item.blanks.map((blank, index) => make("div", { class: "field blanks__one" },
    make("label", { for: `answer-${blank.id}` }, say(on.words.blank_n, { n: index + 1 })), inputs.get(blank.id)));
  const node = make("div", { class: "blanks", role: "group", "aria-labelledby": "stem" }, ...rows);
  return typed(node, [...inputs.values()], on, {
    read: () => {
      const filled = [...inputs].map(([id, input]) => [id, input.value.trim()]).filter(([, text]) => text);
      return filled.length ? Object.fromEntries(filled) : null;
    },
    write: (value) => {
      for (const [id, input] of inputs) input.value = value?.[id] || "";
    },
    fault: () => "",
  });
}

function numeric(item, on) {
  const { words } = on;
  const input = make("input", {
    ...FIELD, id: "answer-number", maxlength: 60, inputmode: item.unit_required ? "text" : "decimal", "aria-describedby": "number-hint answer-error",
  });
  const node = make("div", { class: "field number", role: "group", "aria-labelledby": "stem" },
    make("label", { for: "answer-number" }, item.unit_required ? words.number_unit : words.number),
    make("div", { class: "number__line" }, input, ...(item.unit ? [make("span", { class: "number__unit" }, item.unit)] : [])),
    make("span", { class: "hint", id: "number-hint" }, words.number_hint));
  return typed(node, [input], on, {
    read: () => input.value.trim() || null,
    write: (value) => {
      input.value = value ?? "";
    },
    // Only what is surely no number; which units may be written, the server knows.
    fault: (value) => {
      const folded = (value || "0").normalize("NFKC").replaceAll("−", "-").replace(/\s/g, "");
      return NUMBER.test(folded) ? "" : words.not_a_number;
    },
  });
}
