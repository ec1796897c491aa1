// The channels and the people by name.

import { avatar, byId, element, setText } from "./elements.js";

const { compare } = new Intl.Collator();

export function renderChannels({ conversations, current }, { open, leave }) {
  const items = [...conversations.values()].map(({ channel, unread }) => {
    const isCurrent = channel === current;
    const label = unread ? `${channel}, ${unread} unread` : false;
    const choose = element(
      "button",
      { type: "button", class: "channel", "aria-current": isCurrent ? "page" : false, "aria-label": label, click: () => open(channel) },
      element("span", { class: "sign", "aria-hidden": "true" }, "#"),
      element("span", { class: "name", dir: "auto", title: channel }, channel),
    );
    if (unread) choose.append(element("span", { class: "badge", "aria-hidden": "true" }, unread > 99 ? "99+" : String(unread)));
    const part = element("button", { type: "button", class: "part", "aria-label": `Leave ${channel}`, click: () => leave(channel) }, "×");
    return element("li", {}, choose, part);
  });
  replace(byId("channel-list"), items);
}

export function renderPeople({ presence, user }) {
  const online = presence.people.filter((person) => presence.online.has(person));
  const others = presence.people.filter((person) => !presence.online.has(person));
  const items = [...online.sort(compare), ...others.sort(compare)].map((person) => {
    const isOnline = presence.online.has(person);
    const state = isOnline ? "online" : presence.isKnown ? "offline" : "unknown";
    const note = person === user ? "you" : presence.isKnown ? state : "";
    const name = element("span", { class: "name", dir: "auto", title: person }, person);
    return element("li", { class: "person", "data-state": state }, avatar(person), name, element("span", { class: "note" }, note));
  });
  replace(byId("people-list"), items);
  setText(byId("people-title"), presence.isKnown ? `People · ${online.length} online` : "People");
}

export function renderPerson(place, person) {
  place.replaceChildren(avatar(person), element("span", { class: "name", dir: "auto", title: person }, person));
}

export function renderTitle(channel) {
  const sign = element("span", { class: "sign", "aria-hidden": "true" }, "#");
  const name = element("span", { dir: "auto" }, channel ?? "No channel");
  byId("title").title = channel ?? "";
  byId("title").replaceChildren(...(channel === null ? [name] : [sign, name]));
}

/** Replaces the items of a list whose look has changed, and leaves those alone that may hold the focus. */
function replace(list, items) {
  const old = [...list.children];
  items.forEach((item, index) => {
    if (!old[index]) list.append(item);
    else if (old[index].outerHTML !== item.outerHTML) old[index].replaceWith(item);
  });
  for (const extra of old.slice(items.length)) extra.remove();
}
