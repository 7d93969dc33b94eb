// <code-input> sends its form at the sixth digit; <auto-save> sends a field when it changes and shows a tick; data-show-password; double sends are
// refused; the caret of a search stands behind its words.
class CodeInput extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.ready) return;
    this.ready = true;
    Object.assign(input, { inputMode: "numeric", autocomplete: "one-time-code" });
    input.addEventListener("input", () => {
      input.value = input.value.replace(/\D/g, "").slice(0, 6);
      if (input.value.length === 6 && !("manual" in this.dataset)) input.form?.requestSubmit();
    });
  }
}
customElements.define("code-input", CodeInput);

class AutoSave extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("change", (event) => {
      if (!event.target.closest("[data-no-save]")) event.target.form?.requestSubmit();
    });
    this.addEventListener("htmx:afterRequest", (event) => this.tick(event.detail.successful));
  }

  tick(good) {
    const tick = this.querySelector(".save-tick");
    if (!tick) return;
    tick.dataset.tone = good ? "good" : "bad";
    tick.textContent = good ? tick.dataset.saved : tick.dataset.failed;
    tick.dataset.on = "";
    clearTimeout(this.timer);
    if (good) this.timer = setTimeout(() => delete tick.dataset.on, 2500);
  }
}
customElements.define("auto-save", AutoSave);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const input = document.getElementById(button.dataset.showPassword);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
});

// A second press of a plain form's button while the first is on its way would send it twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "true";
  addEventListener("pageshow", () => delete form.dataset.sending, { once: true });
});

// What htmx puts in place of a form that was wrong: the first field that has to be mended gets the focus.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status === 422) event.target.querySelector("[aria-invalid=true]")?.focus();
});

// A page that is opened with words in its first field lets one go on behind them.
const field = document.querySelector("input[type=search][autofocus]");
field?.setSelectionRange(field.value.length, field.value.length);
