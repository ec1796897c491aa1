// The chat of one user: a connection, the channels that are joined, and what becomes of messages on the way.

import { Conversation } from "./conversation.js";
import { explain, isUnknownMethod } from "./errors.js";
import { placeBefore, readHistory } from "./history.js";
import { Presence } from "./presence.js";
import { HubClient } from "./signalr.js";

const CHANNEL = 0;
const MOST_DRAFTS = 20;
/** How far the history may be behind the log. */
const HISTORY_LAG = 2000;
const IN_DOUBT = "The connection was lost before the server confirmed this. It may have arrived.";

export class Chat {
  conversations = new Map();
  current = null;
  connection = { name: "connecting" };
  /** Another one for each connection: what was begun on one is not finished on the next. */
  #session = {};

  /**
   * @param {string} user who one is
   * @param {{
   *   changed(): void, isSeeing(channel: string): boolean,
   *   arrived(channel: string, event: object): void, failed(text: string): void
   * }} observer
   */
  constructor(user, observer) {
    this.user = user;
    this.observer = observer;
    const url = new URL("/hubs/chat", location.origin);
    url.searchParams.set("user", user);
    this.client = new HubClient(url, (state) => this.#connectionChanged(state));
    this.client.on("ReceiveMessage", (event) => this.#receive(event));
    this.presence = new Presence(this.client, () => this.observer.changed());
    this.presence.note([user]);
  }

  start() { this.client.start(); }

  stop() { this.client.stop(); }

  get conversation() { return this.conversations.get(this.current); }

  /** Joins a channel, unless it is joined, and shows it. */
  open(channel) {
    if (!this.conversations.has(channel)) {
      const conversation = new Conversation(channel, this.user);
      this.conversations.set(channel, conversation);
      if (this.client.isConnected) this.#catchUp(conversation);
    }
    this.current = channel;
    this.conversation.forgetUnread();
    this.read();
  }

  async leave(channel) {
    this.conversations.delete(channel);
    if (this.current === channel) this.current = this.conversations.keys().next().value ?? null;
    this.observer.changed();
    if (this.client.isConnected) await this.#try(this.client.invoke("LeaveScopeAsync", channel, CHANNEL));
  }

  /** Shows the channel `step` places further in the list. */
  step(step) {
    const channels = [...this.conversations.keys()];
    if (channels.length < 2) return;
    const index = (channels.indexOf(this.current) + step + channels.length) % channels.length;
    this.open(channels[index]);
  }

  /** Notes that what the current channel holds was seen. */
  read() {
    this.conversation?.markRead();
    this.observer.changed();
  }

  // Sending

  /** Sends to the current channel now, or when there is a connection; false if too much waits already. */
  send(text) {
    const { conversation } = this;
    const waiting = conversation.drafts.filter(({ state }) => state !== "failed");
    if (waiting.length >= MOST_DRAFTS) return false;
    conversation.forgetUnread();
    this.#submit(conversation, conversation.draft(text));
    return true;
  }

  retry(draft) {
    draft.state = "queued";
    this.#submit(this.conversation, draft);
  }

  discard(draft) {
    this.conversation.discard(draft);
    this.observer.changed();
  }

  async #submit(conversation, draft) {
    if (!this.client.isConnected || conversation.isCatchingUp) return this.observer.changed();
    conversation.sending(draft);
    this.observer.changed();
    const message = { scopeType: CHANNEL, scopeId: conversation.channel, text: draft.text };
    try {
      const { chatEvent } = await this.client.invoke("SendAsync", message);
      conversation.confirm(draft, chatEvent);
    } catch (error) {
      if (error.kind !== "lost") conversation.fail(draft, explain(error));
      else if (this.client.isConnected) conversation.fail(draft, IN_DOUBT, true);
      else draft.state = "unconfirmed";
    }
    this.observer.changed();
  }

  // Receiving

  #receive(event) {
    const conversation = this.conversations.get(event.scopeId);
    if (!conversation || event.scopeType !== CHANNEL) return;
    if (conversation.receive(event)) this.#arrived(conversation, event);
    this.presence.note([event.senderId]);
    this.observer.changed();
  }

  #arrived(conversation, event) {
    if (event.senderId === this.user) return;
    if (!this.observer.isSeeing(conversation.channel)) conversation.noteUnread(event);
    this.observer.arrived(conversation.channel, event);
  }

  /** Reads the page before the oldest message of the current channel. */
  async loadOlder() {
    const { conversation } = this;
    const place = conversation?.next;
    if (!place || conversation.isLoading) return;
    await this.#load(conversation, place, (page) => {
      // A reload may have begun anew meanwhile, and this page would leave a gap.
      if (conversation.next === place) conversation.takeOlder(page);
    });
  }

  /** Reads the newest page of a channel; true if that went well, and nothing happened to the connection meanwhile. */
  async #reload(conversation) {
    const session = this.#session;
    const isRead = await this.#load(conversation, {}, (page) => {
      if (session !== this.#session || conversation.isWhole) return;
      for (const event of conversation.takeNewest(page)) this.#arrived(conversation, event);
    });
    if (!isRead && !conversation.isWhole) conversation.showGap();
    this.observer.changed();
    return isRead && session === this.#session;
  }

  /** Reads a page of history; true if that went well. */
  async #load(conversation, place, take) {
    conversation.isLoading = true;
    conversation.loadingError = "";
    this.observer.changed();
    try {
      const page = await readHistory(conversation.channel, this.user, place);
      take(page);
      this.presence.note(page.messages.map(({ senderId }) => senderId));
    } catch (error) {
      conversation.loadingError = `Earlier messages cannot be loaded. ${error.message}`;
    }
    conversation.isLoading = false;
    this.observer.changed();
    return !conversation.loadingError;
  }

  /** Forgets the oldest of very many messages of the current channel. */
  trim() { this.conversation?.trim(placeBefore); }

  retryLoading() {
    const { conversation } = this;
    if (conversation.isWhole) this.loadOlder();
    else this.#reload(conversation);
  }

  // Coming back

  #connectionChanged(state) {
    this.connection = state;
    this.#session = {};
    if (state.name === "connected") {
      for (const conversation of this.conversations.values()) this.#catchUp(conversation);
      this.presence.watch();
    } else {
      this.presence.forget();
    }
    this.observer.changed();
  }

  /** Joins a channel on a new connection, and sees to it that nothing of it is missing. */
  async #catchUp(conversation) {
    const session = this.#session;
    conversation.isCatchingUp = true;
    try {
      const recovered = await this.#resume(conversation);
      if (!recovered) await this.#rejoin(conversation);
    } catch (error) {
      if (session === this.#session) this.observer.failed(`#${conversation.channel}: ${explain(error)}`);
    }
    // A lost connection comes back here once there is a new one.
    if (session !== this.#session) return;
    conversation.isCatchingUp = false;
    for (const draft of [...conversation.drafts]) {
      if (draft.state === "unconfirmed") conversation.fail(draft, IN_DOUBT, true);
      if (draft.state === "queued") this.#submit(conversation, draft);
    }
    this.observer.changed();
  }

  /** Lets the server push what was missed; false if it cannot, and there is a gap. */
  async #resume(conversation) {
    const { channel, position, isWhole } = conversation;
    try {
      if (position && isWhole) {
        const { recovered } = await this.client.invoke("ResumeScopeAsync", channel, position, CHANNEL);
        if (recovered) return true;
      }
    } catch (error) {
      if (!isUnknownMethod(error)) throw error;
    }
    // Before anything else that the server has pushed is looked at.
    conversation.breakOff();
    return false;
  }

  /** Joins afresh and reads from history what was said before. */
  async #rejoin(conversation) {
    await this.client.invoke("JoinScopeAsync", conversation.channel, CHANNEL);
    await this.#reload(conversation);
    this.#readAgain(conversation);
  }

  /** Reads what was accepted right before the join and was not in history yet; tries until it can be read. */
  #readAgain(conversation) {
    const session = this.#session;
    setTimeout(async () => {
      if (session !== this.#session || this.conversations.get(conversation.channel) !== conversation) return;
      if (await this.#reload(conversation)) conversation.settle();
      else this.#readAgain(conversation);
    }, HISTORY_LAG);
  }

  async #try(call) {
    try {
      await call;
    } catch (error) {
      if (error.kind === "refused") this.observer.failed(explain(error));
    }
  }
}
