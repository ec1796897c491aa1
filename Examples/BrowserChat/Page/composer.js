// The box one writes in.

import { byId } from "./elements.js";

const LONGEST = 4096;
const NEARLY = 200;
const BORDERS = 2;
const HINT = "Enter sends, Shift+Enter begins a new line";

export class Composer {
  #form = byId("composer");
  #text = byId("text");
  #hint = byId("text-hint");
  #unsent = new Map();

  /** @param {(text: string) => boolean} send takes a message, or says false and it stays */
  constructor(send) {
    this.send = send;
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.#text.addEventListener("keydown", (event) => {
      // While letters are being composed, Enter belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("input", () => this.#changed());
    addEventListener("resize", () => this.#changed());
    this.#changed();
  }

  focus() { this.#text.focus(); }

  /** Puts away what is being written in one channel and takes out what was being written in another. */
  change(from, to) {
    if (from === to) return;
    this.#unsent.set(from, this.#text.value);
    this.#text.value = this.#unsent.get(to) ?? "";
    this.#changed();
  }

  /** Lets people write to a channel, or to none. */
  enable(channel) {
    for (const control of this.#form.elements) control.disabled = channel === null;
    this.#text.placeholder = channel === null ? "Join a channel to write" : `Message #${channel}`;
  }

  #submit() {
    const text = this.#text.value.trim();
    if (!text || text.length > LONGEST || !this.send(text)) return;
    this.#text.value = "";
    this.#changed();
    this.focus();
  }

  #changed() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + BORDERS}px`;
    const left = LONGEST - this.#text.value.trim().length;
    this.#hint.textContent = left < 0 ? `${-left} characters too many` : left < NEARLY ? `${left} characters left` : HINT;
    this.#hint.classList.toggle("wrong", left < 0);
  }
}
