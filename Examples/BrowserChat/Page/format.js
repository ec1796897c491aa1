// Times as people read them, and names as they write them.

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_OTHER_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const clock = (date) => CLOCK.format(date);

export const moment = (date) => MOMENT.format(date);

/** Today, yesterday, or the date. */
export function day(date, now = new Date()) {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / 86_400_000);
  if (days === 0 || days === -1) return capitalized(RELATIVE.format(days, "day"));
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_OF_OTHER_YEAR).format(date);
}

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

const capitalized = (text) => text[0].toUpperCase() + text.slice(1);

/** The name of a channel, which people write with or without its sign. */
export const channelName = (text) => text.trim().replace(/^#+/, "");
