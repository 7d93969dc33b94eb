// The open conversation: messages arrive, change and are read; the reader's place is kept.
import { send } from "../http.js";
import { words } from "./words.js";

const GROUP_WITHIN = 5 * 60_000, AT_END = 80, ASK_AGAIN = 60, TYPING_TTL = 8000, VIEWING_TTL = 45_000;
const FACES = 3;
const ORDER = { queued: 1, unknown: 2, sent: 3, failed: 4, delivered: 5, read: 6 };

export class Thread {
  constructor(desk) {
    this.desk = desk;
    this.viewers = new Map();
    this.typers = new Map();
    this.fresh = 0;
    this.newest = new Map();
    desk.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "thread-head" && (this.openMenu || this.isAsking)) { event.detail.shouldSwap = false; this.refreshHead(); } });
  }

  /** Whether a button of the head waits for its answer, which would be lost with the button. */
  get isAsking() { return Boolean(document.querySelector("#thread-head .htmx-request")); }

  get openMenu() { return document.querySelector("#thread-head :popover-open"); }

  get pane() { return document.getElementById("thread"); }
  get list() { return document.getElementById("messages"); }
  get scroller() { return document.getElementById("thread-scroll"); }
  get id() { return this.pane?.dataset.conversation ?? ""; }
  get number() { return this.pane?.dataset.number ?? ""; }
  get title() { return this.pane?.dataset.title ?? ""; }
  get lastSeq() { return Number(this.pane?.dataset.lastSeq ?? 0); }
  isOpen(id) { return this.id === id && (this.desk.dataset.pane === "main" || matchMedia("(width >= 760px)").matches); }

  /** Called after every swap: a conversation that is new on the page is scrolled, watched and grouped. */
  look() {
    if (!this.pane || this.pane === this.known) { this.keepPlace(); this.sayViewing(); return; }
    this.known = this.pane;
    this.viewers.clear();
    this.typers.clear();
    this.fresh = 0;
    this.foldActivities();
    const line = document.getElementById("new-line");
    const wanted = this.pane.dataset.at && this.list.querySelector(`[data-seq="${CSS.escape(this.pane.dataset.at)}"]`);
    if (wanted) { wanted.scrollIntoView({ block: "center" }); this.flash(wanted); }
    else if (line) line.scrollIntoView({ block: "center" }); else this.toEnd();
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.pane.querySelector("[data-jump]").addEventListener("click", () => { if (this.hasLater) this.desk.open(this.number); else this.toEnd(); });
    this.scroller.addEventListener("click", (event) => this.clicked(event));
    this.height = this.scroller.scrollHeight;
    if (!this.hasLater && (this.newest.get(this.id) ?? 0) > this.lastSeq) this.catchUp();
  }

  /** Earlier messages were put above: stay with what was being read. */
  keepPlace() {
    if (!this.scroller) return;
    const grown = this.scroller.scrollHeight - (this.height ?? this.scroller.scrollHeight);
    if (grown > 0 && this.scroller.scrollTop < 200) this.scroller.scrollTop += grown;
    this.height = this.scroller.scrollHeight;
    this.foldActivities();
  }

  /** Whether the thread goes on below what is shown: a link led into the middle of it. */
  get hasLater() { return this.pane?.hasAttribute("data-has-later"); }

  async leave() { await document.querySelector("message-composer")?.keep?.(); }

  get isAtEnd() { return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < AT_END; }

  toEnd() { this.scroller.scrollTop = this.scroller.scrollHeight; this.sayFresh(0); this.read(); }

  scrolled() {
    this.height = this.scroller.scrollHeight;
    const jump = this.pane.querySelector("[data-jump]");
    if (this.isAtEnd && this.hasLater) this.catchUp();
    else if (this.isAtEnd) { this.sayFresh(0); jump.hidden = true; } else jump.hidden = false;
  }

  sayFresh(count) {
    this.fresh = count;
    const jump = this.pane?.querySelector("[data-jump]");
    if (!jump) return;
    jump.hidden = !count && this.isAtEnd;
    jump.classList.toggle("btn-primary", count > 0);
    jump.querySelector("span").textContent = count ? (count === 1 ? words("newOne") : words("newMany", count)) : (jump.dataset.word ??= jump.querySelector("span").textContent);
  }

  clicked(event) {
    const quote = event.target.closest(".quote");
    if (quote) {
      event.preventDefault();
      const target = document.querySelector(quote.getAttribute("href"));
      target?.scrollIntoView({ block: "center" });
      this.flash(target);
    }
    const folded = event.target.closest("[data-unfold]");
    if (folded) { for (const one of folded.closest(".folded").hiddenOnes) one.hidden = false; folded.closest(".folded").remove(); }
  }

  flash(target) {
    target?.classList.add("flash");
    setTimeout(() => target?.classList.remove("flash"), 1600);
  }

  /** The AI has something new to say here: soon, because its events come in company. */
  helped(event) {
    if (!("conversation" in event) || (event.conversation && event.conversation !== this.id)) return;
    if (event.job) document.dispatchEvent(new CustomEvent("ai-job", { detail: event.job }));
    clearTimeout(this.helpTimer);
    this.helpTimer = setTimeout(() => { for (const id of ["ai-place", "ai-understanding"]) document.getElementById(id)?.dispatchEvent(new Event("ai-changed")); }, 120);
  }

  changed(event) {
    // A message may come between the answer that opens its conversation and the swap that shows it.
    if (event.seq) this.newest.set(event.facts.id, Math.max(event.seq, this.newest.get(event.facts.id) ?? 0));
    if (event.facts.id !== this.id) return;
    if (event.bubble) this.show(event.bubble, event);
    if (event.t !== "message.changed" && (event.t !== "message.created" || event.kind !== "inbound")) this.refreshHead();
    if (event.kind === "inbound") { document.getElementById("composer")?.standingChanged(); this.typers.clear(); this.sayTyping(); if (this.isAtEnd) this.read(); }
  }

  /** Put a message where it belongs: over its former self, over its optimistic stand-in, or in its order. */
  show(html, { seq, message }) {
    const atEnd = this.isAtEnd;
    const made = this.made(html);
    const old = document.getElementById(`message-${message}`) ?? (made.dataset.key && this.list.querySelector(`[data-key="${made.dataset.key}"]`));
    if (old) {
      made.classList.toggle("starts-group", old.classList.contains("starts-group"));
      old.replaceWith(made);
      // A customer who wrote while this reply was on its way stands between it and what is shown.
      if (seq > this.lastSeq + 1 && this.lastSeq) this.catchUp(); else this.pane.dataset.lastSeq = Math.max(this.lastSeq, seq || 0);
      if (atEnd) this.toEnd();
      return;
    }
    if (seq && seq <= this.lastSeq) return;
    if (seq && seq > this.lastSeq + 1 && this.lastSeq) { this.catchUp(); return; }
    this.append(made, seq, atEnd);
  }

  append(made, seq, atEnd) {
    const shown = [...this.list.querySelectorAll(":scope > [data-seq]")];
    const later = seq ? shown.findIndex((one) => Number(one.dataset.seq) > seq) : -1;
    const next = shown[later];
    made.classList.toggle("starts-group", !this.isSameGroup(shown.at(later < 0 ? -1 : later - 1), made));
    next?.classList.toggle("starts-group", !this.isSameGroup(made, next));
    if (next) next.before(made); else this.list.append(made);
    if (seq) this.pane.dataset.lastSeq = Math.max(this.lastSeq, seq);
    this.foldActivities();
    if (atEnd) this.toEnd(); else if (made.dataset.kind !== "activity") this.sayFresh(this.fresh + 1);
    this.height = this.scroller.scrollHeight;
  }

  made(html) {
    const box = document.createElement("ol");
    box.innerHTML = html;
    window.htmx.process(box);
    return box.querySelector("[data-seq]");
  }

  isSameGroup(first, second) {
    return Boolean(first) && !("alone" in second.dataset) && second.dataset.kind !== "activity" && first.dataset.kind === second.dataset.kind && first.dataset.author === second.dataset.author && new Date(second.dataset.at) - new Date(first.dataset.at) < GROUP_WITHIN;
  }

  /** Four or more activities in a row fold into one line. */
  foldActivities() {
    let run = [];
    const fold = () => {
      if (run.length > 3) {
        const line = Object.assign(document.createElement("li"), { className: "activity folded" });
        const button = Object.assign(document.createElement("button"), { type: "button", className: "btn-link", textContent: words("events", run.length - 1) });
        button.dataset.unfold = "";
        line.append(button);
        line.hiddenOnes = run.slice(0, -1);
        for (const one of line.hiddenOnes) one.hidden = true;
        run[0].before(line);
      }
      run = [];
    };
    for (const one of this.list?.children ?? []) {
      if (one.dataset.kind === "activity" && !one.hidden) run.push(one); else if (!one.hidden) fold();
    }
    fold();
  }

  async catchUp() {
    const { pane } = this;
    if (!pane) return;
    const answer = await fetch(`${this.desk.base}conversations/${this.number}/messages/?after=${this.lastSeq}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const box = document.createElement("ol");
    box.innerHTML = await answer.text();
    if (this.pane !== pane) return;
    const atEnd = this.isAtEnd && !this.hasLater;
    window.htmx.process(box);
    if (!box.querySelector("[data-more-later]")) this.pane.removeAttribute("data-has-later");
    for (const one of [...box.querySelectorAll(":scope > [data-seq]")]) {
      if (!document.getElementById(one.id)) this.append(one, Number(one.dataset.seq), atEnd);
      pane.dataset.lastSeq = Math.max(this.lastSeq, Number(one.dataset.seq));
    }
    this.refreshHead();
  }

  /** Read the head anew, but not under an open menu: that waits until it is closed. */
  refreshHead() {
    if (this.isAsking) setTimeout(() => this.refreshHead(), ASK_AGAIN);
    else if (this.openMenu) this.openMenu.addEventListener("toggle", () => this.refreshHead(), { once: true });
    else if (this.pane) window.htmx.trigger("#thread-head", "refresh");
  }

  receipts({ conversation, status, seq }) {
    if (conversation !== this.id) return;
    for (const one of this.list.querySelectorAll(".message-outbound[data-status]")) {
      if (Number(one.dataset.seq) <= seq && (ORDER[one.dataset.status] ?? 0) < ORDER[status]) one.dataset.status = status;
    }
  }

  contactChanged({ contact }) {
    if (!this.pane || this.pane.dataset.contact !== contact || document.querySelector("#contact-pane dialog[open], #contact-pane :is(input, textarea):focus")) return;
    window.htmx.ajax("GET", `${this.desk.base}conversations/${this.number}/contact/`, { target: "#contact-pane", swap: "innerHTML" });
  }

  read() {
    if (!this.pane || document.hidden || this.markedSeq === `${this.id}:${this.lastSeq}`) return;
    this.markedSeq = `${this.id}:${this.lastSeq}`;
    send(`${this.desk.base}conversations/${this.number}/read-mark/`).catch(() => { this.markedSeq = ""; });
  }

  signal({ t, conversation, user, on }) {
    if (conversation !== this.id) return;
    const people = t === "typing" ? this.typers : this.viewers;
    const who = user ?? "contact";
    if (t === "viewing" && on && !people.has(who)) this.desk.tellViewing(); // who has just come knows of nobody
    clearTimeout(people.get(who));
    if (on) people.set(who, setTimeout(() => { people.delete(who); this.saySignals(); }, t === "typing" ? TYPING_TTL : VIEWING_TTL)); else people.delete(who);
    this.saySignals();
  }

  saySignals() { this.sayTyping(); this.sayViewing(); }

  name(who) { return who === "contact" ? this.title || words("customer") : document.getElementById(`mention-${who}`)?.dataset.name ?? ""; }

  sayTyping() {
    const line = document.getElementById("typing");
    if (!line) return;
    const atEnd = this.isAtEnd;
    const names = [...this.typers.keys()].map((who) => this.name(who)).filter(Boolean);
    line.hidden = !names.length;
    line.querySelector("[data-part=text]").textContent = names.length ? words("typing", names.join(", ")) : "";
    if (atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  sayViewing() {
    const place = document.getElementById("viewers");
    if (!place) return;
    const known = [...this.viewers.keys()].map((who) => document.getElementById(`mention-${who}`)).filter(Boolean);
    const said = known.length ? words("viewing", known.map((one) => one.dataset.name).join(", ")) : "";
    const faces = known.slice(0, FACES).map((one) => one.querySelector(".avatar").cloneNode(true));
    const spoken = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: said });
    place.replaceChildren(...faces, ...(said ? [spoken] : []));
    if (said) place.dataset.tip = said; else delete place.dataset.tip;
  }
}
