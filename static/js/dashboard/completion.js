// A list above the text that completes what stands before the caret: arrows choose, Enter and Tab take, Escape closes.
export class Completion {
  constructor(composer, menu) {
    this.composer = composer;
    this.menu = menu;
    menu.addEventListener("mousedown", (event) => { event.preventDefault(); const one = event.target.closest("[role=option]"); if (one) this.choose(one); });
  }

  get options() { return [...this.menu.children].filter((one) => !one.hidden); }
  get chosen() { return this.menu.querySelector("[aria-selected=true]"); }

  /** What stands before the caret, to look for the sign in. */
  get before() { return this.composer.text.value.slice(0, this.composer.text.selectionStart); }

  /** Offer what fits the `typed` letters, as `fits` says of an option; undefined closes. */
  offer(typed, fits) {
    if (typed === undefined) { this.close(); return; }
    for (const one of this.menu.children) one.hidden = !fits(one);
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
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") this.choose(this.chosen);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  /** Put `text` in place of the last `length` letters before the caret. */
  put(text, length) {
    const field = this.composer.text;
    field.setRangeText(text, field.selectionStart - length, field.selectionStart, "end");
    this.close();
    this.composer.typed();
  }

  close() { this.menu.hidden = true; this.composer.text.removeAttribute("aria-activedescendant"); }
}
