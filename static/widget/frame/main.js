// The widget's frame: wires state, wire and page together.
import { brand } from "./color.js";
import { firstWord, makeHost } from "./host.js";
import { loadWords, pickLanguage } from "./i18n.js";
import { keep } from "./keep.js";
import { makeQueue } from "./queue.js";
import { makeSession } from "./session.js";
import { makeStore } from "./store.js";
import { makeApi, makeSocket } from "./transport.js";
import { makeUploads } from "./uploads.js";
import { makeAnswers } from "./view/answers.js";
import { makeComposer } from "./view/composer.js";
import { paintHeader } from "./view/header.js";
import { makeLog } from "./view/log.js";
import { needsForm } from "./view/prechat.js";
import { trapFocus } from "./view/focus.js";

const TYPING_LASTS = 10_000;
const ECHO_LASTS = 4_000;
const READ_WAITS = 300; // several answers at once are read with one mark
const SAY_CONNECTING_AFTER = 2_500;
const part = (id) => document.getElementById(id);
const config = JSON.parse(part("config").textContent);
const lang = pickLanguage(new URLSearchParams(location.search).get("lang") || config.lang);
const t = await loadWords(lang);
document.documentElement.lang = lang;

const storage = keep(`chatzee:${config.key}`);
if (!storage.isOwn) storage.adopt((await firstWord).kept ?? {}, (name, text) => host.tell("keep", { name, text }));
const store = makeStore();
const { state } = store;
let page = null, typingTimer, connectingTimer, readTimer;

const api = makeApi({ key: config.key, edge: config.edge, token: () => storage.get("token") ?? "" });
const uploads = makeUploads({ api, words: t, changed: () => composer.paintFiles(), expired: () => session.renew(), limits: { largest: config.max_file, programs: config.programs } });
const queue = makeQueue({ storage, send: deliver, changed: () => store.touch("pending"), sent: echoed });

const socket = makeSocket({
  url: `${config.edge.replace(/^http/, "ws")}/ws/widget/${encodeURIComponent(config.key)}/`,
  token: () => storage.get("token") ?? "",
  pos: () => state.pos,
  handlers: {
    connection: (value) => store.connection(value),
    expired: () => session.renew(),
    poll: () => session.renew({ quiet: true }),
    ready({ agents_online: isOnline }) { store.presence(isOnline); queue.wake(); sendRead(); },
    reset: () => session.renew(),
    stored: ({ id }) => queue.stored(id),
    message({ pos, message }) { arrive(pos, message); },
    typing({ name, on }) {
      clearTimeout(typingTimer);
      store.typing(on ? name || t("them") : null);
      if (on) typingTimer = setTimeout(() => store.typing(null), TYPING_LASTS);
    },
    seen({ pos, seq }) { store.moveTo(pos); store.seen(seq); },
    presence: ({ agents_online: isOnline }) => store.presence(isOnline),
    conversation({ pos, status }) { store.moveTo(pos); store.conversation(status); },
    error({ id, code, message }) { if (id ?? queue.flying) queue.refused(id ?? queue.flying, code, message); else if (message) say(message); },
  },
});

const host = makeHost({
  init(message) {
    page = message.page;
    store.open(message.open, message.full);
    session.begin({ ticket: message.ticket, identity: message.identity });
  },
  open(message) {
    page = message.page;
    store.open(true, message.full);
    if (state.phase === "ready") socket.start();
    log.toEnd();
    answers.wake();
    if (!composer.isTouch) composer.focus();
    reached();
  },
  close() { composer.closeEmoji(); store.open(false); },
  size: ({ full }) => store.open(state.isOpen, full),
  page(message) { page = message.page; },
  ticket: ({ ticket }) => session.ticket(ticket),
  kept: ({ name, text }) => storage.changed(name, text),
  identify: ({ identity }) => session.identify(identity),
  logout: () => session.logout(),
});

const session = makeSession({
  api, storage, store, host,
  started(answer, { isOther, isSame }) {
    if (state.isOpen) answers.wake();
    if (isOther) forget();
    uploads.wake();
    dress(answer.inbox.color);
    for (const message of answer.messages) if (message.client_id) queue.arrived(message.client_id);
    if (store.hasConversation) host.tell("known", { value: true });
    if (!isSame) socket.stop();
    if (store.hasConversation || state.isOpen || queue.items.length) socket.start();
    releaseHeld();
    reached();
  },
  forgotten() { socket.stop(); forget(); storage.drop("fields"); storage.drop("given"); host.tell("known", { value: false }); },
});

const composer = makeComposer(part("composer"), { store, uploads, t, storage, longest: config.max_text, actions: {
  submit,
  person: () => submit({ text: t("person_please"), files: [] }),
  typing: (on) => { if (store.hasConversation) socket.send({ t: "typing", on }); },
} });

const answers = makeAnswers(part("answers"), { config: { key: config.key, lang }, t, changed: () => { paintHead(); log.paint(); }, closed: () => composer.focus() });

const log = makeLog({ scroller: part("scroller"), list: part("log"), pill: part("pill") }, { store, queue, t, storage, answers, actions: {
  reply: (message) => { store.replyTo(message); composer.focus(); },
  retry: (id) => queue.retry(id),
  takeBack: (id) => { const item = queue.remove(id); if (item) composer.give(item.text); },
  picture: (id) => uploads.picture(id),
  earlier, reached,
  reload: () => session.renew(),
  details: (fields) => { storage.set("given", true); release(fields, Boolean(state.inbox.consent)); },
  back: () => { const words = state.held.map((item) => item.text).filter(Boolean).join("\n"); hold([]); composer.give(words); },
} });

/** Stored, so it must come back as a message; when it does not, the session tells what the socket has missed. */
function echoed(item) {
  store.echo(item);
  setTimeout(() => { if (state.echoes.has(item.id)) session.renew({ quiet: true }); }, ECHO_LASTS);
}

/** Hand one message to the socket, or to the hook when no socket can be had. */
async function deliver(item) {
  if (!state.inbox) return false;
  const { id, text, attachments, reply_to, fields, consent } = item;
  const message = { t: "message", id, text, attachments, reply_to, fields, consent, page: item.page };
  if (socket.send(message)) return true;
  if (!socket.canUseHook) { socket.start(); return false; }
  api.hook(message).then(() => queue.stored(id)).catch((error) => {
    if (error.status === 401) session.renew({ quiet: true });
    if (error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status)) queue.refused(id, error.code, error.message);
    else queue.refused(id, "try_later", "");
  });
  return true;
}

function submit({ text, files }) {
  const { replyTo } = state;
  answers.close();
  const item = {
    id: crypto.randomUUID(), text, attachments: files.map((file) => file.id), files,
    reply_to: replyTo?.id ?? null, quoted: replyTo ? { id: replyTo.id, text: replyTo.text, from: replyTo.from, name: replyTo.name } : null,
    fields: {}, consent: false, page: page ? { url: page.url, title: page.title } : null,
  };
  store.replyTo(null);
  log.toEnd();
  const isFirst = !store.hasConversation && !queue.items.length && !storage.get("given");
  if (!state.inbox || (isFirst && needsForm(state))) {
    hold([...state.held, item]);
    log.toEnd();
    requestAnimationFrame(() => part("log").querySelector(".prechat :is(input, select, textarea, [type=submit])")?.focus());
    return;
  }
  queue.add(item);
}

function hold(items) { storage.set("held", items); store.hold(items); }

/** Queue the first messages; the answers of the form go with the first of them. */
function release(fields = {}, consent = false) {
  const items = state.held;
  hold([]);
  items.forEach((item, at) => queue.add(at ? item : { ...item, fields, consent }));
  log.toEnd();
  composer.focus();
}

function releaseHeld() {
  if (state.held.length && (store.hasConversation || storage.get("given") || !needsForm(state))) release();
  queue.wake();
}

function arrive(pos, message) {
  const isNew = store.apply(pos, message);
  if (message.client_id) queue.arrived(message.client_id);
  if (!isNew) return;
  host.tell("known", { value: true });
  if (message.from === "visitor") return;
  host.tell("event", { name: "message", detail: { id: message.id, from: message.from } });
  if (state.isOpen) say(`${message.name || t("them")}: ${message.text || t("attachment")}`);
  reached();
}

/** The newest message is in view: it has been read, if the visitor looks at the page at all. */
function reached() {
  if (!state.isOpen || document.hidden || !log.isAtEnd || !store.hasConversation) return;
  if (store.read(store.lastSeq)) sendRead();
}
function sendRead() {
  clearTimeout(readTimer);
  readTimer = setTimeout(() => { if (store.hasConversation && state.readSeq && !store.unread) socket.send({ t: "read", seq: state.readSeq }); }, READ_WAITS);
}

async function earlier() {
  if (state.isLoadingMore || store.firstSeq === null) return;
  store.loadingMore(true);
  try { store.prepend(await api.earlier(store.firstSeq)); } catch (error) {
    store.loadingMore(false);
    if (error.status === 401) session.renew({ quiet: true });
    say(t("cannot_load"));
  }
}

/** Leave nothing of this person in the browser. */
function forget() {
  queue.clear();
  uploads.clear();
  composer.clear();
  state.echoes.clear();
  hold([]);
  store.replyTo(null);
}

function say(text) {
  const line = Object.assign(document.createElement("p"), { textContent: text });
  part("live").append(line);
  setTimeout(() => line.remove(), 8_000);
}

function dress(color) {
  for (const [name, value] of Object.entries(brand(color))) document.documentElement.style.setProperty(name, value);
}

function paintConnection() {
  clearTimeout(connectingTimer);
  const bar = part("connection");
  const words = { offline: t("offline"), connecting: t("connecting") }[state.connection];
  const isWanted = words && state.inbox && (store.hasConversation || state.isOpen);
  const show = () => { bar.hidden = !isWanted; bar.textContent = isWanted ? words : ""; };
  if (isWanted && state.connection === "connecting" && bar.hidden) connectingTimer = setTimeout(show, SAY_CONNECTING_AFTER); else show();
}

const paintHead = () => paintHeader(part("header"), state, t, { close: () => host.tell("close"), answers: answers.isThere ? () => answers.open() : null });

store.on(["inbox"], paintHead);
store.on(["inbox", "messages", "pending", "typing"], () => log.paint());
store.on(["unread"], () => { log.paintPill(); host.tell("unread", { count: store.unread }); });
store.on(["compose", "connection", "inbox"], () => composer.paint());
store.on(["connection"], paintConnection);
store.on(["open"], () => document.documentElement.classList.toggle("is-full", state.isFull));
// A socket that was opened before the first message knows of no conversation: the other tabs begin again when one has begun.
store.on(["messages"], () => { if (store.hasConversation && !storage.get("begun")) storage.set("begun", true); });
storage.watch("begun", () => { if (storage.get("begun") && !store.hasConversation) { socket.stop(); session.renew(); } });
storage.watch("token", () => session.changed());
document.addEventListener("visibilitychange", reached);
trapFocus(() => state.isOpen && state.isFull);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (state.replyTo) store.replyTo(null); else host.tell("close");
});

part("connection").hidden = true;
part("composer").hidden = false;
state.held = storage.get("held", []);
paintHead();
log.paint();
composer.paint();
host.start();
