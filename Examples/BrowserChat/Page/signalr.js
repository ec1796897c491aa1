// A small SignalR client: the JSON protocol over a WebSocket, with keep-alive, deadlines and reconnect.

const SEPARATOR = "\u001e";
const KEEP_ALIVE = 15_000;
const SERVER_TIMEOUT = 30_000;
const OPENING_TIMEOUT = 15_000;
const INVOCATION_TIMEOUT = 30_000;
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

/** Why an invocation failed. */
export class HubError extends Error {
  /**
   * @param {string} message one sentence for people
   * @param {"refused" | "lost" | "offline"} kind the server said no, nobody knows, or it was never sent
   */
  constructor(message, kind) {
    super(message);
    this.kind = kind;
  }
}

/**
 * One connection to a hub that is made again whenever it is lost.
 *
 * `onState` learns of every change: `connecting` (`isRetry` unless it is the first time), `connected`, `waiting` (with
 * `retryAt` in milliseconds), `stopped` (with `reason`). Nothing is joined on a new connection; whoever listens for
 * `connected` does that.
 */
export class HubClient {
  #url;
  #handlers = new Map();
  #calls = new Map();
  #nextId = 0;
  #socket = null;
  #state = { name: "stopped" };
  #attempt = 0;
  #timers = {};
  #lastSent = 0;

  /** @param {URL} url the hub, with the query items that say who connects */
  constructor(url, onState) {
    this.#url = url;
    this.onState = onState;
    globalThis.addEventListener?.("online", () => this.retryNow());
  }

  get isConnected() { return this.#state.name === "connected"; }

  /** Calls `handler` with the arguments of every invocation of `target` by the server. */
  on(target, handler) { this.#handlers.set(target, handler); }

  start() {
    if (this.#state.name === "stopped") this.#connect();
  }

  /** Ends the wait for the next attempt. */
  retryNow() {
    if (this.#state.name === "waiting") this.#connect();
  }

  stop(reason = "") {
    this.#enter({ name: "stopped", reason });
    this.#dropSocket();
    this.#failCalls("The connection was closed.");
  }

  /** Calls a method of the hub and answers its result; throws a `HubError`. */
  invoke(target, ...args) {
    if (!this.isConnected) return Promise.reject(new HubError("Not connected.", "offline"));
    const invocationId = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#calls.delete(invocationId);
        reject(new HubError("The server did not answer in time.", "lost"));
      }, INVOCATION_TIMEOUT);
      this.#calls.set(invocationId, { resolve, reject, deadline });
      this.#send({ type: 1, invocationId, target, arguments: args });
    });
  }

  // Opening

  async #connect() {
    clearTimeout(this.#timers.retry);
    this.#enter({ name: "connecting", isRetry: this.#attempt > 0 });
    const opening = AbortSignal.timeout(OPENING_TIMEOUT);
    try {
      const socket = await this.#open(opening);
      if (this.#state.name !== "connecting") return socket.close();
      this.#listen(socket);
    } catch (error) {
      if (this.#state.name !== "connecting") return;
      if (error.isFinal) this.stop(error.message);
      else this.#retryLater();
    }
  }

  /** Negotiates, opens the socket, and waits for the answer to the handshake. */
  async #open(signal) {
    const url = new URL(this.#url);
    url.searchParams.set("id", await this.#negotiate(signal));
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      const fail = (reason) => { socket.close(); reject(reason); };
      signal.addEventListener("abort", () => fail(signal.reason));
      socket.onopen = () => socket.send(JSON.stringify({ protocol: "json", version: 1 }) + SEPARATOR);
      socket.onclose = () => fail(new Error("The connection was closed while it was opened."));
      socket.onmessage = ({ data }) => {
        const end = data.indexOf(SEPARATOR);
        const answer = JSON.parse(data.slice(0, end));
        if (answer.error) return fail(finalError(answer.error));
        resolve(socket);
        // What came in one message with the answer is read once somebody listens.
        const rest = data.slice(end + 1);
        if (rest) queueMicrotask(() => socket.onmessage({ data: rest }));
      };
    });
  }

  async #negotiate(signal) {
    const url = new URL(this.#url);
    url.pathname += "/negotiate";
    url.searchParams.set("negotiateVersion", "1");
    const response = await fetch(url, { method: "POST", signal });
    if ([400, 401, 403, 404].includes(response.status)) {
      const problem = await response.json().catch(() => ({}));
      throw finalError(problem.detail ?? `The server refused the connection (${response.status}).`);
    }
    if (!response.ok) throw new Error(`negotiate answered ${response.status}`);
    const answer = await response.json();
    if (answer.error) throw finalError(answer.error);
    return answer.connectionToken;
  }

  #listen(socket) {
    this.#socket = socket;
    this.#attempt = 0;
    this.#lastSent = Date.now();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#lost();
    this.#timers.keepAlive = setInterval(() => this.#keepAlive(), 1000);
    this.#expectServer();
    this.#enter({ name: "connected" });
  }

  // Being connected

  async #receive(data) {
    const socket = this.#socket;
    this.#expectServer();
    for (const record of data.split(SEPARATOR)) {
      if (record && socket === this.#socket) this.#take(JSON.parse(record));
      // Whoever waited for this answer goes on before the next record is taken.
      await null;
    }
  }

  #take(message) {
    switch (message.type) {
      case 1: this.#handlers.get(message.target)?.(...message.arguments); break;
      case 3: this.#complete(message); break;
      case 7: this.#closed(message); break;
      default: break; // Pings, and what this client never asks for.
    }
  }

  #complete({ invocationId, result, error }) {
    const call = this.#calls.get(invocationId);
    if (!call) return;
    this.#calls.delete(invocationId);
    clearTimeout(call.deadline);
    if (error) call.reject(new HubError(error, "refused"));
    else call.resolve(result);
  }

  #closed({ error, allowReconnect }) {
    if (allowReconnect) this.#lost();
    else this.stop(error ?? "The server ended the connection.");
  }

  #send(message) {
    this.#lastSent = Date.now();
    this.#socket.send(JSON.stringify(message) + SEPARATOR);
  }

  #keepAlive() {
    if (Date.now() - this.#lastSent >= KEEP_ALIVE) this.#send({ type: 6 });
  }

  #expectServer() {
    clearTimeout(this.#timers.server);
    this.#timers.server = setTimeout(() => this.#lost(), SERVER_TIMEOUT);
  }

  // Losing it

  #lost() {
    this.#dropSocket();
    this.#failCalls("The connection was lost before the server answered.");
    this.#retryLater();
  }

  /** Waits longer each time, and for a random part of that time, so that clients do not come back all at once. */
  #retryLater() {
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempt++);
    const delay = longest * (0.5 + Math.random() / 2);
    this.#timers.retry = setTimeout(() => this.#connect(), delay);
    this.#enter({ name: "waiting", retryAt: Date.now() + delay });
  }

  #dropSocket() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #failCalls(message) {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject, deadline } of calls) {
      clearTimeout(deadline);
      reject(new HubError(message, "lost"));
    }
  }

  #enter(state) {
    this.#state = state;
    this.onState(state);
  }
}

/** An error after which trying again is of no use. */
function finalError(message) {
  return Object.assign(new Error(message), { isFinal: true });
}
