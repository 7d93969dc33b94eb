// The list of conversations: rows come, change, move and go as events say, and nothing jumps under the reader.
import { RowActs } from "./row-acts.js";
import { words } from "./words.js";

const COUNTS_AFTER = 700;

export class List {
  constructor(desk) { this.desk = desk; this.fresh = 0; this.acts = new RowActs(this); document.addEventListener("click", (event) => { if (event.target.closest("[data-new-rows]")) this.toTop(); }); }

  get rows() { return document.getElementById("rows"); }
  get scroller() { return document.getElementById("rows-scroll"); }
  row(id) { return document.getElementById(`row-${id}`); }

  async load(query) {
    this.acts.clear();
    await window.htmx.ajax("GET", `${this.desk.base}list/${query ? `?${query}` : ""}`, { target: "#list-pane", swap: "innerHTML" });
    this.fresh = 0;
    for (const link of document.querySelectorAll(".pane-places [data-list-link]")) link.toggleAttribute("aria-current", false);
    const same = [...document.querySelectorAll(".pane-places [data-list-link]")].find((link) => this.place(new URL(link.href).search) === this.place(query));
    same?.setAttribute("aria-current", "page");
  }

  /** Which of the places a query belongs to: its inbox, team or label whatever the status, else its status; never its tab and sort. */
  place(query) {
    const asked = new URLSearchParams(query);
    return JSON.stringify([asked.get("inbox") || asked.get("team") || asked.get("label") ? "" : asked.get("status") || "open", asked.get("inbox"), asked.get("team"), asked.get("label"), asked.get("mentioned")]);
  }

  mark(number) {
    for (const link of document.querySelectorAll("#rows [data-open]")) {
      if (link.dataset.open === String(number)) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  }

  focusOpen() { document.querySelector("#rows [aria-current=true]")?.focus({ preventScroll: true }); }

  step(by) {
    const links = [...document.querySelectorAll("#rows [data-open]")];
    const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const next = links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))];
    if (!next) return;
    this.acts.leave();
    next.scrollIntoView({ block: "nearest" });
    this.desk.open(next.dataset.open);
  }

  /** Whether a conversation belongs into the list as it is filtered now. */
  belongs(facts) {
    const asked = this.desk.query;
    const status = asked.get("status") || "open";
    if (status !== "any" && facts.status !== status) return false;
    if (asked.get("tab") === "mine" && facts.assignee !== this.desk.user) return false;
    if (asked.get("tab") === "unassigned" && facts.assignee) return false;
    for (const name of ["inbox", "team"]) if (asked.get(name) && facts[name] !== asked.get(name)) return false;
    if (asked.get("mentioned") && !this.row(facts.id)) return false;
    if (asked.get("label") && !facts.labels.includes(asked.get("label"))) return false;
    return !(asked.get("sort") === "waiting" && !facts.waiting);
  }

  changed({ facts, row: html, kind }, isOpen) {
    this.countSoon();
    const old = this.row(facts.id);
    const isUnread = this.unread(old, facts, kind, isOpen);
    const isCurrent = isOpen || Boolean(old?.querySelector("[aria-current=true]"));
    const belongs = this.belongs(facts) && (old || isUnread || !this.desk.query.get("unread"));
    // The row of what is open stays in sight, as it is now, until the list is read anew.
    if (!belongs && !(old && isCurrent)) { this.remove(old); return; }
    const row = this.made(html);
    this.setUnread(row, isUnread);
    if (isCurrent) row.querySelector("[data-open]").setAttribute("aria-current", "true");
    const hadFocus = old?.contains(document.activeElement);
    this.acts.follow(old, row);
    this.put(row, old, kind);
    if (hadFocus) row.querySelector("[data-open]").focus({ preventScroll: true });
  }

  unread(old, facts, kind, isOpen) {
    if (isOpen && !document.hidden) return false;
    if (kind === "inbound") return true;
    return old ? "unread" in old.dataset && Number(old.dataset.inbound) <= facts.inbound : false;
  }

  setUnread(row, isUnread) {
    row.toggleAttribute("data-unread", isUnread);
    row.querySelector("[data-open]").toggleAttribute("data-unread", isUnread);
  }

  made(html) {
    const box = document.createElement("ul");
    box.innerHTML = html;
    window.htmx.process(box);
    return box.firstElementChild;
  }

  /** A new message moves its row to the newest end; any other change leaves it where it stands. */
  put(row, old, kind) {
    const moves = ["inbound", "outbound", "note"].includes(kind) || !old;
    const sort = this.desk.query.get("sort") || "newest";
    if (!moves) { old.replaceWith(row); return; }
    if (sort === "newest") {
      const offset = this.scroller.scrollTop;
      old?.remove();
      this.rows.prepend(row);
      if (offset > 40 && !old) this.say(this.fresh + 1);
    } else if (old) old.replaceWith(row);
    else if (!this.rows.querySelector(".more-rows")) this.rows.append(row);
    document.querySelector("[data-list-empty]")?.remove();
  }

  /** A row that goes while the keyboard is in it leaves the focus to its neighbour. */
  remove(old) {
    if (!old) return;
    const next = old.contains(document.activeElement) && (old.nextElementSibling ?? old.previousElementSibling)?.querySelector("[data-open]");
    this.acts.forget(old);
    old.remove();
    next?.focus?.({ preventScroll: true });
  }

  read({ conversation, seq }) {
    const row = this.row(conversation);
    if (row) this.setUnread(row, Number(row.dataset.inbound) > seq);
    this.countSoon();
  }

  say(count) {
    this.fresh = count;
    const button = document.querySelector("[data-new-rows]");
    if (!button) return;
    button.hidden = !count;
    button.textContent = count === 1 ? words("newOne") : words("newMany", count);
  }

  toTop() { this.scroller.scrollTo({ top: 0 }); this.say(0); }

  countSoon() {
    clearTimeout(this.countTimer);
    this.countTimer = setTimeout(() => window.htmx.ajax("GET", `${this.desk.base}tabs/${this.desk.dataset.query ? `?${this.desk.dataset.query}` : ""}`, { target: "#tabs", swap: "innerHTML" }), COUNTS_AFTER);
  }
}
