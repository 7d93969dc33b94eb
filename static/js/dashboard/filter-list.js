// <filter-list>: a field that hides the rows of a list whose text lacks its words; what is ticked stays in sight.
class FilterList extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const field = this.querySelector("[data-filter]");
    field.addEventListener("input", () => this.narrow(field.value));
    // Enter in the filter would send the form that it stands in.
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  narrow(text) {
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of this.querySelectorAll("[data-row]")) {
      const held = row.textContent.toLocaleLowerCase();
      row.hidden = !row.querySelector(":checked") && !words.every((word) => held.includes(word));
      if (!row.hidden) shown += 1;
    }
    this.querySelector("[data-none]").hidden = shown > 0;
  }
}
customElements.define("filter-list", FilterList);
