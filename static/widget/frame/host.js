// Talk with the loader on the host page. The first word is the loader's, so every answer goes to an origin that is known exactly.
// It comes with the frame's load event, perhaps before the words of the language are there: it is kept from the moment this module runs.
const early = [];
let resolve;
/** The loader's first word: `{ticket, page, identity, open, full, kept}`. */
export const firstWord = new Promise((done) => { resolve = done; });
const hear = (event) => {
  early.push(event);
  if (event.source === window.parent && event.data?.chatzee === "init") resolve(event.data);
};
addEventListener("message", hear);

/** @param handlers by kind: init, open, close, identify, logout, page, size, ticket. */
export function makeHost(handlers) {
  let origin = null;
  const waiting = [];

  function tell(kind, detail = {}) {
    if (origin) window.parent.postMessage({ chatzee: kind, ...detail }, origin);
    else waiting.push([kind, detail]);
  }

  function take(event) {
    if (event.source !== window.parent || window.parent === window || (origin && event.origin !== origin)) return;
    const kind = event.data?.chatzee;
    if (typeof kind !== "string" || !Object.hasOwn(handlers, kind) || (!origin && kind !== "init")) return;
    if (!origin) {
      origin = event.origin;
      tell("ready");
      for (const [name, detail] of waiting.splice(0)) tell(name, detail);
    }
    handlers[kind](event.data);
  }

  /** Listen from now on, and take what has come before. */
  function start() {
    removeEventListener("message", hear);
    addEventListener("message", take);
    early.splice(0).forEach(take);
  }

  return { tell, start };
}
