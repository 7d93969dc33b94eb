// The suggested reply above the composer: taken, hidden, or said not to fit.
class AiSuggestion extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("click", (event) => this.clicked(event));
    // A menu that is open would be lost with the card; what is new is asked for again when it has closed.
    this.addEventListener("htmx:beforeSwap", (event) => { if (this.openMenu && !this.openMenu.contains(event.detail.requestConfig?.elt)) { event.detail.shouldSwap = false; this.isStale = true; } });
    this.addEventListener("toggle", (event) => { if (event.newState === "closed" && this.isStale) { this.isStale = false; this.dispatchEvent(new Event("ai-changed")); } }, true);
    // The card takes room from the thread: who was reading its end stays there.
    this.addEventListener("htmx:beforeSwap", () => { this.wasAtEnd = this.thread?.scroller && this.thread.isAtEnd; });
    this.addEventListener("htmx:afterSettle", () => { this.look(); if (this.wasAtEnd) this.thread.toEnd(); });
    document.addEventListener("click", this.onPage = (event) => { const button = event.target.closest("[data-insert-text]"); if (button) this.composer?.take(button.dataset.insertText); });
  }

  disconnectedCallback() { document.removeEventListener("click", this.onPage); }

  get card() { return this.querySelector("[data-proposal]"); }
  get id_() { return this.card?.dataset.proposal ?? ""; }
  get text() { return this.querySelector("[data-part=suggestion-text]")?.innerText.trim() ?? ""; }
  get openMenu() { return this.querySelector(":popover-open"); }
  get composer() { return document.getElementById("composer"); }
  get thread() { return this.closest("conversation-desk")?.thread; }

  /** A card that was hidden here stays away, and so does one whose text stands in the composer, kept from before. */
  look() {
    const form = this.composer?.form;
    if (this.card && form && this.composer.text.value.trim() === this.text) { form.elements.proposal.value = this.id_; this.hidden_ = this.id_; }
    if (this.id_ && this.id_ === this.hidden_) this.clearCard();
  }

  clicked(event) {
    const wish = event.target.closest("[data-suggestion]")?.dataset.suggestion;
    if (wish === "insert") this.insert();
    else if (wish === "hide") { this.hide(); this.composer?.text.focus(); }
  }

  insert() {
    this.composer?.take(this.text, this.id_);
    this.hide();
  }

  /** Out of sight until there is another one; it stays open for others. */
  hide() { this.hidden_ = this.id_; this.clearCard(); }

  clearCard() { this.replaceChildren(); }
}

customElements.define("ai-suggestion", AiSuggestion);
