// What is known of one channel: messages in order, once each, and what is still to be said. No network, no page.

const MOST_MESSAGES = 1000;
const KEPT_MESSAGES = 500;

/**
 * The messages of one channel, ordered as history orders them: by time, then by id.
 *
 * A draft goes from `queued` to `sending` and either becomes a message or is `failed` with a `reason`; it is `unconfirmed`
 * while it is not known which, and no longer than until the connection is back.
 */
export class Conversation {
  messages = [];
  drafts = [];
  /** Where the last event that was pushed stands in the log. */
  position = null;
  /** Where older messages are: a place in history, or null at the beginning. Nothing was read yet: undefined. */
  next = undefined;
  unread = 0;
  /** The id of the first message that was not seen when it came. */
  firstUnread = null;
  /** Something to be said after one of the messages, or, without `after`, before all of them. */
  notice = null;
  isLoading = false;
  loadingError = "";
  #ids = new Set();
  /** What one said oneself and nobody pushed yet: others may have spoken before. */
  #answered = new Set();
  /** The ids of messages between which nothing is missing, however much may be behind them; null if nothing is there either. */
  #solid = new Set();
  #draftCount = 0;

  constructor(channel, user) {
    this.channel = channel;
    this.user = user;
  }

  /** Takes an event that the server pushed; true if it is new. */
  receive(event) {
    const { partition, offset } = event;
    const isAhead = partition !== this.position?.partition || offset > this.position.offset;
    if (isAhead) this.position = { partition, offset };
    return this.#add(event);
  }

  /** Whether nothing is missing between the messages that are known. */
  get isWhole() { return this.#solid === null; }

  /** Begins a gap: what is pushed from now on may be far behind what is known. */
  breakOff() {
    this.position = null;
    this.#solid ??= new Set([...this.#ids].filter((id) => !this.#answered.has(id)));
  }

  /**
   * Takes the newest page, which closes the gap but for what is not in history yet. What was known before the gap stays
   * only if the page reaches back to it, so that nothing can be missing in between.
   * @returns {object[]} messages that came meanwhile; none when these are the first at all
   */
  takeNewest({ messages, next }) {
    const isFirst = this.next === undefined;
    if (this.notice?.after) this.notice = null;
    if (!messages.some(({ messageId }) => this.#solid.has(messageId))) this.#restart(messages, next);
    for (const { messageId } of messages) this.#solid.add(messageId);
    const added = messages.filter((message) => this.#add(message));
    return isFirst ? [] : added;
  }

  /** Ends the gap: what was said before it was over has been in history when that was read last. */
  settle() { this.#solid = null; }

  /** Takes the page before all others. */
  takeOlder({ messages, next }) {
    this.next = next;
    for (const message of messages) this.#add(message);
  }

  /** Forgets the oldest messages once there are very many; `placeBefore` says where to find them again. */
  trim(placeBefore) {
    if (this.messages.length <= MOST_MESSAGES) return;
    for (const { messageId } of this.messages.splice(0, this.messages.length - KEPT_MESSAGES)) {
      this.#ids.delete(messageId);
    }
    this.next = placeBefore(this.messages[0]);
  }

  /** Says where the gap is that could not be closed yet. */
  showGap() {
    const last = this.messages.findLast(({ messageId }) => this.#solid.has(messageId));
    if (last) this.notice = { text: "Messages may be missing here. Trying to load them…", after: last.messageId };
  }

  // Reading

  /** Counts a message that came while nobody looked. */
  noteUnread({ messageId }) {
    if (this.unread === 0) this.firstUnread = messageId;
    this.unread += 1;
  }

  /** Notes that everything was seen; where one had not is still to be found. */
  markRead() { this.unread = 0; }

  /** Forgets where one had not seen what was said, once one has read on from there. */
  forgetUnread() {
    if (this.unread === 0) this.firstUnread = null;
  }

  // Drafts

  draft(text) {
    const draft = { key: `draft-${this.#draftCount++}`, text, state: "queued", reason: "", isInDoubt: false };
    this.drafts.push(draft);
    return draft;
  }

  /** Notes that a draft is on its way: an event after the newest message known now may be it. */
  sending(draft) {
    Object.assign(draft, { state: "sending", reason: "", isInDoubt: true, after: this.messages.at(-1) });
  }

  /** Takes the server's answer; the event itself may have been pushed before. */
  confirm(draft, event) {
    this.discard(draft);
    if (this.#add(event)) this.#answered.add(event.messageId);
  }

  /** Notes that a draft is no message; `isInDoubt` says that it may still turn out to be one. */
  fail(draft, reason, isInDoubt = false) {
    Object.assign(draft, { state: "failed", reason, isInDoubt });
  }

  discard(draft) { this.drafts = this.drafts.filter((other) => other !== draft); }

  // Order

  #restart([oldest], next) {
    if (this.#solid.size > 0 && next === null) this.notice = { text: "The server has no record of what was said before." };
    // What was pushed while the page was on its way is newer than the page and stays.
    const isNew = (message) => !this.#solid.has(message.messageId) && !(oldest && compare(message, oldest) < 0);
    this.messages = this.messages.filter(isNew);
    this.#ids = new Set(this.messages.map(({ messageId }) => messageId));
    this.#solid.clear();
    this.next = next;
  }

  #add(event) {
    this.#answered.delete(event.messageId);
    if (this.#ids.has(event.messageId)) return false;
    this.#ids.add(event.messageId);
    this.#adopt(event);
    let place = this.messages.length;
    while (place > 0 && compare(this.messages[place - 1], event) > 0) place -= 1;
    this.messages.splice(place, 0, event);
    return true;
  }

  /** An event of one's own that comes before its answer, or in place of one that got lost, is the draft it was. */
  #adopt(event) {
    if (event.senderId !== this.user) return;
    const isOf = (draft) => draft.isInDoubt && draft.text === event.text && !(draft.after && compare(draft.after, event) > 0);
    const draft = this.drafts.find(isOf);
    if (draft) this.discard(draft);
  }
}

function compare(a, b) {
  if (a.createdAtUtc !== b.createdAtUtc) return a.createdAtUtc < b.createdAtUtc ? -1 : 1;
  return a.messageId < b.messageId ? -1 : Number(a.messageId > b.messageId);
}
