// "@" in a note opens the colleagues under the caret's line; what stands in the text when it is sent is who is told.
export class Mentions {
  constructor(composer) {
    this.composer = composer;
    this.menu = composer.querySelector("#mention-menu");
    this.menu.addEventListener("mousedown", (event) => { event.preventDefault(); const one = event.target.closest("[data-user]"); if (one) this.choose(one); });
  }

  get options() { return [...this.menu.querySelectorAll("[data-user]")].filter((one) => !one.hidden); }
  get chosen() { return this.menu.querySelector("[aria-selected=true]"); }

  look() {
    const before = this.composer.text.value.slice(0, this.composer.text.selectionStart);
    const typed = this.composer.mode === "note" ? before.match(/(?:^|\s)@([\p{L}\p{N}]*)$/u)?.[1] : undefined;
    if (typed === undefined) { this.close(); return; }
    for (const one of this.menu.querySelectorAll("[data-user]")) one.hidden = !one.dataset.name.toLowerCase().split(" ").some((word) => word.startsWith(typed.toLowerCase()));
    this.menu.hidden = !this.options.length;
    this.select(this.options[0]);
    this.typed = typed;
  }

  select(one) {
    for (const other of this.menu.children) other.setAttribute("aria-selected", String(other === one));
    if (one) { this.composer.text.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
  }

  key(event) {
    if (this.menu.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { const all = this.options; this.select(all[(all.indexOf(this.chosen) + step + all.length) % all.length]); }
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.chosen);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  choose(one) {
    const { text } = this.composer;
    const at = text.selectionStart - this.typed.length;
    text.setRangeText(`${one.dataset.name} `, at, text.selectionStart, "end");
    this.close();
    this.composer.typed();
  }

  close() { this.menu.hidden = true; this.composer.text.removeAttribute("aria-activedescendant"); }

  named(text) { return [...this.menu.querySelectorAll("[data-user]")].filter((one) => text.includes(`@${one.dataset.name}`)).map((one) => one.dataset.user); }
}
