// The page: shows a chat, and hands on what people do.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Drawers } from "./drawers.js";
import { byId, element, setText } from "./elements.js";
import { channelName } from "./format.js";
import { renderChannels, renderPeople, renderPerson, renderTitle } from "./lists.js";
import { listenToKeys } from "./shortcuts.js";
import { Timeline } from "./timeline.js";

const ANNOUNCED = 5;
const PROBLEM_SHOWN = 10_000;

const STATUS = { connecting: "Connecting…", connected: "Connected", waiting: "Reconnecting…", stopped: "Disconnected" };
const OFFLINE = "You are offline. What you write is sent once you are back.";

export class View {
  #isDue = false;
  #problemTimer = 0;

  /** @param {(session: object) => void} remember keeps what a reload of the page needs */
  constructor(user, channels, current, remember) {
    this.remember = remember;
    this.chat = new Chat(user, {
      changed: () => this.#renderSoon(),
      isSeeing: (channel) => channel === this.chat.current && !document.hidden && this.timeline.isAtEnd,
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
    if (current !== null) this.chat.open(current);
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
    for (const change of ["online", "offline"]) addEventListener(change, () => this.#renderConnection());
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
    if (this.chat.current !== before) this.#say(this.chat.current ? `Channel ${this.chat.current}` : "No channel");
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
    renderTitle(chat.current);
    document.title = `${unread ? `(${unread}) ` : ""}${chat.current ? `#${chat.current} · ` : ""}Chatify`;
    this.composer.enable(chat.current);
    this.remember({ user: chat.user, channels: [...chat.conversations.keys()], current: chat.current });
  }

  #renderConnection() {
    const { name, isRetry } = this.chat.connection;
    setText(byId("status"), STATUS[isRetry ? "waiting" : name]);
    byId("status").dataset.state = name;
    const text = this.#connectionTrouble();
    byId("banner").hidden = !text;
    setText(byId("banner-text"), text);
  }

  /** What keeps the page from its server, or nothing. */
  #connectionTrouble() {
    const { name, isRetry, retryAt, reason } = this.chat.connection;
    if (name === "stopped") return reason ? `Disconnected: ${reason}` : "Disconnected.";
    if (name !== "waiting" && !isRetry) return "";
    if (!navigator.onLine) return OFFLINE;
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    return `The server cannot be reached. Trying again ${seconds > 0 ? `in ${seconds} s` : "now"}.`;
  }

  #showProblem(text) {
    clearTimeout(this.#problemTimer);
    setText(byId("problem"), text);
    byId("problem").hidden = false;
    this.#problemTimer = setTimeout(() => { byId("problem").hidden = true; }, PROBLEM_SHOWN);
  }

  #announce(channel, { senderId, text }) {
    const where = channel === this.chat.current ? "" : ` in ${channel}`;
    this.#say(`${senderId}${where}: ${text}`);
  }

  /** Lets a screen reader say something. */
  #say(text) {
    const announcer = byId("announcer");
    announcer.append(element("p", {}, text));
    while (announcer.childElementCount > ANNOUNCED) announcer.firstChild.remove();
  }
}
