// What went wrong, in words for people.

const WORDS = {
  RATE_LIMIT_EXCEEDED: "You are sending too fast.",
  EVENT_PRODUCTION_FAILED: "The server could not keep the message.",
};

/** Takes the code and the sentence out of a hub error, `… HubException: CODE: sentence`. */
export function explain(error) {
  const [, code, sentence] = /HubException: (?:([A-Z_]+): )?(.*)$/s.exec(error.message) ?? [];
  const words = WORDS[code];
  if (words) return sentence ? `${words} ${sentence}` : words;
  return sentence ?? error.message;
}

/** Whether the server has no such method; it may be older than this page. */
export function isUnknownMethod(error) {
  return error.kind === "refused" && error.message.includes("Method does not exist");
}
