// What the widget remembers in this browser. Some browsers forbid storage to a frame of another site (Chromium's private windows, strict settings):
// then the host page keeps it, by way of the loader, so that a visitor still finds the conversation after a reload.
const memory = new Map();

function isAllowed() {
  try { return Boolean(localStorage); } catch { return false; }
}

/** A small store of JSON values under a prefix; never throws. `isOwn` says whether this frame may store at all. */
export function keep(prefix) {
  const isOwn = isAllowed();
  const watchers = new Map();
  const full = (name) => `${prefix}:${name}`;
  let relay = () => {};

  function write(name, text) {
    if (text === null) memory.delete(full(name)); else memory.set(full(name), text);
    if (!isOwn) { relay(name, text); return; }
    try {
      if (text === null) localStorage.removeItem(full(name)); else localStorage.setItem(full(name), text);
    } catch { /* full: it lasts as long as the page */ }
  }

  addEventListener("storage", (event) => {
    const name = event.key?.startsWith(`${prefix}:`) ? event.key.slice(prefix.length + 1) : null;
    if (name === null) return;
    if (event.newValue === null) memory.delete(event.key); else memory.set(event.key, event.newValue);
    watchers.get(name)?.();
  });

  return {
    isOwn,
    get(name, fallback = null) {
      const text = (isOwn ? localStorage.getItem(full(name)) : null) ?? memory.get(full(name)) ?? null;
      try { return text === null ? fallback : JSON.parse(text); } catch { return fallback; }
    },
    set(name, value) { write(name, JSON.stringify(value)); },
    drop(name) { write(name, null); },
    /** Call `fn` when another tab changes `name`. */
    watch(name, fn) { watchers.set(name, fn); },
    /** Let the host page keep the values: `values` are what it has, `send(name, text or null)` tells it a change. */
    adopt(values, send) {
      for (const [name, text] of Object.entries(values)) memory.set(full(name), text);
      relay = send;
    },
    /** The host page's storage was changed by another tab. */
    changed(name, text) {
      if (isOwn) return;
      if (text === null) memory.delete(full(name)); else memory.set(full(name), text);
      watchers.get(name)?.();
    },
  };
}
