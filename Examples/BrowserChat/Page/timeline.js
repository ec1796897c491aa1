// The list of messages: keeps the elements that stay, and the place where one reads.

import { avatar, byId, element, setText } from "./elements.js";
import { clock, moment } from "./format.js";
import { linked } from "./links.js";
import { rowsOf } from "./rows.js";

const NEAR = 60;
const FAR_UP = 400;
const STATES = {
  queued: "Waiting for the connection…",
  unconfirmed: "Waiting for the connection…",
  sending: "Sending…",
  sent: "Sent",
};

export class Timeline {
  #box = byId("timeline");
  #list = byId("messages");
  #older = byId("older");
  #latest = byId("to-latest");
  #shown = new Map();
  #channel = null;
  #isAtEnd = true;
  #top = 0;
  #unread = 0;

  /** @param {{retry(draft): void, discard(draft): void, loadOlder(): void, retryLoading(): void, reachedEnd(): void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.#box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#latest.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.#box);
  }

  get isAtEnd() {
    // Somebody may have scrolled up, and the event that says so is still to come.
    if (this.#box.scrollTop < this.#top) this.#measure();
    return this.#isAtEnd;
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#top = this.#box.scrollTop;
  }

  render(conversation) {
    const isOther = conversation?.channel !== this.#channel;
    if (isOther) this.#clear(conversation);
    if (!conversation) return;
    const wasAtEnd = this.isAtEnd;
    const anchor = this.#anchor();
    this.#unread = conversation.unread;
    this.#box.setAttribute("aria-busy", conversation.isLoading);
    this.#renderOlder(conversation);
    this.#reconcile(rowsOf(conversation));
    if (wasAtEnd) this.toEnd();
    else this.#box.scrollTop += this.#drift(anchor);
    this.#scrolled();
  }

  #clear(conversation) {
    this.#channel = conversation?.channel;
    this.#list.replaceChildren();
    this.#shown.clear();
    this.#isAtEnd = true;
    this.#top = 0;
  }

  /** The first message in view, and where it ends: it may lose its byline when others come before it. */
  #anchor() {
    const { top } = this.#box.getBoundingClientRect();
    for (const made of this.#list.querySelectorAll(".message")) {
      const { bottom } = made.getBoundingClientRect();
      if (bottom > top) return { key: made.dataset.key, bottom };
    }
    return null;
  }

  /** How far the anchor has moved. */
  #drift(anchor) {
    const made = this.#shown.get(anchor?.key)?.made;
    return made ? made.getBoundingClientRect().bottom - anchor.bottom : 0;
  }

  #reconcile(rows) {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, { made }] of this.#shown) {
      if (keys.has(key)) continue;
      made.remove();
      this.#shown.delete(key);
    }
    let place = this.#list.firstChild;
    for (const row of rows) {
      let shown = this.#shown.get(row.key);
      if (shown?.signature !== row.signature) {
        const made = this.#make(row);
        if (shown) shown.made.replaceWith(made);
        if (shown && place === shown.made) place = made;
        shown = { made, signature: row.signature };
        this.#shown.set(row.key, shown);
      }
      if (shown.made === place) place = place.nextSibling;
      else this.#list.insertBefore(shown.made, place);
    }
  }

  #make(row) {
    if (row.kind !== "message") return element("li", { class: row.kind }, element("span", {}, row.label));
    const kinds = ["message", row.isMine && "mine", row.follows && "follows", row.state].filter(Boolean);
    const body = element("div", { class: "body" });
    if (!row.follows) body.append(this.#byline(row));
    const at = row.at ? moment(new Date(row.at)) : false;
    body.append(element("p", { class: "bubble", dir: "auto", title: at }, ...linked(row.text)));
    if (row.state) body.append(this.#state(row));
    const about = { class: kinds.join(" "), "data-key": row.key, "data-state": row.state || "sent" };
    return element("li", about, avatar(row.sender), body);
  }

  #byline({ sender, at, isMine }) {
    const name = { class: isMine ? "visually-hidden" : "name", dir: "auto", title: sender };
    const line = element("p", { class: "byline" }, element("strong", name, sender));
    if (at) line.append(element("time", { datetime: at }, clock(new Date(at))));
    return line;
  }

  #state({ state, reason, draft }) {
    if (state !== "failed") return element("p", { class: "state" }, STATES[state]);
    const retry = element("button", { type: "button", click: () => this.actions.retry(draft) }, "Try again");
    const discard = element("button", { type: "button", click: () => this.actions.discard(draft) }, "Discard");
    const choice = element("span", { class: "choice" }, retry, discard);
    return element("p", { class: "state" }, `Not sent. ${reason}`, choice);
  }

  #renderOlder({ channel, next, isLoading, loadingError, messages, drafts }) {
    const isEmpty = next === null && messages.length + drafts.length === 0;
    this.#box.classList.toggle("empty", isEmpty);
    if (loadingError) {
      const retry = element("button", { type: "button", click: () => this.actions.retryLoading() }, "Try again");
      this.#older.replaceChildren(loadingError, " ", retry);
    } else if (isLoading) {
      this.#older.replaceChildren("Loading…");
    } else {
      const beginning = `This is the beginning of #${channel}${isEmpty ? ". Say hello!" : ""}`;
      this.#older.replaceChildren(next === null ? beginning : "");
    }
    this.#older.dataset.failed = Boolean(loadingError);
  }

  #measure() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    this.#top = scrollTop;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #scrolled() {
    this.#measure();
    this.#latest.hidden = this.#isAtEnd;
    const news = `${this.#unread} new ${this.#unread === 1 ? "message" : "messages"}`;
    setText(this.#latest, `${this.#unread ? news : "Latest messages"} ↓`);
    if (this.#isAtEnd) this.actions.reachedEnd();
    if (this.#top < FAR_UP && this.#older.dataset.failed !== "true") this.actions.loadOlder();
  }
}
