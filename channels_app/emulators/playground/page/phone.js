/** A phone: what it shows and what its customer does. */
import { el, icon, said } from "./dom.js";
import { packed, post, samplePhoto, sampleVoice } from "./api.js";
import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { Faults } from "./faults.js";
import { letter } from "./letter.js";

export class Phone {
  /** `look` asks the emulator what there is, now. */
  constructor(platform, look) {
    this.platform = platform;
    this.look = look;
    this.key = this.account = "";
    this.business = "";
    this.messages = [];
    this.shown = new Map();
    this.faults = new Faults(this);
    this.composer = new Composer(this);
    this.build();
    this.become(Number(localStorage.getItem(`playground:${platform.id}`) ?? 0));
  }

  build() {
    const { platform } = this;
    const id = `phone-${platform.id}`;
    this.who = el("p", { class: "who" });
    this.other = el("button", { type: "button", class: "round", "aria-label": `Be somebody else on ${platform.title}`, title: "Be somebody else", onclick: () => this.become(this.number + 1) }, icon("person"));
    this.accounts = el("select", { "aria-label": `Whom to write to on ${platform.title}`, hidden: true, onchange: () => { this.account = this.accounts.value; this.forget(); } });
    this.name = el("b", { class: "business" });
    this.state = el("span", { class: "state" });
    this.list = el("ol");
    this.log = el("div", { class: "messages", role: "log", tabindex: "0", "aria-label": `Chat on ${platform.title}` }, this.list);
    this.typing = el("p", { class: "typing", hidden: true }, el("span", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), said("typing"));
    this.empty = el("p", { class: "empty" }, "The customer writes first. Send the example, then look into the dashboard.");
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    const top = el("div", { class: "top" }, icon("back"), this.avatar = el("span", { class: "avatar", "aria-hidden": "true" }), el("p", { class: "with" }, this.name, this.state), this.accounts);
    const screen = el("div", { class: "screen" }, top, this.faults.notice, el("div", { class: "chat" }, this.empty, this.log, this.typing), this.problem, this.composer.element, this.faults.drawer);
    this.element = el("section", { class: "phone", "data-platform": platform.id, "aria-labelledby": id },
      el("div", { class: "caption" }, el("h2", { id }, platform.title), this.faults.button, el("div", { class: "person" }, this.who, this.other)), el("div", { class: "device" }, screen));
  }

  /** Who writes on this phone. */
  become(number) {
    this.number = number;
    localStorage.setItem(`playground:${this.platform.id}`, String(number));
    this.person = this.platform.person(this.platform.first + number);
    this.who.replaceChildren(el("b", {}, this.person.name), this.person.shown === this.person.name ? "" : el("span", {}, this.person.shown));
    this.who.title = `${this.person.name}, ${this.person.shown}`;
    this.forget();
  }

  forget() {
    this.messages = [];
    this.shown.clear();
    this.list.replaceChildren();
    this.look();
  }

  /** For the emulator: whose phone it is. */
  get asked() {
    return `${this.account}|${this.person.id}`;
  }

  update(found) {
    this.key = found.key;
    this.account = found.account;
    const account = found.accounts.find((one) => one.id === found.account);
    this.showAccounts(found.accounts);
    this.business = account?.name ?? "";
    this.name.textContent = account?.name ?? "Nobody to write to yet";
    this.avatar.textContent = this.business.replace(/[^\p{Lu}]/gu, "").slice(0, 2) || this.business.slice(0, 1).toUpperCase();
    const isTyping = found.chat?.is_typing ?? false;
    this.state.textContent = !account ? "Connect an inbox in the dashboard" : isTyping ? "typing…" : account.is_connected ? account.address : "No inbox is connected yet";
    this.typing.hidden = !isTyping;
    this.faults.show(found.faults);
    this.show(found.chat?.messages ?? []);
  }

  showAccounts(accounts) {
    this.accounts.hidden = accounts.length < 2;
    const text = JSON.stringify([accounts, this.account]);
    if (this.accounts.dataset.shown === text) return;
    this.accounts.dataset.shown = text;
    this.accounts.replaceChildren(...accounts.map((one) => new Option(`${one.name} ${one.address}`, one.id, false, one.id === this.account)));
  }

  /** Draw what changed and leave the rest, so that focus and readers are not disturbed. */
  show(messages) {
    this.messages = messages;
    this.empty.hidden = messages.length > 0;
    const isAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    let isNew = false;
    for (const [id, { item }] of this.shown) if (!messages.some((one) => one.id === id)) { item.remove(); this.shown.delete(id); }
    for (const message of messages) {
      const text = JSON.stringify([message, this.business, message.reply_to && this.find(message.reply_to)?.text]);
      const known = this.shown.get(message.id);
      if (known?.text === text) continue;
      const item = this.platform.isMail ? letter(message, this) : bubble(message, this);
      if (known) known.item.replaceWith(item);
      else { this.list.append(item); isNew = true; }
      this.shown.set(message.id, { text, item });
    }
    if (isAtEnd || isNew) this.log.scrollTop = this.log.scrollHeight;
  }

  find(id) {
    return this.messages.find((one) => one.id === id);
  }

  canActOn(message) {
    const { acts, emoji } = this.platform;
    return !message.is_deleted && (acts.length > 0 || (emoji.length > 0 && !message.is_mine));
  }

  /** Do something and say what went wrong, if it did; whether it went well. */
  async attempt(act) {
    this.problem.hidden = true;
    try {
      await act();
      await this.look();
      return true;
    } catch (error) {
      this.problem.textContent = `That did not work: ${error.message}`;
      this.problem.hidden = false;
      return false;
    }
  }

  inbound(wanted) {
    return this.attempt(async () => {
      const account = await this.known();
      await post(`/_ctl/${this.platform.line}/inbound`, { [this.key]: account, from: this.person.told, ...wanted });
    });
  }

  /** Whom the customer writes to: on a page so new that nothing was heard yet, once it is. */
  async known() {
    if (!this.account) await this.look();
    return this.account;
  }

  text(text, replied) {
    return this.inbound(this.platform.told.text(text, replied ? this.platform.told.reply(replied) : {}));
  }

  async mail(subject, text, replied, files = []) {
    const last = replied ?? this.messages.at(-1);
    const isReply = subject.startsWith("Re:") && last;
    const headers = isReply ? { "In-Reply-To": last.message_id, References: last.message_id } : {};
    return this.inbound({ to: await this.known(), subject, text, headers, files });
  }

  async send(kind) {
    await this.attempt(async () => {
      const file = kind === "photo" || kind.startsWith("story") ? await samplePhoto() : kind === "voice" ? await sampleVoice() : null;
      if (this.platform.isMail) await this.mail(this.composer.subject.value, "Here is a photo.", undefined, [file]);
      else await this.inbound(this.platform.texts?.[kind] ? this.platform.told.text(this.platform.texts[kind], {}) : file ? this.platform.told.file(kind, file) : { kind });
    });
  }

  async sendFile(chosen) {
    const [family] = chosen.type.split("/");
    const kind = family === "image" ? "photo" : family === "video" ? "video" : "document";
    const file = await packed(chosen, chosen.name);
    if (this.platform.isMail) await this.mail(this.composer.subject.value, "Here is the file.", undefined, [file]);
    else await this.inbound(this.platform.told.file(kind, file));
  }

  open(message) {
    this.composer.acts(message);
  }

  answer(message) {
    this.composer.subject.value = message.subject.startsWith("Re:") ? message.subject : `Re: ${message.subject}`;
    this.composer.begin("reply", { ...message, text: message.subject });
  }

  press(message, button) {
    return this.inbound(this.platform.told.press(message, button));
  }

  choose(message, row) {
    return this.inbound(this.platform.told.choose(message, row));
  }

  react(message, emoji) {
    return this.inbound(this.platform.told.react(message, emoji));
  }

  edit(message, text) {
    return this.inbound(this.platform.told.edit(message, text));
  }

  unsend(message) {
    return this.inbound(this.platform.told.unsend(message));
  }
}
