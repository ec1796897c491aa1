// The page: shows a chat, and hands on what people do.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Drawers } from "./drawers.js";
import { byId, element } from "./elements.js";
import { channelName } from "./format.js";
import { renderChannels, renderPeople, renderPerson } from "./lists.js";
import { listenToKeys } from "./shortcuts.js";
import { Timeline } from "./timeline.js";

const ANNOUNCED = 5;
const PROBLEM_SHOWN = 10_000;

const STATUS = { connecting: "Connecting…", connected: "Connected", waiting: "Reconnecting…", stopped: "Disconnected" };

export class View {
  #isDue = false;
  #problemTimer = 0;

  /** @param {(session: object) => void} remember keeps what a reload of the page needs */
  constructor(user, channels, current, remember) {
    this.remember = remember;
    this.chat = new Chat(user, {
      changed: () => this.#renderSoon(),
      arrived: (channel, event) => this.#announce(channel, event),
      failed: (text) => this.#showProblem(text),
    });
    this.timeline = new Timeline({
      retry: (draft) => { this.chat.retry(draft); byId("text").focus(); },
      discard: (draft) => { this.chat.discard(draft); byId("text").focus(); },
      loadOlder: () => this.chat.loadOlder(),
      retryLoading: () => this.chat.retryLoading(),
      reachedEnd: () => this.#readIfSeen(),
    });
    this.drawers = new Drawers();
    this.composer = new Composer((text) => this.#send(text));
    renderPerson(byId("me"), user);
    this.#listen();
    for (const channel of channels) this.chat.open(channel);
    this.chat.open(current);
  }

  start() {
    this.chat.start();
    this.composer.focus();
  }

  #listen() {
    byId("join").addEventListener("submit", (event) => this.#join(event));
    byId("retry-now").addEventListener("click", () => this.#retryNow());
    byId("show-help").addEventListener("click", () => byId("help").showModal());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.chat.client.retryNow();
      this.#readIfSeen();
    });
    setInterval(() => this.#renderConnection(), 1000);
    listenToKeys({
      step: (step) => this.#select(() => this.chat.step(step)),
      write: () => this.composer.focus(),
      help: () => byId("help").showModal(),
      escape: () => { if (!this.drawers.close()) { this.timeline.toEnd(); this.composer.focus(); } },
    });
  }

  // What people do

  #send(text) {
    if (!this.chat.conversation) return false;
    const isTaken = this.chat.send(text);
    if (!isTaken) this.#showProblem("Too many messages wait for the connection already. Please try again later.");
    // One's own words come at the end; one wants to see them go.
    if (isTaken) this.#renderNow(() => this.timeline.toEnd());
    return isTaken;
  }

  #join(event) {
    event.preventDefault();
    const channel = channelName(byId("join-channel").value);
    if (!channel) return;
    byId("join-channel").value = "";
    this.#select(() => this.chat.open(channel));
  }

  /** Shows another channel, each with what was being written there. */
  #select(change) {
    const before = this.chat.current;
    change();
    this.composer.change(before, this.chat.current);
    this.drawers.close();
    this.composer.focus();
  }

  #retryNow() {
    if (this.chat.connection.name === "stopped") this.chat.start();
    else this.chat.client.retryNow();
  }

  #readIfSeen() {
    if (this.chat.conversation?.unread && !document.hidden && this.timeline.isAtEnd) this.chat.read();
  }

  // What they see

  #renderSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#renderNow());
  }

  #renderNow(then = () => {}) {
    this.#isDue = false;
    const { chat } = this;
    if (this.timeline.isAtEnd) chat.trim();
    this.timeline.render(chat.conversation);
    then();
    renderChannels(chat, {
      open: (channel) => this.#select(() => chat.open(channel)),
      leave: (channel) => this.#select(() => chat.leave(channel)),
    });
    renderPeople(chat);
    this.#renderConnection();
    const unread = [...chat.conversations.values()].reduce((sum, { unread }) => sum + unread, 0);
    byId("title").replaceChildren(element("span", { class: "sign", "aria-hidden": "true" }, "#"), chat.current ?? "No channel");
    document.title = `${unread ? `(${unread}) ` : ""}${chat.current ? `#${chat.current} · ` : ""}Chatify`;
    this.composer.enable(Boolean(chat.conversation));
    this.remember({ user: chat.user, channels: [...chat.conversations.keys()], current: chat.current });
  }

  #renderConnection() {
    const { name, retryAt, reason } = this.chat.connection;
    setText(byId("status"), STATUS[name]);
    byId("status").dataset.state = name;
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    const banners = {
      waiting: `The connection was lost. Trying again ${seconds ? `in ${seconds} s` : "now"}.`,
      stopped: reason ? `Disconnected: ${reason}` : "Disconnected.",
    };
    byId("banner").hidden = !(name in banners);
    setText(byId("banner-text"), banners[name] ?? "");
  }

  #showProblem(text) {
    clearTimeout(this.#problemTimer);
    setText(byId("problem"), text);
    byId("problem").hidden = false;
    this.#problemTimer = setTimeout(() => { byId("problem").hidden = true; }, PROBLEM_SHOWN);
  }

  /** Lets a screen reader say what came. */
  #announce(channel, { senderId, text }) {
    const where = channel === this.chat.current ? "" : ` in ${channel}`;
    const announcer = byId("announcer");
    announcer.append(element("p", {}, `${senderId}${where}: ${text}`));
    while (announcer.childElementCount > ANNOUNCED) announcer.firstChild.remove();
  }
}

/** Changes a text only if it is another: what is written anew is read aloud anew. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
