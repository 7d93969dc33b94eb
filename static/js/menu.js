// <menu-popover id="x" popover class="menu"> with [role=menuitem] children, opened by <button popovertarget="x">.
const ITEMS = '[role^="menuitem"]:not(:disabled, [aria-disabled="true"])';
const anchored = CSS.supports("position-area", "block-end");

/** Put a popover under its button where the browser cannot do it by CSS. */
export function place(popover, anchor) {
  if (anchored || !anchor) return;
  const from = anchor.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const below = from.bottom + height + 8 < innerHeight || from.top < height + 8;
  const left = popover.dataset.align === "end" ? from.right - width : from.left;
  popover.style.top = `${below ? from.bottom : from.top - height - 8}px`;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
}

class MenuPopover extends HTMLElement {
  connectedCallback() {
    if (!this.hasAttribute("role")) this.setAttribute("role", "menu");
    this.opener?.setAttribute("aria-haspopup", "menu");
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => { if (event.target.closest(ITEMS) && !event.target.closest("[data-stay]")) this.hidePopover(); });
  }

  get opener() { return document.querySelector(`[popovertarget="${CSS.escape(this.id)}"]`); }
  get items() { return [...this.querySelectorAll(ITEMS)].filter((item) => item.offsetParent); }

  toggled(open) {
    this.opener?.setAttribute("aria-expanded", String(open));
    if (!open) return;
    place(this, this.from ?? this.opener);
    const first = this.querySelector("input, [autofocus]") ?? this.querySelector('[aria-checked="true"]') ?? this.items[0];
    for (const item of this.items) item.tabIndex = -1;
    first?.focus({ focusVisible: true });
  }

  key(event) {
    const items = this.items;
    const at = items.indexOf(document.activeElement);
    const typing = document.activeElement?.matches("input");
    const moves = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1 + items.length, ...(typing ? {} : { Home: 0, End: items.length - 1 }) };
    if (event.key in moves && items.length) {
      event.preventDefault();
      items[moves[event.key] % items.length].focus();
    } else if (event.key === "Tab") {
      this.hidePopover();
    } else if (typing && event.key === "Enter" && items.length) {
      event.preventDefault();
      items[0].click();
    } else if (!typing && event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      rest.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase()))?.focus();
      event.stopPropagation();
    }
  }
}

customElements.define("menu-popover", MenuPopover);

// An item with data-menu-open="id" leads on to another menu, in its own one's place: its own button may not be shown.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-menu-open]");
  const menu = item && document.getElementById(item.dataset.menuOpen);
  if (!menu) return;
  menu.from = item.closest("menu-popover").opener;
  menu.showPopover({ source: menu.from });
});

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-menu-filter]");
  if (!field) return;
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const item of field.closest("menu-popover").querySelectorAll('[role^="menuitem"]')) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
});

document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches?.(".popover")) place(event.target, document.querySelector(`[popovertarget="${CSS.escape(event.target.id)}"]`));
}, true);
