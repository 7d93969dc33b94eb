// The socket to the edge: it resumes from the last position, so nothing that happened meanwhile is missed.
const FIRST_DELAY = 500, LAST_DELAY = 30_000, PING_EVERY = 25_000, PONG_WITHIN = 10_000;
const SIGNED_OUT = 4401;

/**
 * @param url address without position; `heard(event)` gets each event once, in order; `state(isOn)` says how it stands.
 * @returns `tell(object)`, which is dropped while there is no connection, and `wake()`, which connects at once.
 */
export function connect({ url, position, heard, state }) {
  let socket, failures = 0, retry, ping, pong, isDone = false;

  function open() {
    clearTimeout(retry);
    socket = new WebSocket(`${url}?pos=${position}`);
    socket.onmessage = ({ data }) => hear(JSON.parse(data));
    socket.onclose = ({ code }) => closed(code);
  }

  function hear(event) {
    if (event.t === "pong") { clearTimeout(pong); return; }
    if (event.t === "ready") { failures = 0; state(true); beat(); position = Math.max(position, event.pos); return; }
    if (event.pos !== undefined) {
      if (event.t !== "reset" && event.pos <= position) return;
      position = event.pos;
    }
    heard(event);
  }

  function beat() {
    clearInterval(ping);
    ping = setInterval(() => {
      tell({ t: "ping" });
      pong = setTimeout(() => socket.close(), PONG_WITHIN);
    }, PING_EVERY);
  }

  function closed(code) {
    clearInterval(ping);
    clearTimeout(pong);
    state(false);
    if (code === SIGNED_OUT) { isDone = true; location.reload(); return; }
    failures += 1;
    retry = setTimeout(open, Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (failures - 1)) * (0.5 + Math.random() / 2));
  }

  function tell(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function wake() {
    if (!isDone && (socket.readyState === WebSocket.CLOSED || socket.readyState === WebSocket.CLOSING)) { failures = 0; open(); }
  }

  window.addEventListener("online", wake);
  open();
  return { tell, wake };
}
