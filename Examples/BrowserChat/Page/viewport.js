// The part of the screen that the keyboard of a phone leaves free.

/** Keeps `--height` at the height that can be seen, where browsers do not do that by themselves. */
export function followViewport(viewport = globalThis.visualViewport) {
  if (!viewport) return;
  const follow = () => {
    // Who has zoomed in sees less because of that, and not because of a keyboard.
    if (viewport.scale > 1) return;
    document.documentElement.style.setProperty("--height", `${viewport.height}px`);
    // The page itself never scrolls; some browsers push it up to make room.
    scrollTo(0, 0);
  };
  viewport.addEventListener("resize", follow);
  follow();
}
