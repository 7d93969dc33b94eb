// What can be done from the list without opening: one toolbar lies over the row that is pointed at or focused, or, where rows
// are selected (X, Shift to extend), at the foot of the list for all of them.
import { send } from "../http.js";
import { register } from "../shortcuts.js";
import { toast } from "../toast.js";
import { words } from "./words.js";

export class RowActs {
  constructor(list) {
    this.list = list;
    this.selected = new Set();
    this.bar = document.getElementById("row-acts")?.content.firstElementChild.cloneNode(true);
    if (!this.bar) return; // The role lets one read only.
    this.at = "";
    this.menu = document.getElementById("row-snooze-menu");
    this.bar.addEventListener("click", (event) => this.pressed(event.target.closest("[data-act]")?.dataset.act));
    this.menu.addEventListener("click", ({ target }) => { if (target.dataset.until) this.act("status", { status: "snoozed", until: target.dataset.until }); });
    const { desk } = list;
    desk.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch") this.pointed(event.target); });
    desk.addEventListener("focusin", ({ target }) => { if (target.matches(":focus-visible")) this.pointed(target); });
    desk.addEventListener("mousedown", (event) => { if (event.shiftKey && event.target.closest("#rows [data-open]")) event.preventDefault(); });
    desk.addEventListener("click", (event) => this.clicked(event));
    register("x", words("select"), () => this.select(this.row));
    register("shift+x", words("selectTo"), () => this.extend(this.row));
    register("shift+j", words("selectNext"), () => this.step("nextElementSibling"));
    register("shift+k", words("selectPrevious"), () => this.step("previousElementSibling"));
  }

  get rows() { return [...this.list.rows.querySelectorAll(".conversation-row")]; }
  get chosen() { return this.rows.filter((row) => this.selected.has(row.id)); }

  /** The row that a key means: the one that was pointed at or focused last, else the one that is open. */
  get row() { return document.getElementById(this.at) ?? this.list.rows.querySelector(".conversation-row:has([aria-current=true])"); }

  /** Whether the toolbar is in use by keyboard or by its menu, and so must not run away. */
  get isHeld() { return this.menu.matches(":popover-open") || Boolean(this.bar.querySelector(":focus-visible")); }

  pointed(target) {
    if (this.bar.contains(target) || this.isHeld) return;
    const row = target.closest("#rows .conversation-row");
    if (!row) { this.leave(); return; }
    this.at = row.id;
    if (this.selected.size || row.contains(this.bar)) return;
    this.offer([row]);
    row.append(this.bar);
  }

  /** Take the toolbar off the row it lies over. */
  leave() {
    if (!this.bar || this.isHeld) return;
    this.at = "";
    if (!this.selected.size) this.bar.remove();
  }

  /** Show only what can be done with these rows. */
  offer(rows) {
    const states = new Set(rows.map((row) => row.dataset.status ?? "open"));
    const isDocked = this.selected.size > 0;
    for (const button of this.bar.querySelectorAll("[data-act]")) {
      const { act, key } = button.dataset;
      button.hidden = { select: isDocked, clear: !isDocked, resolved: states.size === 1 && states.has("resolved"), open: !states.has("resolved") && !states.has("snoozed") }[act] ?? false;
      // Over a row the keys still mean what is open; at the foot they mean what is selected.
      if (key && isDocked) { button.dataset.shortcut = key; button.dataset.keys = key === "escape" ? "Esc" : key.toUpperCase(); }
      else if (key) { delete button.dataset.shortcut; delete button.dataset.keys; }
    }
    this.bar.querySelector("[role=status]").textContent = isDocked ? words("selected", this.selected.size) : "";
  }

  select(row) {
    if (!row) return;
    if (this.selected.delete(row.id)) row.removeAttribute("data-selected");
    else this.mark(row);
    this.anchor = this.head = row.id;
    this.dock();
  }

  /** Select from where selecting began to `row`, in place of what an earlier stretch from there had. */
  extend(row) {
    const all = this.rows, at = (id) => all.findIndex((one) => one.id === id);
    if (!row) return;
    if (at(this.anchor) < 0 || !this.selected.size) { this.select(row); return; }
    const between = (one, other) => all.slice(Math.min(one, other), Math.max(one, other) + 1);
    for (const one of between(at(this.anchor), Math.max(at(this.head), 0))) { this.selected.delete(one.id); one.removeAttribute("data-selected"); }
    for (const one of between(at(this.anchor), all.indexOf(row))) this.mark(one);
    this.head = row.id;
    row.scrollIntoView({ block: "nearest" });
    this.dock();
  }

  step(side) {
    const from = this.selected.size ? document.getElementById(this.head) : null;
    this.extend(from ? from[side]?.matches(".conversation-row") && from[side] : this.row);
  }

  mark(row) { this.selected.add(row.id); row.toggleAttribute("data-selected", true); }

  /** At the foot of the list while anything is selected, else nowhere. */
  dock() {
    const hadFocus = this.bar.contains(document.activeElement);
    this.bar.remove();
    if (hadFocus) (document.getElementById(this.head)?.querySelector("[data-open]") ?? this.list.scroller).focus({ preventScroll: true });
    this.bar.toggleAttribute("data-docked", this.selected.size > 0);
    if (!this.selected.size) return;
    this.offer(this.chosen);
    document.getElementById("list-pane").append(this.bar);
  }

  clear() {
    if (!this.selected.size) return;
    for (const row of this.chosen) row.removeAttribute("data-selected");
    this.selected.clear();
    this.dock();
  }

  clicked(event) {
    const link = event.target.closest("#rows [data-open]");
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    this.extend(link.closest(".conversation-row"));
  }

  pressed(act) {
    if (act === "select") this.select(this.bar.closest(".conversation-row"));
    else if (act === "clear") this.clear();
    else if (act === "mine") this.act("assignment", { assignee: this.list.desk.user });
    else if (act === "resolved" || act === "open") this.act("status", { status: act });
  }

  /** Do it to the row, or to all that are selected; the rows themselves follow when the page hears of the change. */
  async act(noun, values) {
    const row = this.bar.closest(".conversation-row"), rows = this.selected.size ? this.chosen : [row].filter(Boolean);
    this.clear();
    for (const one of rows) one.toggleAttribute("data-busy", true);
    const told = [];
    for (const one of rows) told.push(await this.tell(`${this.list.desk.base}conversations/${one.dataset.number}/${noun}/`, values));
    for (const one of rows) one.removeAttribute("data-busy");
    this.say(told.filter((one) => one.tone === "good"));
    const wrong = told.find((one) => one.tone === "bad");
    if (wrong) toast(wrong.message, wrong);
  }

  /** The toast that the server answers with. */
  async tell(url, values) {
    const broken = { tone: "bad", message: document.querySelector("toast-region").dataset.broken };
    try { return JSON.parse((await send(url, { body: new URLSearchParams(values) })).headers.get("HX-Trigger") ?? "{}").toast ?? broken; } catch { return broken; }
  }

  /** One toast for all of them, with one undo where each can be undone. */
  say(done) {
    if (!done.length) return;
    const [{ message, tone, undo_url: undoUrl }] = done;
    if (done.length === 1) { toast(message, { tone, undoUrl }); return; }
    const undo = done.every((one) => one.undo_url) ? async () => { for (const one of done) await this.tell(one.undo_url, {}); } : null;
    toast(`${message} · ${done.length}`, { tone, undo });
  }

  /** A row was rendered anew: what was over the old one, and that it was selected, goes on with the new one. */
  follow(old, row) {
    if (this.selected.has(row.id)) row.toggleAttribute("data-selected", true);
    if (!this.bar || !old?.contains(this.bar)) return;
    this.offer([row]);
    row.append(this.bar);
  }

  /** A row leaves the list. */
  forget(row) { if (this.selected.delete(row.id)) this.dock(); }
}
