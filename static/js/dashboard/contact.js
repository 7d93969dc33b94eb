// The contact's dialog: rows of attributes are added as they are needed.
class AttributeList extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-part=add]").addEventListener("click", () => {
      const rows = [...this.querySelectorAll(".attribute-row")];
      const row = rows.at(-1).cloneNode(true);
      for (const input of row.querySelectorAll("input")) { input.value = ""; input.removeAttribute("placeholder"); }
      rows.at(-1).after(row);
      row.querySelector("input").focus();
    });
  }
}

customElements.define("attribute-list", AttributeList);
