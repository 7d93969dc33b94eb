// What the widget remembers in this browser. Storage may be forbidden (private windows, blocked third-party data): then it lasts as long as the page.
const memory = new Map();

/** A small store of JSON values under a prefix; never throws. */
export function keep(prefix) {
  const full = (name) => `${prefix}:${name}`;
  return {
    get(name, fallback = null) {
      let text = memory.get(full(name)) ?? null;
      try { text = localStorage.getItem(full(name)) ?? text; } catch { /* forbidden: memory it is */ }
      try { return text === null ? fallback : JSON.parse(text); } catch { return fallback; }
    },
    set(name, value) {
      const text = JSON.stringify(value);
      memory.set(full(name), text);
      try { localStorage.setItem(full(name), text); } catch { /* forbidden or full: memory it is */ }
    },
    drop(name) {
      memory.delete(full(name));
      try { localStorage.removeItem(full(name)); } catch { /* forbidden */ }
    },
    /** Call `fn` when another tab changes `name`. */
    watch(name, fn) {
      addEventListener("storage", (event) => {
        if (event.key !== full(name) && event.key !== null) return;
        if (event.newValue === null) memory.delete(full(name)); else memory.set(full(name), event.newValue);
        fn();
      });
    },
  };
}
