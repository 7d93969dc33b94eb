// The conversations' page: one element that owns the list, the open conversation and the socket between them.
import "./composer.js";
import "./contact.js";
import "./suggestion.js";
import "./viewer.js";
import "./mail-frame.js";
import "./reactions.js";
import { register } from "../shortcuts.js";
import { List } from "./list.js";
import { connect } from "./socket.js";
import { Thread } from "./thread.js";
import { toast } from "../toast.js";
import { words } from "./words.js";

const VIEWING_EVERY = 20_000;

class ConversationDesk extends HTMLElement {
  connectedCallback() {
    this.base = this.dataset.base;
    this.user = this.dataset.user;
    this.markOwn();
    this.walkByKeys();
    this.list = new List(this);
    this.thread = new Thread(this);
    this.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("popstate", () => this.restore());
    document.body.addEventListener("htmx:afterSwap", () => this.thread.look());
    this.socket = connect({
      url: `${this.dataset.edge.replace(/^http/, "ws")}/ws/app/${this.dataset.workspace}/`,
      position: Number(this.dataset.position),
      heard: (event) => this.heard(event),
      state: (isOn) => this.connection(isOn),
    });
    this.addEventListener("htmx:afterRequest", ({ target, detail }) => { if (detail.successful && target.matches("#label-menu [data-label]")) this.toggled(target); });
    this.thread.look();
    this.list.mark(this.thread.number);
    setInterval(() => this.tellViewing(), VIEWING_EVERY);
    addEventListener("pagehide", () => this.tellViewing(false));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.socket.wake(); this.thread.read(); this.tellViewing(); } });
  }

  /** What an agent may do with their own alone is in every bubble: bubbles are rendered once for all who see them. */
  markOwn() {
    const rules = new CSSStyleSheet(), me = CSS.escape(this.user);
    rules.replaceSync(`.message:not([data-author="${me}"]) [data-edit] { display: none; } .reaction[data-by="${me}"] { background: var(--accent-tint); box-shadow: inset 0 0 0 1px var(--accent-line); cursor: pointer; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, rules];
  }

  /** The filter of the list, as it stands in the URL. */
  get query() { return new URLSearchParams(this.dataset.query); }

  clicked(event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const target = event.target.closest("[data-open], [data-list-link], [data-back], [data-places-toggle], [data-contact-toggle]");
    if (!target) return;
    if (target.dataset.open) { event.preventDefault(); this.open(target.dataset.open); }
    else if ("listLink" in target.dataset) { event.preventDefault(); this.filter(new URL(target.href).search.slice(1)); }
    else if ("back" in target.dataset) { event.preventDefault(); this.close(); }
    else if ("placesToggle" in target.dataset) this.togglePlaces();
    else this.toggleContact();
  }

  /** Open a conversation beside the list; the URL says which, so that reload, links and the back button work. */
  async open(number, { push = true } = {}) {
    const url = `${this.base}conversations/${number}/${this.dataset.query ? `?${this.dataset.query}` : ""}`;
    this.list.mark(number);
    this.dataset.pane = "main";
    this.tellViewing(false);
    await this.thread.leave();
    if (push) history.pushState({}, "", url);
    await window.htmx.ajax("GET", url, { target: "#conversation", swap: "innerHTML" });
    document.title = [this.thread.title, document.title.split(" · ").slice(-1)[0]].filter(Boolean).join(" · ");
    this.tellViewing();
  }

  async filter(query, { push = true } = {}) {
    this.dataset.query = query;
    const open = this.thread.number;
    if (push) history.pushState({}, "", `${open && this.dataset.pane === "main" ? `${this.base}conversations/${open}/` : this.base}${query ? `?${query}` : ""}`);
    if (this.dataset.pane !== "main" || !open) this.dataset.pane = "list";
    await this.list.load(query);
    this.list.mark(open);
  }

  close({ push = true } = {}) {
    this.dataset.pane = "list";
    this.tellViewing(this.thread.isOpen(this.thread.id));
    this.thread.leave();
    if (push) history.pushState({}, "", `${this.base}${this.dataset.query ? `?${this.dataset.query}` : ""}`);
    this.list.focusOpen();
  }

  /** A label's item stays in the open menu, so it is turned over here. */
  toggled(item) {
    const isOn = item.getAttribute("aria-checked") !== "true";
    item.setAttribute("aria-checked", String(isOn));
    item.setAttribute("hx-vals", JSON.stringify({ label: item.dataset.label, on: isOn ? "0" : "1" }));
  }

  /** Show what the address says, after back or forward. */
  async restore() {
    const query = location.search.slice(1);
    if (query !== this.dataset.query) await this.filter(query, { push: false });
    const number = location.pathname.match(/conversations\/(\d+)\//)?.[1];
    if (number && number !== this.thread.number) await this.open(number, { push: false });
    else if (number) this.dataset.pane = "main";
    else this.close({ push: false });
  }

  heard(event) {
    if (event.t === "reset") { this.catchUp(); return; }
    if (event.t === "typing" || event.t === "viewing") { this.thread.signal(event); return; }
    if (event.t === "contact.changed") { this.thread.contactChanged(event); return; }
    if (event.t === "conversation.read") { this.list.read(event); return; }
    if (event.t === "mention.created") { toast(words("mentioned", event.by), { action: words("look"), undo: () => this.open(event.number) }); return; }
    if (event.t === "receipts.advanced") { this.thread.receipts(event); return; }
    if (event.t.startsWith("ai.")) { this.thread.helped(event); return; }
    if (event.facts) {
      this.list.changed(event, this.thread.isOpen(event.facts.id));
      this.thread.changed(event);
    }
  }

  /** After too long an absence: what is shown is read anew, and what was typed stays. */
  async catchUp() {
    await this.list.load(this.dataset.query);
    this.list.mark(this.thread.number);
    await this.thread.catchUp();
  }

  connection(isOn) {
    const bar = document.getElementById("offline");
    clearTimeout(this.offlineTimer);
    if (isOn) { bar.hidden = true; this.tellViewing(); return; }
    this.offlineTimer = setTimeout(() => { bar.hidden = false; }, 3000);
  }

  tellViewing(on = true) {
    if (this.thread.id && !(on && document.hidden)) this.socket.tell({ t: "viewing", conversation: this.thread.id, on });
  }

  togglePlaces() {
    if (matchMedia("(width < 760px)").matches) this.dataset.pane = this.dataset.pane === "places" ? "list" : "places";
    else this.toggleAttribute("data-places-folded");
    try { localStorage.setItem("places-folded", String(this.hasAttribute("data-places-folded"))); } catch { /* nothing to remember with */ }
  }

  toggleContact() {
    if (matchMedia("(width < 1200px)").matches) this.toggleAttribute("data-contact-open");
    else this.toggleAttribute("data-contact-folded");
  }

  walkByKeys() {
    const step = (by) => this.list.step(by);
    register("j", words("next"), () => step(1));
    register("k", words("previous"), () => step(-1));
    // These stand in menus, which are closed while one types a key.
    register("i", words("assignMe"), () => this.querySelector("[data-assign-me]")?.click());
    register("u", words("unread"), () => this.querySelector("[data-mark-unread]")?.click());
    try { this.toggleAttribute("data-places-folded", localStorage.getItem("places-folded") === "true"); } catch { /* as above */ }
  }
}

customElements.define("conversation-desk", ConversationDesk);
