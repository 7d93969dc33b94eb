// Elements from plain values. Text always becomes a text node: nothing a person wrote is ever read as HTML.

/** `el("button", {class: "x", onclick: fn, "aria-label": "…"}, "text", node)`; null, false and undefined are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** A copy of an icon from the page's icon template. */
export function icon(name) {
  const found = document.getElementById("icons").content.querySelector(`[data-icon="${name}"] svg`);
  return found.cloneNode(true);
}

const known = new WeakMap();

/** Make the children of `parent` match `rows` of `{key, sig, make}`: a row is built again only when its `sig` changes. */
export function reconcile(parent, rows) {
  const before = known.get(parent) ?? new Map();
  const after = new Map();
  let at = parent.firstChild;
  for (const { key, sig, make } of rows) {
    const old = before.get(key);
    const node = old?.sig === sig ? old.node : make();
    if (old && old.node !== node) {
      if (at === old.node) at = node;
      old.node.replaceWith(node);
    }
    if (node === at) at = at.nextSibling; else parent.insertBefore(node, at);
    after.set(key, { sig, node });
    before.delete(key);
  }
  for (const { node } of before.values()) node.remove();
  known.set(parent, after);
}

/** Two letters for a face. */
export function initialsOf(name) {
  const words = String(name ?? "").split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

/** A round face with initials, or the sign of the AI. */
export function face({ name, initials, from }) {
  return el("span", { class: `face${from === "ai" ? " face-ai" : ""}`, "aria-hidden": "true" }, from === "ai" ? icon("sparkles") : initials || initialsOf(name));
}
