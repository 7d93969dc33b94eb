// The emoji panel: loaded on first use, by category, with search in the visitor's language and full use by keyboard.
import { el } from "./dom.js";

const COLUMNS = 8;
const RECENT = 16;
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

/** @param insert called with the chosen sign; returns `{close}`. */
export function makeEmoji({ button, panel, t, storage, insert }) {
  let groups = null;

  function close({ refocus = false } = {}) {
    if (panel.hidden) return false;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (refocus) button.focus();
    return true;
  }

  function choose(sign) {
    storage.set("emoji", [sign, ...storage.get("emoji", []).filter((each) => each !== sign)].slice(0, RECENT));
    insert(sign);
  }

  // No label: a reader says an emoji's name in its own language.
  const cell = (sign) => el("button", { type: "button", class: "emo", tabindex: "-1", onclick: () => choose(sign) }, sign);

  function found(query) {
    const wanted = plain(query.trim());
    const recent = storage.get("emoji", []);
    const byName = new Map(groups.flatMap((group) => group.signs));
    const parts = wanted
      ? [{ name: t("emoji_found"), signs: [...byName].filter(([, words]) => plain(words).includes(wanted)) }]
      : [...(recent.length ? [{ name: t("emoji_recent"), signs: recent.map((sign) => [sign, byName.get(sign) ?? sign]) }] : []), ...groups.map((group) => ({ name: t(`emoji_${group.key}`), signs: group.signs }))];
    return parts;
  }

  function fill(grid, query) {
    const parts = found(query);
    const isEmpty = parts.every((part) => !part.signs.length);
    grid.replaceChildren(...(isEmpty ? [el("p", { class: "emo-none" }, t("emoji_none"))] : parts.map((part) => el("div", { role: "group", "aria-label": part.name }, el("h3", {}, part.name), el("div", { class: "emo-grid" }, part.signs.map(([sign]) => cell(sign)))))));
    const first = grid.querySelector(".emo");
    if (first) first.tabIndex = 0;
  }

  function move(event, grid) {
    const cells = [...grid.querySelectorAll(".emo")];
    const at = cells.indexOf(document.activeElement);
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const next = cells[Math.max(0, Math.min(cells.length - 1, at + steps[event.key]))];
    cells[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  function build() {
    const search = el("input", { type: "search", placeholder: t("emoji_search"), "aria-label": t("emoji_search") });
    const grid = el("div", { class: "emo-list" });
    search.addEventListener("input", () => fill(grid, search.value));
    search.addEventListener("keydown", (event) => {
      const first = grid.querySelector(".emo");
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
      if (event.key === "Enter") { event.preventDefault(); first?.click(); }
    });
    grid.addEventListener("keydown", (event) => move(event, grid));
    panel.replaceChildren(search, grid);
    panel.setAttribute("aria-label", t("emoji"));
    fill(grid, "");
    return search;
  }

  async function open() {
    groups ??= (await import("../emoji-list.js")).GROUPS;
    const search = build();
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    search.focus();
  }

  button.addEventListener("click", () => { if (!close()) open(); });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close({ refocus: true }); } });
  document.addEventListener("pointerdown", (event) => { if (!panel.contains(event.target) && !button.contains(event.target)) close(); });

  return { close };
}
