// Where the visitor writes. The text, its files and the message it answers are kept until they are on their way.
import { sayBytes } from "../uploads.js";
import { makeEmoji } from "./emoji.js";
import { el, icon } from "./dom.js";

const TYPING_EVERY = 3_000, TYPING_STOPS = 5_000;

function fileChip(file, t, uploads) {
  const words = file.state === "failed" ? file.error : file.state === "sending" ? t("uploading", { percent: Math.round((file.progress ?? 0) * 100) }) : sayBytes(file.size);
  return el("li", { class: `chip chip-${file.state}` },
    file.picture ? el("img", { src: file.picture, alt: "" }) : el("span", { class: "file-icon" }, icon("file")),
    el("span", { class: "file-words" }, el("span", { class: "file-name" }, file.name), el("small", { role: file.state === "failed" ? "alert" : null }, words),
      file.state === "sending" ? el("progress", { max: "1", value: String(file.progress ?? 0), "aria-label": t("upload_of", { name: file.name }) }) : null),
    file.state === "failed" && !file.isFinal ? el("button", { type: "button", class: "mini", "aria-label": `${t("try_again")}: ${file.name}`, onclick: () => uploads.retry(file.key) }, icon("retry")) : null,
    el("button", { type: "button", class: "mini", "aria-label": t("remove_file", { name: file.name }), onclick: () => uploads.remove(file.key) }, icon("close")));
}

/** @param root the form; @param longest how many characters a message may have; @param actions `submit({text, files})`, `typing(on)`, `person()`; returns `{paint, paintFiles, focus, give, clear, closeEmoji}`. */
export function makeComposer(root, { store, uploads, t, storage, longest, actions }) {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  let typedAt = 0, stopTimer;

  const reply = el("div", { class: "replying", hidden: true });
  const tray = el("ul", { class: "tray", "aria-label": t("files") });
  const text = el("textarea", { class: "write", rows: "1", placeholder: t("write_message"), "aria-label": t("write_message"), enterkeyhint: isTouch ? "enter" : "send", dir: "auto" });
  const picker = el("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true" });
  const attach = el("button", { type: "button", class: "tool", "aria-label": t("attach"), title: t("attach"), onclick: () => picker.click() }, icon("clip"));
  const smile = el("button", { type: "button", class: "tool", "aria-label": t("emoji"), title: t("emoji"), "aria-expanded": "false", "aria-haspopup": "dialog" }, icon("smile"));
  const send = el("button", { type: "submit", class: "send", "aria-label": t("send"), title: t("send") }, icon("send"));
  const person = el("div", { class: "person", hidden: true });
  const closed = el("p", { class: "closed", role: "status", hidden: true }, t("chat_closed"));
  const tooLong = el("p", { class: "too-long", id: "too-long", role: "alert", hidden: true });
  root.setAttribute("aria-label", t("write_message"));
  root.append(reply, tray, el("div", { class: "writing" }, attach, smile, text, picker, send), tooLong, person, closed);

  const emoji = makeEmoji({ button: smile, panel: document.getElementById("emoji"), t, storage, insert: (sign) => {
    text.setRangeText(sign, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    if (!isTouch) text.focus();
  } });

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, innerHeight * 0.3)}px`;
  }

  function ready() {
    const over = [...text.value.trim()].length - longest;
    tooLong.hidden = over <= 0;
    if (over > 0) tooLong.textContent = t("too_long", { n: over });
    text.setAttribute("aria-invalid", String(over > 0));
    send.disabled = uploads.isBusy || over > 0 || !(text.value.trim() || uploads.ready.length);
  }

  function stopTyping() {
    clearTimeout(stopTimer);
    if (typedAt) actions.typing(false);
    typedAt = 0;
  }

  function typed() {
    clearTimeout(stopTimer);
    if (!text.value.trim()) { stopTyping(); return; }
    stopTimer = setTimeout(stopTyping, TYPING_STOPS);
    if (Date.now() - typedAt > TYPING_EVERY) { typedAt = Date.now(); actions.typing(true); }
  }

  text.addEventListener("input", () => { storage.set("draft", text.value); grow(); ready(); typed(); });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || (isTouch && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    root.requestSubmit();
  });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    uploads.add(files);
  });
  picker.addEventListener("change", () => { uploads.add(picker.files); picker.value = ""; text.focus(); });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    ready();
    if (send.disabled) return;
    stopTyping();
    emoji.close();
    actions.submit({ text: text.value.trim(), files: uploads.take() });
    text.value = "";
    storage.drop("draft");
    grow();
    ready();
    text.focus();
  });

  dropOn(document.body, (files) => uploads.add(files));
  text.value = storage.get("draft", "");
  grow();
  ready();

  function paint() {
    const { replyTo, connection, inbox } = store.state;
    reply.hidden = !replyTo;
    if (replyTo) reply.replaceChildren(icon("reply"), el("span", {}, el("b", {}, replyTo.from === "visitor" ? t("you") : replyTo.name || t("them")), " ", replyTo.text || t("attachment")), el("button", { type: "button", class: "mini", "aria-label": t("no_reply"), onclick: () => store.replyTo(null) }, icon("close")));
    closed.hidden = connection !== "closed";
    person.hidden = !inbox?.ai_named;
    const name = typeof inbox?.ai_named === "string" ? inbox.ai_named : t("ai_assistant");
    person.replaceChildren(t("is_an_ai", { name }), " ·", el("button", { type: "button", class: "textlink", onclick: actions.person }, icon("person"), t("talk_to_person")));
  }

  return {
    paint,
    paintFiles() { tray.replaceChildren(...uploads.files.map((file) => fileChip(file, t, uploads))); ready(); },
    focus() { text.focus({ preventScroll: true }); },
    /** Put a text back, before whatever has been typed since. */
    give(words) { text.value = [words, text.value].filter(Boolean).join("\n"); text.dispatchEvent(new Event("input")); text.focus(); },
    clear() { text.value = ""; storage.drop("draft"); ready(); },
    closeEmoji: () => emoji.close(),
    isTouch,
  };
}

/** Take files that are dropped anywhere on the frame, and show that they can be. */
function dropOn(target, take) {
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (on) => target.classList.toggle("is-dropping", on);
  target.addEventListener("dragenter", (event) => { if (hasFiles(event)) { depth += 1; show(true); } });
  target.addEventListener("dragleave", (event) => { if (hasFiles(event) && --depth <= 0) show(false); });
  target.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  target.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    take(event.dataTransfer.files);
  });
}
