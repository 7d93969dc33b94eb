// A page of settings that follows its workspace: what it shows is read anew when an event says that it has changed.
import { connect } from "./socket.js";

/** Several events of one act are one reading. */
const WAIT = 150;

class LivePage extends HTMLElement {
  connectedCallback() {
    if (this.socket) return;
    const hears = this.dataset.hears.split(" ");
    this.socket = connect({
      url: `${this.dataset.edge.replace(/^http/, "ws")}/ws/app/${this.dataset.workspace}/`,
      position: Number(this.dataset.position),
      heard: ({ t }) => { if (t === "reset" || hears.includes(t)) this.changed(); },
      state: () => {},
    });
    document.body.addEventListener("measured", () => this.changed());
    document.addEventListener("focusout", () => { if (this.waits) this.changed(); });
    document.addEventListener("close", () => { if (this.waits) this.changed(); }, true);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.socket.wake(); });
    this.addEventListener("htmx:beforeSwap", () => { this.open = [...this.shown.querySelectorAll("details")].map((one) => one.open); });
    this.addEventListener("htmx:afterSettle", () => { this.shown.querySelectorAll("details").forEach((one, place) => { one.open = this.open?.[place] ?? one.open; }); });
  }

  get shown() { return document.querySelector(this.getAttribute("hx-target")); }

  /** What somebody types, or is asked to confirm, is not taken from under their hands. */
  get isInUse() {
    const fields = [...this.shown.querySelectorAll("textarea, input:not([type=checkbox], [type=hidden])")];
    return document.querySelector("dialog[open]") !== null || fields.some((one) => one === document.activeElement || one.value !== one.defaultValue);
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.waits = this.isInUse; if (!this.waits) this.dispatchEvent(new Event("live-changed")); }, WAIT);
  }
}

customElements.define("live-page", LivePage);
