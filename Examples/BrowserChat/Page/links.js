// Addresses in what people write, to be followed.

import { element } from "./elements.js";

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,:;!?'\])}]+$/;

/** The parts of a text: addresses as links, all else as it is. */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = found.replace(TRAILING, "");
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(end, index), link(address));
    end = index + address.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** Whoever is linked to neither learns of this page nor gets hold of it. */
function link(address) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address);
}
