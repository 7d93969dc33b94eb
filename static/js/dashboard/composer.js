// The composer: replies and notes, with drafts that survive everything, files, mentions, emoji and an honest failure.
import { send } from "../http.js";
import { toast } from "../toast.js";
import { EmojiCompletion, fillEmoji } from "./emoji.js";
import { Files } from "./files.js";
import { Mentions } from "./mentions.js";
import { segments } from "./segments.js";
import { words } from "./words.js";
import { Rewording } from "./rewording.js";
import "./choices.js";
import "./templates.js";

const KEEP_AFTER = 800, TYPING_EVERY = 2500, TYPING_STOPS = 4000;

class MessageComposer extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.text = this.form.elements.body;
    this.placeholders = { reply: this.text.placeholder, note: this.text.dataset.notePlaceholder };
    this.texts = { reply: this.text.value, note: this.form.elements["note-draft"].value };
    this.files = new Files(this);
    this.mentions = new Mentions(this);
    this.emoji = new EmojiCompletion(this);
    this.rewording = new Rewording(this);
    this.choices = this.querySelector("[data-part=choices]");
    this.segments = this.querySelector("[data-part=segments]");
    this.restore();
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("click", this.onPage = (event) => this.pageClicked(event));
    this.querySelector("#emoji-popover").addEventListener("toggle", (event) => { if (event.newState === "open") fillEmoji(event.target, (emoji) => this.insert(emoji)); });
    window.addEventListener("pagehide", this.onLeave = () => this.remember());
    this.addEventListener("htmx:afterSettle", () => this.watchWindow());
    this.watchWindow();
    this.grow();
  }

  disconnectedCallback() {
    this.remember();
    clearTimeout(this.windowTimer);
    clearTimeout(this.keepTimer);
    document.removeEventListener("click", this.onPage);
    window.removeEventListener("pagehide", this.onLeave);
  }

  get mode() { return this.dataset.mode; }
  get standing() { return this.querySelector("#standing")?.dataset.standing ?? "open"; }
  get memory() { return `draft:${this.dataset.workspace}:${this.dataset.number}`; }
  get thread() { return this.closest("conversation-desk").thread; }
  get socket() { return this.closest("conversation-desk")?.socket; }

  /** What this browser remembers is newer than the server's draft: a crash may have come before it was sent. */
  restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.memory) ?? "null");
      if (kept) { this.texts = { ...this.texts, ...kept.texts }; this.text.value = this.texts.reply; if (kept.key) this.form.elements.idempotency_key.value = kept.key; }
    } catch { /* a draft that cannot be read is not worth an error */ }
  }

  remember() {
    this.texts[this.mode] = this.text.value;
    try {
      if (this.texts.reply || this.texts.note) localStorage.setItem(this.memory, JSON.stringify({ texts: this.texts, key: this.unsure ? this.form.elements.idempotency_key.value : null }));
      else localStorage.removeItem(this.memory);
    } catch { /* storage may be full or forbidden; the server keeps the draft */ }
  }

  /** Ask again what may be sent when the message window ends, or the customer wrote. */
  watchWindow() {
    clearTimeout(this.windowTimer);
    const ends = Date.parse(this.querySelector("#standing")?.dataset.ends ?? "");
    const wait = ends - Date.now() + 1000;
    if (wait > 0 && wait < 2 ** 31) this.windowTimer = setTimeout(() => this.standingChanged(), wait);
    this.closeOrOpen();
  }

  standingChanged() { this.querySelector("#standing[data-live]")?.dispatchEvent(new Event("standing-changed")); }

  /** Where nothing may go out the text stays, to be sent when it may; a note is always possible. */
  closeOrOpen() {
    const isClosed = this.mode === "reply" && ["closed", "stopped"].includes(this.standing);
    this.querySelector("[data-part=send]").toggleAttribute("disabled", isClosed);
    this.querySelector("[popovertarget=send-menu]").toggleAttribute("disabled", isClosed);
  }

  /** Send what was typed to the server's draft. */
  async keep() {
    clearTimeout(this.keepTimer);
    this.remember();
    if (!this.dirty) return;
    this.dirty = false;
    const body = new URLSearchParams({ mode: this.mode, body: this.text.value });
    try { if ((await send(this.dataset.draft, { body })).ok) this.say(this.text.value ? words("kept") : ""); } catch { this.dirty = true; }
  }

  typed() {
    this.dirty = true;
    this.grow();
    this.error("");
    this.remember();
    this.count();
    this.mentions.look();
    this.emoji.look();
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => this.keep(), KEEP_AFTER);
    this.tellTyping();
  }

  count() {
    if (!this.segments) return;
    const { count, left } = segments(this.text.value);
    this.segments.textContent = this.text.value ? this.segments.dataset.words.replace("%(count)s", count).replace("%(left)s", left) : "";
  }

  tellTyping() {
    const now = Date.now();
    const facts = { t: "typing", conversation: this.thread.id, mode: this.mode };
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => { this.toldAt = 0; this.socket?.tell({ ...facts, on: false }); }, TYPING_STOPS);
    if (now - (this.toldAt ?? 0) < TYPING_EVERY) return;
    this.toldAt = now;
    this.socket?.tell({ ...facts, on: true });
  }

  grow() { this.text.style.height = "auto"; this.text.style.height = `${Math.min(this.text.scrollHeight, innerHeight * 0.4)}px`; }

  setMode(mode) {
    if (mode === this.mode) { this.text.focus(); return; }
    this.texts[this.mode] = this.text.value;
    this.dataset.mode = mode;
    this.text.value = this.texts[mode];
    this.text.placeholder = this.placeholders[mode];
    for (const button of this.querySelectorAll("[data-mode-button]")) button.setAttribute("aria-pressed", String(button.dataset.modeButton === mode));
    this.grow();
    this.closeOrOpen();
    this.text.focus();
  }

  /** The suggested reply above, while it is shown and nothing has been typed: Tab takes it, Escape hides it. */
  get suggestion() { const found = document.querySelector("ai-suggestion"); return this.mode === "reply" && !this.text.value && found?.card ? found : null; }

  /** Take a text to send: a suggestion's, whose id goes along, or one that was sent before. */
  take(text, proposal = "") {
    this.setMode("reply");
    this.form.elements.proposal.value = proposal;
    this.insert(this.text.value && this.text.selectionStart === this.text.value.length ? `\n\n${text}` : text);
  }

  key(event) {
    if (this.mentions.key(event) || this.emoji.key(event)) return;
    if (event.key === "Tab" && !event.shiftKey && this.suggestion) { event.preventDefault(); this.suggestion.insert(); return; }
    if (event.key === "Escape" && this.suggestion) { event.preventDefault(); this.suggestion.hide(); return; }
    if (event.key === "Escape") { event.preventDefault(); this.text.blur(); this.thread.scroller.focus(); }
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.modeButton) this.setMode(button.dataset.modeButton);
    else if (button.dataset.part === "mention") { this.setMode("note"); this.insert("@"); this.mentions.look(); }
    else if (button.dataset.part === "choices-open") this.choices.open();
    else if (button.dataset.part === "choices-clear") { this.choices.clear(); this.text.focus(); }
    else if (button.dataset.part === "quote-clear") this.quote("");
    else if (button.dataset.sendAnd) this.submit(button.dataset.sendAnd);
  }

  pageClicked(event) {
    const button = event.target.closest("[data-reply-to]");
    if (button) { this.setMode("reply"); this.quote(button.dataset.replyTo, button.closest(".message").querySelector(".text")?.textContent ?? button.dataset.name); }
  }

  quote(id, text = "") {
    this.form.elements.reply_to.value = id;
    this.querySelector("[data-part=quote]").hidden = !id;
    this.querySelector("[data-part=quote-text]").textContent = text.trim();
    this.text.focus();
  }

  insert(text) {
    this.text.setRangeText(text, this.text.selectionStart, this.text.selectionEnd, "end");
    this.text.focus();
    this.typed();
  }

  error(message) {
    const line = this.querySelector("[data-part=error]");
    line.textContent = message;
    line.hidden = !message;
  }

  say(message) { const line = this.querySelector("[data-part=kept]"); if (line) line.textContent = message; }

  /** Send: the bubble stands at once, the text comes back if it did not reach the server, and never goes twice. */
  async submit(after = "") {
    const text = this.text.value.trim();
    if (this.files.isBusy || (!text && !this.files.ids.length)) { this.text.focus(); return; }
    if (this.mode === "reply" && ["closed", "stopped"].includes(this.standing)) { this.standingChanged(); return; }
    const length = "bytes" in this.dataset ? new TextEncoder().encode(text).length : text.length;
    const excess = length - Number(this.dataset.max);
    if (this.mode === "reply" && excess > 0) { this.error(words("tooLong", excess)); return; }
    const form = this.body(text);
    const key = form.get("idempotency_key");
    const standIn = this.standIn(text, key);
    const url = this.form.action;
    this.clear();
    this.thread.append(standIn, 0, true);
    try {
      const answer = await send(url, { body: form, headers: { "HX-Request": "true" } });
      if (!answer.ok) { this.standingChanged(); this.giveBack(text, key, standIn, (await answer.json().catch(() => ({}))).message ?? words("notSent")); return; }
      const html = await answer.text();
      if (this.isConnected) this.thread.show(html, this.seqOf(html));
      if (after) await send(url.replace("messages/new/", "status/"), { body: new URLSearchParams({ status: after }) });
    } catch { this.unsure = true; this.giveBack(text, key, standIn, words("notSent")); }
  }

  seqOf(html) {
    const one = new DOMParser().parseFromString(html, "text/html").querySelector("[data-seq]");
    return { seq: Number(one.dataset.seq), message: one.id.replace("message-", "") };
  }

  body(text) {
    const form = new URLSearchParams({ mode: this.mode, body: text, idempotency_key: this.form.elements.idempotency_key.value, reply_to: this.form.elements.reply_to.value, proposal: this.form.elements.proposal.value });
    for (const id of this.files.ids) form.append("uploads", id);
    if (this.mode === "reply") for (const name of ["cc", "bcc"]) if (this.form.elements[name]?.value.trim()) form.append(name, this.form.elements[name].value);
    if (this.mode === "reply" && this.choices && !this.choices.hidden) for (const title of this.choices.titles) form.append("choice", title);
    if (this.mode === "note") for (const id of this.mentions.named(text)) form.append("mentioned", id);
    return form;
  }

  standIn(text, key) {
    const one = Object.assign(document.createElement("li"), { className: `message message-${this.mode === "note" ? "note" : "outbound"} pending` });
    Object.assign(one.dataset, { seq: "0", kind: this.mode === "note" ? "note" : "outbound", key, author: this.closest("conversation-desk").user, at: new Date().toISOString(), status: "queued" });
    const bubble = Object.assign(document.createElement("div"), { className: "bubble" });
    bubble.append(Object.assign(document.createElement("div"), { className: "text", dir: "auto", textContent: text || words("sending") }));
    one.append(bubble);
    return one;
  }

  clear() {
    this.form.elements.idempotency_key.value = crypto.randomUUID();
    this.sentProposal = this.form.elements.proposal.value;
    this.form.elements.proposal.value = "";
    this.text.value = this.texts[this.mode] = "";
    this.unsure = this.dirty = false;
    this.sentFiles = this.files.take();
    this.sentChoices = this.choices?.titles ?? [];
    this.choices?.clear();
    this.count();
    this.quote("");
    clearTimeout(this.keepTimer);
    this.remember();
    this.say("");
    this.grow();
  }

  giveBack(text, key, standIn, message) {
    standIn.remove();
    if (!this.isConnected) { toast(message, { tone: "bad" }); return; }
    this.form.elements.idempotency_key.value = key;
    this.form.elements.proposal.value = this.sentProposal;
    this.text.value = this.text.value ? `${text}\n\n${this.text.value}` : text;
    this.files.put(this.sentFiles);
    this.choices?.fill(this.sentChoices);
    this.count();
    this.grow();
    this.remember();
    this.error(message);
  }
}

customElements.define("message-composer", MessageComposer);
