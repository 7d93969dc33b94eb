/** One mail in the mail window. */
import { el, icon, said } from "./dom.js";

export function letter(message, phone) {
  const at = new Date(message.at * 1000);
  const head = el("header", {}, el("b", {}, message.is_mine ? "You" : message.from), el("time", { datetime: at.toISOString() }, at.toLocaleTimeString([], { timeStyle: "short" })));
  const item = el("li", { class: `letter ${message.is_mine ? "mine" : "theirs"}`, "data-id": message.id }, head, el("p", { class: "subject" }, said("Subject: "), message.subject || "No subject"), el("p", { class: "text" }, message.text));
  for (const file of message.files) {
    const url = `/_ctl/mail/file?id=${encodeURIComponent(file.id)}`;
    item.append(file.type.startsWith("image/") ? el("img", { src: url, alt: file.name || "Picture" })
      : el("a", { class: "file", href: url, download: file.name || "file" }, icon("file"), file.name || "File"));
  }
  if (message.quote) item.append(el("details", {}, el("summary", {}, "Quoted text"), el("p", { class: "text" }, message.quote)));
  if (!message.is_mine) item.append(el("button", { type: "button", class: "answer", onclick: () => phone.answer(message) }, icon("reply"), "Reply"));
  return item;
}
