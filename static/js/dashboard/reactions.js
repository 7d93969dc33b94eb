// <reaction-picker popover> with [data-emoji] buttons, opened by any [data-react] in the thread; [data-reaction] takes the agent's own one back.
import { send } from "../http.js";
import { place } from "../menu.js";
import { toast } from "../toast.js";
import { words } from "./words.js";

class ReactionPicker extends HTMLElement {
  connectedCallback() {
    document.addEventListener("click", this.onPage = (event) => this.pageClicked(event), true);
    this.addEventListener("toggle", (event) => { if (event.newState === "open") this.opened(); });
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => { const chosen = event.target.closest("[data-emoji]"); if (chosen) { this.hidePopover(); react(this.address, chosen.dataset.emoji); } });
  }

  disconnectedCallback() { document.removeEventListener("click", this.onPage, true); }

  pageClicked(event) {
    const opener = event.target.closest("[data-react]"), own = event.target.closest("[data-reaction]");
    if (opener) { this.opener = opener; this.address = opener.dataset.react; }
    if (own && own.dataset.by === this.closest("conversation-desk").user) react(own.dataset.reaction, "");
  }

  opened() {
    place(this, this.opener);
    this.firstElementChild.focus();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.children];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  }
}

async function react(address, emoji) {
  try {
    const answer = await send(address, { body: new URLSearchParams({ emoji }) });
    if (!answer.ok) toast((await answer.json().catch(() => ({}))).message ?? words("notSent"), { tone: "bad" });
  } catch { toast(document.querySelector("toast-region")?.dataset.offline ?? "", { tone: "bad" }); }
}

customElements.define("reaction-picker", ReactionPicker);
