// Keys for those who like keys; the help dialog lists them.

/** @param {{step(step: number): void, write(): void, help(): void, escape(): void}} actions */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actionOf({ key, altKey, ctrlKey, metaKey, target, isComposing }, actions) {
  if (ctrlKey || metaKey || isComposing || document.querySelector("dialog[open]")) return null;
  if (altKey) return { ArrowUp: () => actions.step(-1), ArrowDown: () => actions.step(1) }[key];
  if (key === "Escape") return actions.escape;
  if (target.matches("input, textarea")) return null;
  return { "/": actions.write, "?": actions.help }[key];
}
