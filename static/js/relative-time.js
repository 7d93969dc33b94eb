const MINUTE = 60, HOUR = 3600, DAY = 86400;

/** The page's language and zone: `lang` and `data-time-zone` on <html>. */
export function locale() {
  const root = document.documentElement;
  return { lang: root.lang || undefined, timeZone: root.dataset.timeZone || undefined };
}

const formats = new Map();
function format(options) {
  const { lang, timeZone } = locale();
  const key = JSON.stringify([lang, timeZone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(lang, { ...options, timeZone }));
  return formats.get(key);
}

function dayNumber(date) {
  const parts = Object.fromEntries(format({ year: "numeric", month: "numeric", day: "numeric" }).formatToParts(date).map((p) => [p.type, Number(p.value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day) / (DAY * 1000);
}

function short(date, now) {
  const seconds = (now - date) / 1000;
  const { lang } = locale();
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "narrow" });
  if (Math.abs(seconds) < MINUTE) return relative.format(0, "second");
  const unit = (value, name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  if (seconds < 0) return seconds > -HOUR ? relative.format(Math.round(-seconds / MINUTE), "minute") : seconds > -DAY ? relative.format(Math.round(-seconds / HOUR), "hour") : format({ day: "numeric", month: "short" }).format(date);
  if (seconds < HOUR) return unit(Math.floor(seconds / MINUTE), "minute");
  const days = dayNumber(now) - dayNumber(date);
  if (days === 0 || seconds < 6 * HOUR) return unit(Math.floor(seconds / HOUR), "hour");
  if (days < 7) return format({ weekday: "short" }).format(date);
  return format(now.getFullYear() === date.getFullYear() ? { day: "numeric", month: "short" } : { day: "numeric", month: "short", year: "numeric" }).format(date);
}

/** `date` as `short` (list), `clock` (2:05 PM, 14:05), `day` (Today, Tuesday 3 March) or `exact`. */
export function say(date, kind = "short", now = new Date()) {
  if (kind === "clock") return format({ timeStyle: "short" }).format(date);
  if (kind === "exact") return format({ dateStyle: "full", timeStyle: "short" }).format(date);
  if (kind === "day") {
    const days = dayNumber(now) - dayNumber(date);
    if (days === 0 || days === 1) {
      const word = new Intl.RelativeTimeFormat(locale().lang, { numeric: "auto" }).format(-days, "day");
      return word.charAt(0).toLocaleUpperCase() + word.slice(1);
    }
    return format({ weekday: "long", day: "numeric", month: "long", ...(now.getFullYear() === date.getFullYear() ? {} : { year: "numeric" }) }).format(date);
  }
  return short(date, now);
}

class RelativeTime extends HTMLElement {
  static observedAttributes = ["datetime", "format"];
  static all = new Set();

  connectedCallback() { RelativeTime.all.add(this); this.paint(); }
  disconnectedCallback() { RelativeTime.all.delete(this); }
  attributeChangedCallback() { if (this.isConnected) this.paint(); }

  paint() {
    const date = new Date(this.getAttribute("datetime") ?? "");
    if (Number.isNaN(date.getTime())) return;
    let time = this.querySelector("time");
    if (!time) { time = document.createElement("time"); this.replaceChildren(time); }
    const text = say(date, this.getAttribute("format") ?? "short");
    if (time.textContent !== text) time.textContent = text;
    time.dateTime = date.toISOString();
    time.title = say(date, "exact");
  }
}

customElements.define("relative-time", RelativeTime);
setInterval(() => { if (!document.hidden) for (const element of RelativeTime.all) element.paint(); }, 30_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) for (const element of RelativeTime.all) element.paint(); });
