/** The faults of one phone: a drawer of switches, and what is on told plainly. */
import { el, icon } from "./dom.js";
import { post } from "./api.js";

export class Faults {
  /** `phone` tells whose faults they are and is asked to look again. */
  constructor(phone) {
    this.phone = phone;
    this.known = phone.platform.faults;
    this.on = [];
    this.boxes = new Map();
    const id = `faults-${phone.platform.id}`;
    this.button = el("button", { type: "button", class: "faults-button", "aria-expanded": "false", "aria-controls": id, onclick: () => this.toggle() }, icon("faults"), this.label = el("span", {}, "Faults"));
    this.drawer = el("div", { class: "drawer", id, role: "group", "aria-label": `Faults of ${phone.platform.title}`, hidden: true, onkeydown: (event) => { if (event.key === "Escape") this.toggle(false); } },
      el("div", { class: "drawer-head" }, el("h3", {}, "Faults"), el("button", { type: "button", class: "round", "aria-label": "Close the faults", onclick: () => this.toggle(false) }, icon("close"))),
      el("ul", {}, ...Object.entries(this.known).map(([name, words]) => this.row(name, words))));
    this.notice = el("p", { class: "notice", role: "status", hidden: true });
  }

  row(name, [title, words]) {
    const box = el("input", { type: "checkbox", role: "switch", onchange: () => this.set(name, box.checked) });
    this.boxes.set(name, box);
    return el("li", {}, el("label", {}, el("span", {}, el("b", {}, title), el("small", {}, words)), box));
  }

  toggle(wanted = this.drawer.hidden) {
    this.drawer.hidden = !wanted;
    this.button.setAttribute("aria-expanded", String(wanted));
    if (wanted) this.boxes.values().next().value.focus();
    else this.button.focus();
  }

  async set(name, isOn) {
    const others = this.phone.platform.isMail && name !== "locked" ? this.on.filter((one) => one === "locked") : this.on.filter((one) => one !== name);
    await this.phone.attempt(() => post("faults", { line: this.phone.platform.line, account: this.phone.account, customer: this.phone.person.id, on: isOn ? [...others, name] : others }));
  }

  show(on) {
    if (on.join() === this.on.join()) return;
    this.on = on;
    for (const [name, box] of this.boxes) box.checked = on.includes(name);
    this.label.textContent = on.length ? `Faults: ${on.length}` : "Faults";
    this.button.classList.toggle("on", on.length > 0);
    this.notice.hidden = !on.length;
    this.notice.textContent = on.length ? `On: ${on.map((one) => this.known[one]?.[0] ?? one).join(", ")}` : "";
  }
}
