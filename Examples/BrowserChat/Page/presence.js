// Who is online, of the people one has heard of.

import { isUnknownMethod } from "./errors.js";

const MOST_PEOPLE = 100;

export class Presence {
  online = new Set();
  /** Whether the server can tell at all. */
  isKnown = false;
  #client;
  #changed;
  #people = new Map();
  #isWatching = false;

  constructor(client, changed) {
    this.#client = client;
    this.#changed = changed;
    client.on("ReceivePresence", ({ userId, isOnline }) => {
      if (isOnline) this.online.add(userId);
      else this.online.delete(userId);
      this.#changed();
    });
  }

  /** Everybody one has heard of, the latest last. */
  get people() { return [...this.#people.keys()]; }

  /** Takes note of people one hears of; those one has not heard of for longest are forgotten when they are too many. */
  note(users) {
    let isNews = false;
    for (const user of users) {
      isNews = !this.#people.delete(user) || isNews;
      this.#people.set(user, true);
    }
    while (this.#people.size > MOST_PEOPLE) this.#people.delete(this.#people.keys().next().value);
    if (isNews) this.watch();
  }

  /** Asks to be told of these people; called again whenever they change, and on each new connection. */
  async watch() {
    if (!this.#client.isConnected || this.#isWatching) return;
    this.#isWatching = true;
    // What is heard at one moment is asked for together.
    await Promise.resolve();
    const asked = this.people;
    try {
      this.online = new Set(await this.#client.invoke("WatchPresenceAsync", asked));
      this.isKnown = true;
    } catch (error) {
      if (isUnknownMethod(error)) this.isKnown = false;
    }
    this.#isWatching = false;
    this.#changed();
    if (asked.some((user) => !this.#people.has(user)) || asked.length !== this.#people.size) this.watch();
  }

  /** Without a connection nothing is known of anybody. */
  forget() {
    this.online.clear();
    this.isKnown = false;
  }
}
