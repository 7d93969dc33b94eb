// A template being filled in: its file is stored first, and what went wrong is said where it was typed.
import { send } from "../http.js";
import { words } from "./words.js";

class TemplateForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.error = this.querySelector("[data-part=error]");
    this.querySelector("[data-part=file]")?.addEventListener("change", (event) => this.store(event.target));
    this.addEventListener("htmx:responseError", (event) => this.say(event.detail.xhr));
  }

  async store(input) {
    const file = input.files[0];
    this.form.elements.upload.value = "";
    if (!file) return;
    const body = new FormData();
    body.append("file", file);
    this.tell("");
    input.setAttribute("aria-busy", "true");
    try {
      const answer = await send(this.dataset.upload, { body });
      const found = await answer.json().catch(() => ({}));
      if (answer.ok) this.form.elements.upload.value = found.id;
      else this.tell(found.message ?? words("notSent"));
    } catch { this.tell(words("notSent")); }
    input.removeAttribute("aria-busy");
  }

  say(request) {
    try { this.tell(JSON.parse(request.responseText).message); } catch { this.tell(words("notSent")); }
  }

  tell(message) { this.error.textContent = message; this.error.hidden = !message; }
}

customElements.define("template-form", TemplateForm);
