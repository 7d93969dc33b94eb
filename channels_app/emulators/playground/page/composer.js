/** Where the customer writes: a text, what else the platform has, and what is answered or changed. */
import { el, icon, said } from "./dom.js";
import { short } from "./bubble.js";
import { ACTS, KINDS } from "./platforms.js";

export class Composer {
  constructor(phone) {
    this.phone = phone;
    const { platform } = phone;
    const id = `tray-${platform.id}`;
    this.mode = null;
    this.field = el("textarea", { rows: platform.isMail ? "5" : "1", "aria-label": `Message on ${platform.title}`, placeholder: "Message", onkeydown: (event) => this.key(event), oninput: () => this.grow() });
    this.field.value = platform.example;
    this.subject = platform.isMail ? el("input", { type: "text", class: "subject", "aria-label": "Subject", placeholder: "Subject", value: platform.subject }) : null;
    this.plus = platform.kinds.length ? el("button", { type: "button", class: "round plus", "aria-label": `Send something else on ${platform.title}`, "aria-expanded": "false", "aria-controls": id, onclick: () => this.toggle() }, icon("add")) : null;
    this.picker = el("input", { type: "file", hidden: true, "aria-label": "File", onchange: () => this.picked() });
    this.tray = el("div", { class: "tray", id, hidden: true, onkeydown: (event) => { if (event.key === "Escape") this.close(); } });
    this.about = el("div", { class: "about", hidden: true });
    this.form = el("form", { class: "composer", onsubmit: (event) => this.submit(event) }, this.subject,
      el("div", { class: "row" }, this.plus, this.field, el("button", { class: "round send", "aria-label": `Send on ${platform.title}` }, icon("send"))), this.picker);
    this.element = el("div", { class: "compose" }, this.tray, this.about, this.form);
  }

  key(event) {
    if (event.key === "Escape" && this.mode) this.end();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || this.phone.platform.isMail) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    const done = await (this.phone.platform.isMail ? this.phone.mail(this.subject.value, text, this.mode?.message) : this.mode?.kind === "edit" ? this.phone.edit(this.mode.message, text) : this.phone.text(text, this.mode?.message));
    if (!done) return;
    this.end();
    this.field.value = "";
    if (this.subject && !this.subject.value.startsWith("Re:")) this.subject.value = `Re: ${this.subject.value}`;
    this.grow();
  }

  /** The kinds of message besides text. */
  toggle() {
    if (!this.tray.hidden) { this.close(); return; }
    this.fill("More", this.phone.platform.kinds.map((kind) => this.choice(KINDS[kind], () => this.other(kind))));
    this.plus.setAttribute("aria-expanded", "true");
  }

  /** What can be done with one message. */
  acts(message) {
    const { platform } = this.phone;
    const own = message.reactions?.customer;
    const emoji = message.is_mine ? [] : platform.emoji.map((one) => el("button", { type: "button", class: "emoji", "aria-pressed": String(own === one), "aria-label": own === one ? `Take back ${one}` : `React with ${one}`, onclick: () => { this.close(); this.phone.react(message, own === one ? "" : one); } }, one));
    const acts = platform.acts.filter((act) => act === "reply" || message.is_mine).filter((act) => act !== "edit" || message.text);
    this.fill(`“${short(message)}”`, [...emoji, ...acts.map((act) => this.choice(ACTS[act], () => this.act(act, message)))]);
  }

  fill(title, choices) {
    this.opener = document.activeElement;
    this.tray.replaceChildren(said(title), ...choices);
    this.tray.hidden = false;
    choices[0]?.focus();
  }

  choice([words, drawing], act) {
    return el("button", { type: "button", class: "choice", onclick: () => { this.close(); act(); } }, icon(drawing), words);
  }

  close() {
    this.tray.hidden = true;
    this.plus?.setAttribute("aria-expanded", "false");
    if (this.opener?.isConnected) this.opener.focus();
    else this.field.focus();
  }

  other(kind) {
    if (kind === "document") this.picker.click();
    else this.phone.send(kind);
  }

  async picked() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (file) await this.phone.sendFile(file);
  }

  act(act, message) {
    if (act === "unsend") this.phone.unsend(message);
    else this.begin(act, message);
  }

  /** Answer a message or change one's own. */
  begin(kind, message) {
    this.mode = { kind, message };
    this.about.replaceChildren(el("p", {}, el("b", {}, kind === "edit" ? "Editing" : "Reply to"), " ", short(message)), el("button", { type: "button", class: "round", "aria-label": "Leave it", onclick: () => this.end() }, icon("close")));
    this.about.hidden = false;
    if (kind === "edit") this.field.value = message.text;
    this.grow();
    this.field.focus();
  }

  end() {
    if (this.mode?.kind === "edit") this.field.value = "";
    this.mode = null;
    this.about.hidden = true;
  }
}
