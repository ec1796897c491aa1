// Elements made of values. Text is only ever text here, whatever people write.

/** Finds the element with an id. */
export const byId = (id) => document.getElementById(id);

/** Makes an element; `attributes` whose value is a function listen to that event, and false ones are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Changes a text only if it is another: what is written anew is read aloud anew. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const TINTS = 8;

/** A round mark with the first letter of a name, in a colour that belongs to the name. */
export function avatar(name) {
  const sum = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const letter = [...name.trim()][0]?.toUpperCase() ?? "?";
  return element("span", { class: "avatar", "data-tint": sum % TINTS, "aria-hidden": "true" }, letter);
}
