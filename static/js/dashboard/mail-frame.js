// A message's own HTML in a sandboxed frame as tall as its content. It loads when it comes into view; remote images wait to be asked for.
import { words } from "./words.js";

class MailFrame extends HTMLElement {
  connectedCallback() {
    if (this.frame) return;
    this.watch = new IntersectionObserver((entries) => { if (entries.some((one) => one.isIntersecting)) this.open(); }, { rootMargin: "400px" });
    this.watch.observe(this);
  }

  disconnectedCallback() { this.watch?.disconnect(); this.sizes?.disconnect(); }

  open(source = this.dataset.src) {
    this.watch.disconnect();
    const frame = Object.assign(document.createElement("iframe"), { src: source, title: this.dataset.title });
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.addEventListener("load", () => this.loaded(frame));
    this.frame = frame;
    this.append(frame);
  }

  loaded(frame) {
    const inner = frame.contentDocument;
    if (!inner?.body) return;
    this.querySelector(":scope > .text")?.remove();
    for (const other of this.querySelectorAll("iframe")) if (other !== frame) other.remove();
    const fit = () => { frame.style.height = `${Math.min(inner.documentElement.scrollHeight, 6000)}px`; };
    this.sizes = new ResizeObserver(fit);
    this.sizes.observe(inner.body);
    fit();
    this.offer(Number(inner.body.dataset.remote));
  }

  offer(count) {
    this.querySelector("button")?.remove();
    if (!count) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: words("loadImages", count) });
    button.addEventListener("click", () => this.open(`${this.dataset.src}images/`));
    this.prepend(button);
  }
}

customElements.define("mail-frame", MailFrame);
