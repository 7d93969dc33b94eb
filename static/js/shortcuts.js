// data-shortcut="e", "g i", "shift+x" or "mod+enter" on a button, link or field presses it; register() adds keys without an element; "?" lists them.
import { openDialog } from "./dialog.js";

const registered = new Map();
const SEQUENCE = 900;
let pending = "", timer;

/** Add a key (`run` gets the event). Returns a function that takes it away again. */
export function register(keys, words, run, { group = "" } = {}) {
  registered.set(keys, { words, run, group });
  return () => registered.delete(keys);
}

const mac = navigator.platform.startsWith("Mac");

function name(event) {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const parts = [];
  if (mac ? event.metaKey : event.ctrlKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

const isVisible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;

function press(keys, event) {
  const all = [...scope().querySelectorAll(`[data-shortcut="${CSS.escape(keys)}"]`)];
  // Where a button has no room, an item of a closed menu stands for it.
  const element = all.find((each) => isVisible(each) && !each.disabled) ?? all.find((each) => each.matches("[data-menu-open]"));
  if (element) {
    event.preventDefault();
    if (element.matches("input, textarea, select")) element.focus(); else element.click();
    return true;
  }
  const entry = scope() === document && registered.get(keys);
  if (!entry) return false;
  event.preventDefault();
  entry.run(event);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
  const writing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=menu]");
  const keys = name(event);
  if (writing && !keys.startsWith("mod+")) return;
  if (keys === "?") { event.preventDefault(); help(); return; }
  const sequence = pending ? `${pending} ${keys}` : keys;
  clearTimeout(timer);
  pending = "";
  if (press(sequence, event) || (sequence !== keys && press(keys, event))) return;
  pending = keys;
  timer = setTimeout(() => { pending = ""; }, SEQUENCE);
});

/** "mod+enter" as people read it: Ctrl Enter, or ⌘ Enter. */
export function sayKeys(keys) {
  const words = { mod: mac ? "⌘" : "Ctrl", shift: "⇧", alt: mac ? "⌥" : "Alt", enter: "Enter", escape: "Esc", arrowdown: "↓", arrowup: "↑", space: "Space" };
  return keys.split(/[ +]/).map((part) => words[part] ?? part.toUpperCase());
}

/** The words of a button as they are shown: of several in one place only those that are seen, and without its keys. */
function said(element) {
  if (isVisible(element)) return element.innerText.trim();
  const copy = element.cloneNode(true);
  copy.querySelector(".menu-keys")?.remove();
  return copy.textContent.trim();
}

function help() {
  const dialog = document.getElementById("shortcuts-dialog");
  const list = dialog?.querySelector("[data-part=list]");
  if (!list) return;
  const rows = new Map([...registered].map(([keys, { words }]) => [keys, words]));
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    if (!rows.has(element.dataset.shortcut)) rows.set(element.dataset.shortcut, element.dataset.tip || element.getAttribute("aria-label") || said(element));
  }
  list.replaceChildren(...[...rows].map(([keys, words]) => {
    const row = Object.assign(document.createElement("li"), { className: "spread" });
    const caps = Object.assign(document.createElement("span"), { className: "row gap-1" });
    caps.append(...sayKeys(keys).map((text) => Object.assign(document.createElement("kbd"), { className: "kbd", textContent: text })));
    row.append(Object.assign(document.createElement("span"), { textContent: words }), caps);
    return row;
  }));
  openDialog(dialog);
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-shortcuts-help]")) help(); });
