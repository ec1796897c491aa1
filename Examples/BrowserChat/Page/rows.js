// What the timeline shows, row by row: a pure reading of a conversation.

import { day } from "./format.js";

const SAME_BREATH = 5 * 60_000;

/** Makes the rows of a conversation; `key` tells rows apart, and rows with equal `signature` look the same. */
export function rowsOf(conversation) {
  const rows = [];
  const { notice, firstUnread } = conversation;
  if (notice && !notice.after) rows.push(row("notice", { kind: "notice", label: notice.text }));
  let last = null;
  const lastOwn = conversation.messages.findLast(({ senderId }) => senderId === conversation.user);
  for (const message of conversation.messages) {
    const date = new Date(message.createdAtUtc);
    const label = day(date);
    if (label !== last?.label) rows.push(row(`day-${label}`, { kind: "day", label }));
    const isFirstUnread = message.messageId === firstUnread;
    if (isFirstUnread) rows.push(row("unread", { kind: "unread", label: "New messages" }));
    const continues = !isFirstUnread && label === last?.label;
    const follows = continues && message.senderId === last.senderId && date - last.date < SAME_BREATH;
    rows.push(
      row(message.messageId, {
        kind: "message",
        sender: message.senderId,
        text: message.text,
        at: message.createdAtUtc,
        isMine: message.senderId === conversation.user,
        follows,
        state: message === lastOwn && conversation.drafts.length === 0 ? "sent" : "",
      }),
    );
    if (message.messageId === notice?.after) rows.push(row("notice", { kind: "notice", label: notice.text }));
    last = { label, date, senderId: message.senderId };
  }
  for (const draft of conversation.drafts) {
    const follows = last?.senderId === conversation.user;
    const { text, state, reason } = draft;
    rows.push(row(draft.key, { kind: "message", sender: conversation.user, text, isMine: true, follows, state, reason, draft }));
    last = { ...last, senderId: conversation.user };
  }
  return rows;
}

function row(key, { draft, ...content }) {
  return { key, signature: JSON.stringify(content), draft, ...content };
}
