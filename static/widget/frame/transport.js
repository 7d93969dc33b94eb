// The wire: session, history, and a socket that comes back by itself. Knows nothing of the page; events go to `handlers`.
const PING_EVERY = 25_000, PONG_WITHIN = 10_000;
const FIRST_DELAY = 500, LAST_DELAY = 30_000, BUSY_DELAY = 5_000;
const POLL_EVERY = 8_000, POLL_AFTER = 3;

export class RequestError extends Error {
  constructor(status, body) {
    super(body?.message ?? "");
    this.status = status;
    this.code = body?.code ?? "";
  }
}

/** Calls to the widget's own HTTP addresses. `token()` gives the visitor's token. */
export function makeApi({ key, edge, token }) {
  const base = `/widget/${encodeURIComponent(key)}`;

  async function call(url, options = {}) {
    const answer = await fetch(url, options);
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new RequestError(answer.status, body);
    return body;
  }
  const json = (url, body, headers = {}) => call(url, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  const bearer = () => ({ Authorization: `Bearer ${token()}` });

  return {
    session: (body) => json(`${base}/session/`, body),
    earlier: (seq) => call(`${base}/messages/?before=${seq}`, { headers: bearer() }),
    hook: (message) => json(`${edge}/hooks/website/${encodeURIComponent(key)}`, message, bearer()),
    uploadUrl: `${base}/uploads/`,
    bearer,
    hasToken: () => Boolean(token()),
  };
}

/** A socket with heartbeat, back-off with jitter and resume by position. */
export function makeSocket({ url, token, pos, handlers }) {
  let socket = null, failures = 0, retryTimer, pingTimer, pongTimer, pollTimer, isWanted = false, isReady = false;

  function state(value) { handlers.connection(value); }

  function connect() {
    clearTimeout(retryTimer);
    if (!isWanted || socket) return;
    if (!navigator.onLine) { state("offline"); return; }
    state("connecting");
    socket = new WebSocket(url, ["chatzee.v1", token()]);
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", pos: pos() }));
    socket.onmessage = (event) => receive(JSON.parse(event.data));
    socket.onclose = (event) => closed(event.code);
  }

  function receive(message) {
    clearTimeout(pongTimer);
    if (message.t === "ready") {
      failures = 0;
      isReady = true;
      clearInterval(pollTimer);
      pollTimer = null;
      beat();
      state("open");
    }
    handlers[message.t]?.(message);
  }

  function beat() {
    clearInterval(pingTimer);
    pingTimer = setInterval(ping, PING_EVERY);
  }

  function ping() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send('{"t":"ping"}');
    clearTimeout(pongTimer);
    pongTimer = setTimeout(() => drop(), PONG_WITHIN);
  }

  function drop() {
    const old = socket;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
    closed(1006);
  }

  function closed(code) {
    socket = null;
    isReady = false;
    clearInterval(pingTimer);
    clearTimeout(pongTimer);
    if (!isWanted) return;
    if (code === 4401) {
      failures += 1;
      retryTimer = setTimeout(handlers.expired, failures > 1 ? LAST_DELAY : 0);
      return;
    }
    if (code === 4403) { isWanted = false; clearInterval(pollTimer); pollTimer = null; state("closed"); return; }
    failures += 1;
    state(navigator.onLine ? "connecting" : "offline");
    if (failures >= POLL_AFTER && !pollTimer) pollTimer = setInterval(() => { if (!document.hidden && navigator.onLine) handlers.poll(); }, POLL_EVERY);
    const grown = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
    const least = code === 4429 ? LAST_DELAY : code === 1013 ? BUSY_DELAY : 0;
    retryTimer = setTimeout(connect, Math.max(least, grown * (0.5 + Math.random() / 2)));
  }

  function hurry() {
    if (!isWanted) return;
    if (socket) ping();
    else { failures = Math.min(failures, 1); connect(); }
  }

  addEventListener("online", hurry);
  addEventListener("offline", () => { if (isWanted) { state("offline"); drop(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });

  return {
    /** True when the server has answered the hello. */
    get isReady() { return isReady && socket?.readyState === WebSocket.OPEN; },
    get canUseHook() { return failures >= POLL_AFTER && navigator.onLine; },
    start() { isWanted = true; connect(); },
    stop() { isWanted = false; failures = 0; clearTimeout(retryTimer); clearInterval(pollTimer); pollTimer = null; drop(); },
    send(message) {
      if (!this.isReady) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
  };
}
