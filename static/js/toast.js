import { send } from "./http.js";

const REGION = "toast-region";

class ToastRegion extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
    for (const note of this.querySelectorAll(".toast")) this.arm(note, Number(note.dataset.seconds || 6));
  }

  arm(note, seconds) {
    let left = seconds * 1000;
    let started = Date.now();
    let timer = setTimeout(() => note.remove(), left);
    const hold = () => { clearTimeout(timer); left -= Date.now() - started; };
    const go = () => { started = Date.now(); timer = setTimeout(() => note.remove(), Math.max(left, 1500)); };
    note.addEventListener("pointerenter", hold);
    note.addEventListener("focusin", hold);
    note.addEventListener("pointerleave", go);
    note.addEventListener("focusout", go);
    note.querySelector(".toast-close")?.addEventListener("click", () => note.remove());
  }

  show(message, { tone = "", seconds = 6, undo = null, undoUrl = "", action = "" } = {}) {
    const note = document.createElement("div");
    note.className = "toast";
    if (tone) note.dataset.tone = tone;
    const text = document.createElement("span");
    text.textContent = message;
    note.append(text);
    if (undo || undoUrl) note.append(this.undoButton(note, undo, undoUrl, action));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", this.dataset.dismiss ?? "Dismiss");
    close.textContent = "✕";
    note.append(close);
    // A dialog in the top layer would cover a plain element: a popover shown again is above it.
    this.lift();
    this.append(note);
    this.arm(note, seconds);
    while (this.children.length > 4) this.firstElementChild.remove();
    return note;
  }

  lift() {
    this.popover ||= "manual";
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
  }

  undoButton(note, undo, undoUrl, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-action";
    button.textContent = action || this.dataset.undo || "Undo";
    button.addEventListener("click", async () => {
      note.remove();
      if (undo) { undo(); return; }
      const answer = await send(undoUrl).catch(() => null);
      if (answer?.ok) document.body.dispatchEvent(new CustomEvent("undone", { bubbles: true, detail: { url: undoUrl } }));
      else this.show(this.dataset.broken ?? "", { tone: "bad" });
    });
    return button;
  }
}

customElements.define(REGION, ToastRegion);

/**
 * Show one line at the foot of the page. `undo` (a function) or `undoUrl` (POSTed to) adds an Undo button and 10 seconds.
 * The server does the same with the header `HX-Trigger: {"toast": {"message": …, "tone": "good|warn|bad", "undo_url": …}}`.
 */
export function toast(message, options = {}) {
  const seconds = options.seconds ?? (options.undo || options.undoUrl ? 10 : 6);
  return document.querySelector(REGION)?.show(message, { ...options, seconds });
}

document.addEventListener("toast", (event) => {
  const { message, tone, seconds, undo_url: undoUrl, action } = event.detail;
  toast(message, { tone, seconds, undoUrl, action });
});
