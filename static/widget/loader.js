// Chatzee's launcher on a host page. Contract: one global, one element at the end of <body>, no layout shift, no inline style or script on the host.
(() => {
  "use strict";
  const script = document.currentScript ?? document.querySelector("script[data-inbox][src*='/widget.js']");
  if (!script || window.Chatzee?.open) return;
  const KEY = script.dataset.inbox;
  const PUBLIC = new URL(script.src).origin;
  const BASE = `${PUBLIC}/widget/${encodeURIComponent(KEY)}`;
  const KNOWN = `chatzee:${KEY}:known`;
  const KEPT = `chatzee:${KEY}:kept:`;
  const PHONE = "(max-width: 480px), (max-height: 480px) and (pointer: coarse)";
  const listeners = new Map();
  const waiting = [];
  let identity = script.dataset.identity || null;
  let boot, root, panel, frame, button, badge, isOpen = false, isReady = false, unread = 0, wanted = false, forget = false;

  const STYLE = `
    :host { all: initial; }
    .launcher { all: unset; box-sizing: border-box; position: fixed; z-index: 2147483001; bottom: max(20px, env(safe-area-inset-bottom)); width: 56px; height: 56px; border-radius: 50% 50% 50% 18px; display: grid; place-items: center; background: var(--c); color: var(--t); cursor: pointer; box-shadow: 0 1px 3px rgb(0 0 0 / .18), 0 8px 24px rgb(0 0 0 / .2); transition: scale .14s, box-shadow .14s; -webkit-tap-highlight-color: transparent; }
    .left .launcher { border-radius: 50% 50% 18px 50%; }
    .launcher:hover { scale: 1.05; }
    .launcher:active { scale: .97; }
    .launcher:focus-visible { outline: 3px solid var(--c); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .right :is(.launcher, .panel) { right: max(20px, env(safe-area-inset-right)); }
    .left :is(.launcher, .panel) { left: max(20px, env(safe-area-inset-left)); }
    svg { width: 26px; height: 26px; grid-area: 1 / 1; transition: opacity .14s, rotate .14s; }
    .open .talk, .shut .cross { opacity: 0; }
    .shut .cross { rotate: -45deg; } .open .talk { rotate: 45deg; }
    .badge { position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; box-sizing: border-box; padding: 0 6px; border-radius: 11px; border: 2px solid #fff; background: #c81e3a; color: #fff; font: 700 12px/18px system-ui, sans-serif; text-align: center; }
    .badge[hidden] { display: none; }
    .panel { position: fixed; z-index: 2147483000; bottom: calc(max(20px, env(safe-area-inset-bottom)) + 68px); width: 380px; height: min(640px, calc(100vh - 108px)); max-width: calc(100vw - 40px); border-radius: 18px; overflow: hidden; background: Canvas; box-shadow: 0 0 0 1px rgb(0 0 0 / .06), 0 4px 12px rgb(0 0 0 / .1), 0 20px 56px rgb(0 0 0 / .26); transform-origin: bottom right; transition: opacity .14s, transform .14s, visibility 0s; }
    .left .panel { transform-origin: bottom left; }
    .shut .panel { visibility: hidden; opacity: 0; transform: translateY(8px) scale(.98); transition: opacity .14s, transform .14s, visibility 0s .14s; pointer-events: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    @media ${PHONE} { .panel { inset: 0 !important; width: 100vw; max-width: none; height: 100dvh; border-radius: 0; box-shadow: none; } .open .launcher { visibility: hidden; } }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
    @media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
    @media print { :host { display: none; } }`;

  const memory = {
    get: () => { try { return localStorage.getItem(KNOWN); } catch { return null; } },
    set: (on) => { try { if (on) localStorage.setItem(KNOWN, "1"); else localStorage.removeItem(KNOWN); } catch { /* a host may forbid storage; the frame is then made on first open */ } },
  };

  // Where the browser forbids the frame to store, the frame asks this page to keep its values.
  const kept = {
    all() { try { return Object.fromEntries(Object.keys(localStorage).filter((name) => name.startsWith(KEPT)).map((name) => [name.slice(KEPT.length), localStorage.getItem(name)])); } catch { return {}; } },
    set(name, text) { try { if (text === null) localStorage.removeItem(KEPT + name); else localStorage.setItem(KEPT + name, text); } catch { /* forbidden here too: it lasts as long as the page */ } },
  };

  const emit = (name, detail) => { for (const fn of listeners.get(name) ?? []) { try { fn(detail); } catch (error) { console.error(error); } } };
  const page = () => ({ url: location.href, title: document.title, referrer: document.referrer });
  const isFull = () => matchMedia(PHONE).matches;

  function tell(message) {
    if (isReady) frame.contentWindow?.postMessage(message, PUBLIC);
    else waiting.push(message);
  }

  function svg(name, path) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: name })) node.setAttribute(key, value);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    node.append(line);
    return node;
  }

  function build() {
    const host = document.createElement("chatzee-widget");
    const shadow = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    root = document.createElement("div");
    root.className = `${boot.position === "left" ? "left" : "right"} shut`;
    root.style.setProperty("--c", boot.color);
    root.style.setProperty("--t", boot.text_color);
    panel = document.createElement("div");
    panel.className = "panel";
    button = document.createElement("button");
    button.type = "button";
    button.className = "launcher";
    badge = document.createElement("span");
    badge.className = "badge";
    badge.hidden = true;
    badge.setAttribute("aria-hidden", "true");
    button.append(svg("talk", "M21 11.5a8.5 8.5 0 0 1-8.5 8.5H4l1.9-3.2A8.5 8.5 0 1 1 21 11.5zM8.5 10.2h7M8.5 13.6h4.4"), svg("cross", "M6 6l12 12M18 6L6 18"), badge);
    button.addEventListener("click", toggle);
    button.addEventListener("pointerenter", () => load(), { once: true });
    root.append(panel, button);
    shadow.append(root);
    document.body.append(host);
    label();
  }

  function label() {
    const words = isOpen ? boot.close_label : boot.open_label;
    button.setAttribute("aria-label", unread && !isOpen ? `${words} (${unread})` : words);
    button.setAttribute("aria-expanded", String(isOpen));
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = !unread || isOpen;
  }

  function load() {
    if (frame || !boot) return;
    frame = document.createElement("iframe");
    frame.title = boot.name;
    frame.allow = "clipboard-write";
    frame.src = `${BASE}/frame/?lang=${encodeURIComponent(boot.lang)}`;
    frame.addEventListener("load", () => {
      isReady = false;
      frame.contentWindow.postMessage({ chatzee: "init", ticket: boot.ticket, page: page(), identity, lang: boot.lang, open: isOpen, full: isFull(), kept: kept.all() }, PUBLIC);
    });
    panel.append(frame);
  }

  function fit() {
    const view = window.visualViewport;
    const full = isOpen && isFull();
    panel.style.height = full && view ? `${view.height}px` : "";
    panel.style.top = full && view ? `${view.offsetTop}px` : "";
    if (full) panel.style.setProperty("bottom", "auto", "important"); else panel.style.removeProperty("bottom");
  }

  function open() {
    if (!boot) { wanted = true; return; }
    if (isOpen) return;
    isOpen = true;
    load();
    root.classList.replace("shut", "open");
    fit();
    label();
    tell({ chatzee: "open", page: page(), full: isFull() });
    frame.focus();
    emit("open");
  }

  function close() {
    wanted = false;
    if (!isOpen) return;
    isOpen = false;
    root.classList.replace("open", "shut");
    fit();
    label();
    tell({ chatzee: "close" });
    button.focus({ preventScroll: true });
    emit("close");
  }

  function toggle() { if (isOpen) close(); else open(); }

  async function ask() {
    const answer = await fetch(`${BASE}/boot/`, { method: "POST", mode: "cors", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ lang: script.dataset.lang || navigator.language || "en" }) });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(body.message || `The chat answered ${answer.status}.`), { isRefused: answer.status === 403 || answer.status === 404 });
    return body;
  }

  const handlers = {
    ready() { isReady = true; for (const message of waiting.splice(0)) tell(message); emit("ready"); },
    unread({ count }) { unread = Math.max(0, Number(count) || 0); label(); emit("unread", unread); },
    close,
    keep({ name, text }) { kept.set(String(name), text === null ? null : String(text)); },
    known({ value = true }) { memory.set(value); },
    event({ name, detail }) { emit(String(name), detail); },
    async ticket() { try { boot.ticket = (await ask()).ticket; tell({ chatzee: "ticket", ticket: boot.ticket }); } catch (error) { console.warn(`Chatzee: ${error.message}`); tell({ chatzee: "ticket", ticket: null }); } },
    identity() { console.warn("Chatzee: the identity token was refused: it is wrong or has expired. The visitor stays anonymous."); identity = null; emit("identity_error"); },
  };

  addEventListener("message", (event) => {
    if (event.origin !== PUBLIC || !frame || event.source !== frame.contentWindow) return;
    const kind = event.data?.chatzee;
    if (typeof kind === "string" && Object.hasOwn(handlers, kind)) handlers[kind](event.data);
  });

  addEventListener("storage", (event) => {
    if (frame && event.key?.startsWith(KEPT)) tell({ chatzee: "kept", name: event.key.slice(KEPT.length), text: event.newValue });
  });

  window.Chatzee = {
    open, close, toggle,
    identify(jwt) { identity = jwt || null; if (frame) tell({ chatzee: "identify", identity }); },
    logout() { identity = null; unread = 0; if (boot) label(); memory.set(false); if (frame) tell({ chatzee: "logout" }); else { wanted = false; forget = true; } },
    on(name, fn) { if (!listeners.has(name)) listeners.set(name, new Set()); listeners.get(name).add(fn); return () => listeners.get(name).delete(fn); },
  };

  async function start(attempt = 0) {
    try { boot = await ask(); } catch (error) {
      if (!error.isRefused && attempt < 5) { setTimeout(start, 1000 * 2 ** attempt, attempt + 1); return; }
      console.warn(`Chatzee: the chat is not shown. ${error.message}`);
      return;
    }
    build();
    if (memory.get() || forget) load();
    if (forget) tell({ chatzee: "logout" });
    if (wanted) open();
    for (const name of ["resize", "scroll"]) window.visualViewport?.addEventListener(name, () => { if (isOpen) fit(); });
    matchMedia(PHONE).addEventListener("change", () => { fit(); if (frame) tell({ chatzee: "size", full: isFull() }); });
    const moved = () => { if (frame) tell({ chatzee: "page", page: page() }); };
    window.navigation?.addEventListener("navigatesuccess", moved);
    addEventListener("popstate", moved);
  }

  if (document.body) start(); else addEventListener("DOMContentLoaded", () => start());
})();
