// Dates as people say them, in the language of the widget.
const cache = new Map();
const lang = () => document.documentElement.lang;

function format(options) {
  const key = lang() + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(lang(), options));
  return cache.get(key);
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export const clock = (date) => format({ timeStyle: "short" }).format(date);
export const exact = (date) => format({ dateStyle: "full", timeStyle: "short" }).format(date);
export const dayKey = (date) => midnight(date);

/** "Today", "Yesterday", "Tuesday", "3 March". */
export function sayDay(date, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  const text = days >= 0 && days <= 1 ? new Intl.RelativeTimeFormat(lang(), { numeric: "auto" }).format(-days, "day")
    : days < 7 && days > 0 ? format({ weekday: "long" }).format(date)
      : format({ day: "numeric", month: "long", ...(date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }) }).format(date);
  return text.charAt(0).toLocaleUpperCase(lang()) + text.slice(1);
}
