// Pages of the past, newest first.

const TIMEOUT = 15_000;
export const PAGE_SIZE = 50;

/**
 * Reads the page of a channel's history at `place`, which is what an earlier page named as `next`, or nothing for the
 * newest page.
 * @returns {Promise<{messages: object[], next: object | null}>} messages oldest first; `next` is null at the beginning
 */
export async function readHistory(channel, user, place = {}) {
  const url = new URL(`/chat/history/Channel/${encodeURIComponent(channel)}`, location.origin);
  for (const [name, value] of Object.entries({ user, order: "newest", limit: PAGE_SIZE, ...place })) {
    url.searchParams.set(name, value);
  }
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) }).catch(() => {
    throw new Error("The server cannot be reached.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || !answer.messages) throw new Error(answer.detail ?? `The server answered ${response.status}.`);
  const next = answer.nextCursor === null ? null : { cursor: answer.nextCursor };
  return { messages: answer.messages.reverse(), next };
}

/** The place in history right before `message`, the message itself included. */
export function placeBefore(message) {
  return { to: new Date(Date.parse(message.createdAtUtc) + 1).toISOString() };
}
