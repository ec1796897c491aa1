// Signs in and out; what the tab remembers of that.

import { byId } from "./elements.js";
import { channelName } from "./format.js";
import { View } from "./view.js";
import { followViewport } from "./viewport.js";

const KEY = "chatify";

/** What this tab remembers: another tab may be somebody else. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function enter({ user, channels, current }) {
  byId("welcome").hidden = true;
  byId("app").hidden = false;
  followViewport();
  const remember = (state) => sessionStorage.setItem(KEY, JSON.stringify(state));
  new View(user, channels, current, remember).start();
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const user = byId("name").value.trim();
  const channel = channelName(byId("first-channel").value);
  if (user && channel) enter({ user, channels: [channel], current: channel });
});

byId("sign-out").addEventListener("click", () => {
  sessionStorage.removeItem(KEY);
  location.reload();
});

const session = remembered();
if (session) enter(session);
