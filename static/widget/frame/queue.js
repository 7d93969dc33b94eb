// Messages that the server has not confirmed. They live in the browser's storage, are sent in order, one at a time, and keep their id for ever,
// so that the server stores a repeated one once. Another tab of the same visitor shares the list; both may send, the id makes it one message.
const ANSWER_TIME = 12_000;
const RETRY_TIME = 5_000;
const RETRY_CODES = new Set(["busy", "unavailable", "rate", "too_many", "try_later"]);

/**
 * @param send `(item) => Promise<boolean>`: hands the item to the network; false when it cannot be now.
 * @param changed called after every change of the list.
 */
export function makeQueue({ storage, send, changed, sent }) {
  let items = storage.get("queue", []);
  let flying = null, timer;

  function save() { storage.set("queue", items); changed(); }
  storage.watch("queue", () => { items = storage.get("queue", []); changed(); });

  const next = () => items.find((item) => item.state !== "failed");

  async function pump() {
    clearTimeout(timer);
    const item = next();
    if (!item || flying === item.id) return;
    flying = item.id;
    const accepted = await send(item);
    if (!accepted) { flying = null; return; }
    timer = setTimeout(() => { flying = null; pump(); }, ANSWER_TIME);
  }

  function settle(id) {
    if (!items.some((item) => item.id === id)) return;
    items = items.filter((item) => item.id !== id);
    if (flying === id) flying = null;
    save();
    pump();
  }

  return {
    get items() { return items; },
    /** The id of the message that was handed over and is not answered yet, or null. */
    get flying() { return flying; },
    add(item) { items = [...items, { ...item, state: "waiting", at: new Date().toISOString() }]; save(); pump(); },
    /** The connection is back: whatever was on its way may be lost, so it goes again. */
    wake() { flying = null; pump(); },
    /** The server has committed it. The list keeps nothing; the message itself comes back as an event. */
    stored(id) { const item = items.find((each) => each.id === id); if (item) { sent(item); settle(id); } },
    /** The message has come back, perhaps first in another tab. */
    arrived(id) { settle(id); },
    refused(id, code, message) {
      const item = items.find((each) => each.id === id);
      if (!item) return;
      if (flying === id) flying = null;
      if (RETRY_CODES.has(code)) { clearTimeout(timer); timer = setTimeout(pump, RETRY_TIME); return; }
      Object.assign(item, { state: "failed", code, message });
      save();
      pump();
    },
    retry(id) { const item = items.find((each) => each.id === id); if (item) { item.state = "waiting"; save(); pump(); } },
    remove(id) { const item = items.find((each) => each.id === id); settle(id); return item; },
    clear() { items = []; flying = null; clearTimeout(timer); storage.drop("queue"); changed(); },
  };
}
