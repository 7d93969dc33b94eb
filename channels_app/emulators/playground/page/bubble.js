/** One message on a phone. */
import { el, icon, said } from "./dom.js";
import { voice } from "./voice.js";

const TICKS = { sent: ["Sent", "one"], accepted: ["Sent", "one"], delivered: ["Delivered", "two"], read: ["Read", "two"], failed: ["Not sent", "close"] };

/** What can be done with a message is asked of `acts`: press, choose, open; `find` gives a message by its id. */
export function bubble(message, phone) {
  const item = el("li", { class: `bubble ${message.is_mine ? "mine" : "theirs"}${message.is_deleted ? " gone" : ""}`, "data-id": message.id, "data-type": message.type });
  const body = el("div", { class: "body" }, said(message.is_mine ? "You: " : `${phone.business}: `), quoted(message, phone), story(message));
  for (const file of message.files ?? (message.file ? [message.file] : [])) body.append(media(file, message, phone));
  if (message.type === "location" && !message.is_deleted) body.append(place(message));
  else if (text(message)) body.append(el("p", { class: "text" }, ...linked(text(message))));
  body.append(foot(message, phone));
  item.append(body);
  const choices = keys(message, phone);
  if (choices) item.append(choices);
  item.append(...reactions(message));
  if (phone.canActOn(message)) item.append(el("button", { type: "button", class: "more", "aria-label": `Act on “${short(message)}”`, "aria-haspopup": "true", onclick: () => phone.open(message) }, icon("more")));
  return item;
}

/** The first words of a message, for the names of buttons and quotes. */
export function short(message) {
  const words = text(message) || { photo: "Photo", image: "Photo", voice: "Voice message", audio: "Voice message" }[message.type] || message.type;
  return words.length > 40 ? `${words.slice(0, 39)}…` : words;
}

function text(message) {
  return message.is_deleted ? "This message was deleted" : message.text;
}

function linked(words) {
  return words.split(/(https?:\/\/[^\s<>"]+)/).map((part, place) => (place % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part));
}

function quoted(message, phone) {
  const replied = message.reply_to && phone.find(message.reply_to);
  return replied ? el("blockquote", {}, el("b", {}, replied.is_mine ? "You" : phone.business), short(replied)) : null;
}

function story(message) {
  if (message.file?.name !== "story.jpg") return null;
  return el("p", { class: "story" }, message.text ? "You replied to their story" : "You mentioned them in your story");
}

function media(file, message, phone) {
  const url = `/_ctl/${phone.platform.line}/file?id=${encodeURIComponent(file.id)}`;
  const kind = file.type.split("/")[0];
  if (kind === "image" && message.type !== "document") return el("img", { src: url, alt: message.type === "sticker" ? "Sticker" : "Photo", class: message.type });
  if (kind === "audio") return voice(url);
  if (kind === "video") return el("video", { src: url, controls: true, preload: "metadata", "aria-label": "Video" });
  return el("a", { class: "file", href: url, download: file.name || "file" }, icon("file"), el("span", {}, file.name || "File"), el("small", {}, size(file.size)));
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

function place(message) {
  return el("div", { class: "place" }, el("span", { class: "map", "aria-hidden": "true" }, icon("location")), el("p", { class: "text" }, said("Location: "), message.text.replace("📍 ", "")));
}

function foot(message, phone) {
  const at = new Date(message.at * 1000);
  const foot = el("p", { class: "foot" }, message.is_edited ? el("span", {}, "edited") : null, el("time", { datetime: at.toISOString() }, at.toLocaleTimeString([], { timeStyle: "short" })));
  const [words, drawing] = TICKS[message.tick] ?? TICKS.sent;
  if (message.is_mine && phone.platform.ticks === "marks") foot.append(el("span", { class: `tick ${message.tick}`, role: "img", "aria-label": words }, icon(drawing)));
  if (message.is_mine && phone.platform.ticks === "words") foot.append(el("span", { class: "tick" }, words === "Read" ? "Seen" : words));
  return foot;
}

function keys(message, phone) {
  const rows = message.list?.rows ?? [];
  const buttons = (message.buttons ?? message.quick_replies ?? []).map((one) =>
    one.url ? el("a", { class: "key", href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.title)
      : el("button", { type: "button", class: "key", onclick: () => phone.press(message, one) }, one.title));
  buttons.push(...rows.map((one) => el("button", { type: "button", class: "key", onclick: () => phone.choose(message, one) }, one.title)));
  return buttons.length ? el("div", { class: "keys", role: "group", "aria-label": message.list?.button ?? "Answers" }, ...buttons) : null;
}

function reactions(message) {
  const given = Object.entries(message.reactions ?? {});
  return given.length ? [el("p", { class: "reactions" }, ...given.map(([who, emoji]) => el("span", {}, said(who === "customer" ? "Your reaction: " : "Their reaction: "), emoji)))] : [];
}
