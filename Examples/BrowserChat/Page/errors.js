// What went wrong, in words for people.

/** Takes the sentence out of a hub error, `… HubException: CODE: sentence`. */
export function explain(error) {
  const [, sentence] = /HubException: (?:[A-Z_]+: )?(.+)$/s.exec(error.message) ?? [];
  return sentence ?? error.message;
}

/** Whether the server has no such method; it may be older than this page. */
export function isUnknownMethod(error) {
  return error.kind === "refused" && error.message.includes("Method does not exist");
}
