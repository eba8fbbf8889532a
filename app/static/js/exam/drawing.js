/* Making elements from the paper's data. Text goes in as text; **bold** is the only mark-up. */

/** Return an element with attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Return a line icon of the sprite. */
export function icon(name, extra = "") {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Return the text with **…** as strong, as nodes. */
export function rich(text) {
  return text.split("**").map((piece, index) =>
    index % 2 ? make("strong", {}, piece) : document.createTextNode(piece),
  );
}

/** Return a stem as nodes, each {{b2}} as its blank's number in a sentence such as "第 {n} 空". */
export function richStem(item, sentence) {
  if (!item.blanks) return rich(item.stem);
  const numbers = new Map(item.blanks.map((blank, index) => [blank.id, index + 1]));
  const marked = (node) => {
    const pieces = node.textContent.split(/\{\{(b\d+)\}\}/);
    const nodes = pieces.map((piece, index) =>
      index % 2 ? make("span", { class: "blank" }, say(sentence, { n: numbers.get(piece) })) : document.createTextNode(piece),
    );
    return node.nodeType === Node.TEXT_NODE ? nodes : [make("strong", {}, ...nodes)];
  };
  return rich(item.stem).flatMap(marked);
}

/** Fill {name} in a sentence. */
export function say(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}
