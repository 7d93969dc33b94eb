// Who the visitor is: the server's token, a fresh ticket when the old one has run out, a proven identity, and leaving.
const OTHER_TAB_TIME = 800; // the tab that left asks for the new session, this one then takes it over
const FIRST_DELAY = 1_000, LAST_DELAY = 30_000;

/**
 * @param started called with the server's answer; `isOther` says that somebody else sits here now.
 * @param forgotten called when the visitor leaves, before a new nameless session.
 */
export function makeSession({ api, storage, store, host, started, forgotten }) {
  let ticket = null, identity = null, running = null, failures = 0, retryTimer, waitForTicket = null;

  function freshTicket() {
    return new Promise((resolve) => {
      waitForTicket = resolve;
      host.tell("ticket");
    });
  }

  async function ask() {
    const body = { ticket, lang: document.documentElement.lang, ...(storage.get("token") ? { token: storage.get("token") } : {}), ...(identity ? { identity } : {}) };
    try {
      return await api.session(body);
    } catch (error) {
      if (error.status !== 401) throw error;
      if (error.code === "identity") {
        host.tell("identity");
        if (!identity) throw error;
        identity = null;
        return ask();
      }
      const fresh = await freshTicket();
      if (!fresh || fresh === ticket) throw error;
      ticket = fresh;
      return ask();
    }
  }

  function isOther(answer) {
    const before = storage.get("visitor");
    storage.set("visitor", answer.visitor);
    // A nameless visitor who proves who they are keeps what they were writing; a different person must not find it.
    return before !== null && before !== answer.visitor && Boolean(storage.get("verified"));
  }

  async function run(quiet) {
    clearTimeout(retryTimer);
    try {
      const answer = await ask();
      failures = 0;
      const known = store.state.visitor;
      const other = isOther(answer);
      storage.set("token", answer.token);
      storage.set("verified", Boolean(answer.verified));
      store.start(answer);
      started(answer, { isOther: other, isSame: answer.visitor === known });
    } catch (error) {
      if (error.status === 403 || error.code === "identity") {
        store.fail(error.code === "identity" ? "identity" : "closed");
        store.connection("closed");
        return;
      }
      if (!quiet && store.state.phase !== "ready" && failures > 1) store.fail("network");
      failures += 1;
      retryTimer = setTimeout(renew, Math.min(LAST_DELAY, FIRST_DELAY * 2 ** failures) * (0.7 + Math.random() * 0.3));
    }
  }

  function renew({ quiet = false } = {}) {
    running ??= run(quiet).finally(() => { running = null; });
    return running;
  }

  async function after(change) {
    await running;
    change();
    return renew();
  }

  addEventListener("online", () => { if (store.state.phase !== "ready" && ticket) renew(); });

  return {
    begin(start) { ticket = start.ticket; identity = start.identity ?? identity; return renew(); },
    renew,
    ticket(value) { waitForTicket?.(value); waitForTicket = null; },
    identify: (jwt) => after(() => { identity = jwt; }),
    logout: () => after(() => {
      identity = null;
      for (const name of ["token", "visitor", "verified", "begun", "emoji"]) storage.drop(name);
      forgotten();
    }),
    /** Another tab has changed the token: renewed (the same person), left, or somebody else. */
    changed() {
      if (store.state.phase !== "ready") return;
      if (!storage.get("token")) {
        identity = null;
        forgotten();
        setTimeout(renew, OTHER_TAB_TIME);
      } else if (storage.get("visitor") !== store.state.visitor) renew();
    },
  };
}
