// <article-picks>: choosing articles in their list. X chooses the row with the focus, Shift goes on to it from the last one, arrows walk, Escape lets go.
class ArticlePicks extends HTMLElement {
  connectedCallback() {
    this.bar = this.querySelector(".picks-bar");
    this.all = this.bar.querySelector("[data-all]");
    this.said = this.bar.querySelector("[data-one]");
    this.addEventListener("change", (event) => { if (event.target === this.all) this.choose(this.boxes, this.all.checked); this.show(); });
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.show();
  }

  get boxes() { return [...this.querySelectorAll("[name=article]")]; }
  get links() { return [...this.querySelectorAll(".article-row")]; }

  choose(boxes, isChosen) { for (const box of boxes) box.checked = isChosen; }

  clicked(event) {
    if (event.target.closest("[data-none]")) { this.letGo(); return; }
    const box = event.target.closest("[name=article]");
    if (!box) return;
    if (event.shiftKey) this.extend(box, box.checked);
    this.last = box;
    this.show();
  }

  /** Everything from the last one chosen to this one. */
  extend(box, isChosen) {
    const { boxes } = this, from = boxes.indexOf(this.last);
    if (from < 0) return;
    const to = boxes.indexOf(box);
    this.choose(boxes.slice(Math.min(from, to), Math.max(from, to) + 1), isChosen);
  }

  pressed(event) {
    if (event.target.closest(".picks-bar") && event.key !== "Escape") return;
    if (event.key === "Escape" && !this.bar.hidden && !this.querySelector(":popover-open")) { event.preventDefault(); this.letGo(); return; }
    const row = event.target.closest("li");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "x") {
      const box = row.querySelector("[name=article]");
      event.preventDefault();
      box.checked = event.shiftKey || !box.checked;
      if (event.shiftKey) this.extend(box, true);
      this.last = box;
      this.show();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.links.indexOf(row.querySelector(".article-row"));
    this.links[Math.max(0, Math.min(this.links.length - 1, at + step))].focus();
  }

  letGo() {
    const first = this.boxes.find((box) => box.checked);
    this.choose(this.boxes, false);
    this.show();
    if (!this.contains(document.activeElement) || this.bar.contains(document.activeElement)) first?.closest("li").querySelector(".article-row").focus();
  }

  show() {
    const { boxes } = this, count = boxes.filter((box) => box.checked).length;
    this.bar.hidden = !count;
    this.toggleAttribute("data-picking", count > 0);
    this.all.checked = count === boxes.length;
    this.all.indeterminate = count > 0 && count < boxes.length;
    if (count) this.said.textContent = count === 1 ? this.said.dataset.one : this.said.dataset.many.replace("%n", count);
    for (const box of boxes) box.closest("li").toggleAttribute("data-picked", box.checked);
  }
}
customElements.define("article-picks", ArticlePicks);
