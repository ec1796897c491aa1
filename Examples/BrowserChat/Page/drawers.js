// The lists at the sides, which narrow screens show one at a time, over the messages.

import { byId } from "./elements.js";

const DRAWERS = [["channels", "show-channels"], ["people", "show-people"]];
/** Where the layout changes, as `layout.css` says. */
const WIDTHS = ["(min-width: 760px)", "(min-width: 1080px)"];

export class Drawers {
  #opener = null;

  constructor() {
    for (const [drawer, button] of DRAWERS) {
      byId(button).addEventListener("click", () => this.#toggle(byId(drawer), byId(button)));
    }
    byId("shade").addEventListener("click", () => this.close());
    // With room for the lists beside the messages there is nothing to close any more.
    for (const width of WIDTHS) matchMedia(width).addEventListener("change", () => this.close());
  }

  /** Closes the drawer that is open; false if none is. */
  close() {
    if (!this.#opener) return false;
    for (const [drawer, button] of DRAWERS) {
      byId(drawer).classList.remove("open");
      byId(button).setAttribute("aria-expanded", "false");
    }
    byId("shade").classList.remove("open");
    byId("room").inert = false;
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
    byId("room").inert = true;
    button.setAttribute("aria-expanded", "true");
    drawer.querySelector("button, input")?.focus();
  }
}
