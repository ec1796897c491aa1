// The lists at the sides, which narrow screens show one at a time, over the messages.

import { byId } from "./elements.js";

const DRAWERS = [["channels", "show-channels"], ["people", "show-people"]];

export class Drawers {
  #opener = null;

  constructor() {
    for (const [drawer, button] of DRAWERS) {
      byId(button).addEventListener("click", () => this.#toggle(byId(drawer), byId(button)));
    }
    byId("shade").addEventListener("click", () => this.close());
  }

  /** Closes the drawer that is open; false if none is. */
  close() {
    if (!this.#opener) return false;
    for (const [drawer, button] of DRAWERS) {
      byId(drawer).classList.remove("open");
      byId(button).setAttribute("aria-expanded", "false");
    }
    byId("shade").classList.remove("open");
    this.#opener.focus();
    this.#opener = null;
    return true;
  }

  #toggle(drawer, button) {
    const opens = !drawer.classList.contains("open");
    this.close();
    if (!opens) return;
    this.#opener = button;
    drawer.classList.add("open");
    byId("shade").classList.add("open");
    button.setAttribute("aria-expanded", "true");
    drawer.querySelector("button, input")?.focus();
  }
}
