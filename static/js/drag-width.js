// <drag-handle data-variable="--list-width" data-min="260" data-max="520" [data-reverse]> between two panes; the width is remembered here.
const key = (name) => `chatzee:width:${name}`;

class DragHandle extends HTMLElement {
  connectedCallback() {
    this.tabIndex = 0;
    this.setAttribute("role", "separator");
    this.setAttribute("aria-orientation", "vertical");
    this.setAttribute("aria-valuemin", this.min);
    this.setAttribute("aria-valuemax", this.max);
    const kept = Number(localStorage.getItem(key(this.name)));
    if (kept) this.apply(kept); else this.setAttribute("aria-valuenow", this.width);
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("pointerdown", (event) => this.drag(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("dblclick", () => this.reset());
  }

  get name() { return this.dataset.variable; }
  get min() { return Number(this.dataset.min ?? 200); }
  get max() { return Number(this.dataset.max ?? 640); }
  get sign() { return ("reverse" in this.dataset ? -1 : 1) * (getComputedStyle(this).direction === "rtl" ? -1 : 1); }
  get width() { return parseFloat(getComputedStyle(document.documentElement).getPropertyValue(this.name)) || this.min; }

  apply(width) {
    const value = Math.round(Math.max(this.min, Math.min(this.max, width)));
    document.documentElement.style.setProperty(this.name, `${value}px`);
    this.setAttribute("aria-valuenow", value);
    return value;
  }

  keep(value) { localStorage.setItem(key(this.name), value); }

  reset() {
    localStorage.removeItem(key(this.name));
    document.documentElement.style.removeProperty(this.name);
    this.setAttribute("aria-valuenow", this.width);
  }

  drag(event) {
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    this.dataset.dragging = "";
    const start = event.clientX, width = this.width;
    const move = (at) => this.apply(width + (at.clientX - start) * this.sign);
    const stop = () => {
      this.removeEventListener("pointermove", move);
      delete this.dataset.dragging;
      this.keep(this.width);
    };
    this.addEventListener("pointermove", move);
    this.addEventListener("pointerup", stop, { once: true });
    this.addEventListener("pointercancel", stop, { once: true });
  }

  key(event) {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step) this.keep(this.apply(this.width + step * this.sign));
    else if (event.key === "Home") this.keep(this.apply(this.min));
    else if (event.key === "End") this.keep(this.apply(this.max));
    else return;
    event.preventDefault();
  }
}

customElements.define("drag-handle", DragHandle);
