// One message: quote, text, files, reactions, and what became of it.
import { sayBytes } from "../uploads.js";
import { el, face, icon } from "./dom.js";
import { isEmojiOnly, rich } from "./text.js";
import { clock, exact } from "./times.js";

/** Links that the server made; anything that is not a web address or a path of ours is not followed. */
function safeUrl(url) {
  try {
    const full = new URL(url, location.href);
    return ["http:", "https:", "blob:"].includes(full.protocol) ? full.href : null;
  } catch { return null; }
}

function pictureOf(file, t, local) {
  const source = local ?? safeUrl(file.preview_url || file.url);
  const image = el("img", { src: source, alt: file.name, loading: "lazy", width: String(file.width ?? ""), height: String(file.height ?? "") });
  const target = safeUrl(file.url) ?? local;
  return target ? el("a", { class: "picture", href: target, target: "_blank", rel: "noopener noreferrer", "aria-label": t("open_picture", { name: file.name }) }, image) : el("span", { class: "picture" }, image);
}

function cardOf(file, t) {
  const parts = [el("span", { class: "file-icon" }, icon("file")), el("span", { class: "file-words" }, el("span", { class: "file-name" }, file.name), el("small", {}, sayBytes(file.size)))];
  const url = file.url && safeUrl(file.url);
  return url ? el("a", { class: "file", href: url, target: "_blank", rel: "noopener noreferrer", download: file.name, "aria-label": `${t("download")} ${file.name}` }, parts) : el("span", { class: "file" }, parts);
}

/** The files of a message; `picture(id)` gives a local picture of one that was just sent. */
export function filesOf(files, t, picture) {
  const images = files.filter((file) => file.is_image && (file.url || picture(file.id)));
  const others = files.filter((file) => !images.includes(file));
  return [
    images.length ? el("div", { class: `pictures pictures-${Math.min(images.length, 4)}` }, images.map((file) => pictureOf(file, t, picture(file.id)))) : null,
    ...others.map((file) => cardOf(file, t)),
  ];
}

function quoteOf(quoted, t, { jump, nameOf }) {
  if (!quoted) return null;
  const who = quoted.from === "visitor" ? t("you") : nameOf(quoted.id) || t("them");
  return el("button", { type: "button", class: "quote", onclick: () => jump(quoted.id), "aria-label": t("jump_to_quoted", { name: who }) }, el("b", {}, who), el("span", {}, quoted.text || t("attachment")));
}

function reactionsOf(reactions) {
  if (!reactions?.length) return null;
  const counts = new Map();
  for (const { emoji } of reactions) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  return el("div", { class: "reactions" }, [...counts].map(([emoji, count]) => el("span", { class: "reaction" }, emoji, count > 1 ? el("small", {}, String(count)) : null)));
}

function statusOf(message, isSeen, t) {
  if (message.status === "failed") return el("p", { class: "status status-bad" }, icon("alert"), t("not_delivered"));
  const isRead = isSeen || message.status === "read";
  return el("p", { class: "status" }, icon(isRead ? "check-check" : "check"), t(isRead ? "seen" : message.status === "delivered" ? "delivered" : "sent"));
}

/** Where an AI's answer comes from. */
function sourcesOf(sources, t) {
  const links = (sources ?? []).map(({ title, url }) => [title, safeUrl(url)]).filter(([, url]) => url);
  if (!links.length) return null;
  return el("p", { class: "sources" }, el("span", {}, t("source")), links.map(([title, href]) => el("a", { href, target: "_blank", rel: "noopener noreferrer" }, icon("file"), title)));
}

/**
 * A stored message. `place` says where it stands: `{isFirst, isLast, isLatestOwn, isSeen}` in its group.
 * `actions` are `{reply(message), jump(id), nameOf(id), picture(id)}`.
 */
export function messageNode(message, place, t, actions) {
  const at = new Date(message.at);
  if (message.from === "system") return el("div", { class: "row row-system", "data-id": message.id }, el("p", { class: "system", title: exact(at) }, message.text));
  const isOwn = message.from === "visitor";
  const isLarge = !message.deleted && !message.attachments.length && !message.reply_to && isEmojiOnly(message.text);
  const name = isOwn ? t("you") : message.name || t("them");
  const body = message.deleted
    ? [el("p", { class: "gone" }, t("deleted"))]
    : [quoteOf(message.reply_to, t, actions), ...filesOf(message.attachments, t, actions.picture), message.text ? el("p", { class: "words", dir: "auto" }, rich(message.text)) : null, sourcesOf(message.sources, t)];
  const bubble = el("div", { class: `bubble${isLarge ? " bubble-large" : ""}`, title: exact(at) }, body);
  const reply = message.deleted ? null : el("button", { type: "button", class: "mini", "aria-label": t("reply_to", { name }), title: t("reply"), onclick: () => actions.reply(message) }, icon("reply"));
  return el("article", { class: `row ${isOwn ? "row-own" : "row-theirs"}${place.isFirst ? " is-first" : ""}${place.isLast ? " is-last" : ""}`, "data-id": message.id, "aria-label": `${name}, ${clock(at)}` },
    isOwn ? null : place.isLast ? face(message) : el("span", { class: "face-gap" }),
    el("div", { class: "stackup" },
      place.isFirst && !isOwn ? el("p", { class: "who" }, name, message.from === "ai" ? el("span", { class: "ai" }, t("ai")) : null) : null,
      el("div", { class: "line" }, bubble, reply),
      message.deleted ? null : reactionsOf(message.reactions),
      place.isLast || message.edited ? el("p", { class: "when" }, clock(at), message.edited && !message.deleted ? ` · ${t("edited")}` : null) : null,
      isOwn && (place.isLatestOwn || message.status === "failed") ? statusOf(message, place.isSeen, t) : null));
}

/** A message that is still here only: waiting, on its way, refused, or stored and not yet come back. */
export function pendingNode(item, kind, t, actions) {
  const words = { waiting: t("sending"), offline: t("send_later"), sent: t("sent"), held: t("waiting_details") };
  const status = kind === "failed"
    ? el("div", { class: "status status-bad", role: "alert" }, icon("alert"), el("span", {}, item.message || t("refused")),
      el("button", { type: "button", class: "textlink", onclick: () => actions.retry(item.id) }, t("try_again")),
      el("button", { type: "button", class: "textlink", onclick: () => actions.takeBack(item.id) }, t("take_back")))
    : el("p", { class: "status" }, icon(kind === "sent" ? "check" : "clock"), words[kind]);
  return el("article", { class: `row row-own row-pending is-first is-last pending-${kind}`, "aria-label": `${t("you")}, ${words[kind] ?? t("refused")}` },
    el("div", { class: "stackup" },
      el("div", { class: "line" }, el("div", { class: "bubble" }, quoteOf(item.quoted, t, actions), ...filesOf(item.files ?? [], t, actions.picture), item.text ? el("p", { class: "words", dir: "auto" }, rich(item.text)) : null)),
      status));
}
