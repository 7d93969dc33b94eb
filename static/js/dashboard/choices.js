// Answers to choose from: one field more than there are answers, up to what the channel takes.
class ChoiceList extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("ol");
    this.blank = this.list.firstElementChild.cloneNode(true);
    this.addEventListener("input", () => this.fit());
    this.addEventListener("keydown", (event) => this.key(event));
  }

  get titles() { return [...this.list.querySelectorAll("input")].map((one) => one.value.trim()).filter(Boolean); }

  open() { this.hidden = false; this.fit(); this.list.querySelector("input").focus(); }

  clear() { this.list.replaceChildren(this.blank.cloneNode(true)); this.hidden = true; }

  fill(titles) {
    if (!titles.length) return;
    this.list.replaceChildren(...titles.map((title) => { const row = this.blank.cloneNode(true); row.querySelector("input").value = title; return row; }));
    this.hidden = false;
    this.fit();
  }

  /** Keep one empty field at the end; a list's rows may be called longer than buttons. */
  fit() {
    const rows = [...this.list.children];
    const filled = rows.filter((row) => row.querySelector("input").value);
    if (filled.length === rows.length && rows.length < Number(this.dataset.max)) this.list.append(this.blank.cloneNode(true));
    for (const row of rows.slice(0, -1)) if (!row.querySelector("input").value && row !== document.activeElement?.closest("li") && rows.length - filled.length > 1) row.remove();
    const isList = this.titles.length > Number(this.dataset.buttons);
    for (const input of this.list.querySelectorAll("input")) input.maxLength = Number(isList ? this.dataset.rowLabel : this.dataset.label);
  }

  key(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    (event.target.closest("li").nextElementSibling ?? event.target.closest("li")).querySelector("input").focus();
  }
}

customElements.define("choice-list", ChoiceList);
