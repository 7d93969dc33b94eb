/** The customer's side: asks for the state twice a second and shows the chosen chat. */
const at = (id) => document.getElementById(id);
let state = { bots: [] };
let bot = "";
let chat = 0;
let shown = "";

async function act(wanted) {
  const response = await fetch("/_ctl/telegram/inbound", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ bot, from: chat || undefined, ...wanted }),
  });
  const found = await response.json();
  if (!response.ok) throw new Error(found.description);
  await refresh();
  return found;
}

async function refresh() {
  state = await (await fetch("state")).json();
  const text = JSON.stringify([state.bots, bot, chat]);
  if (text === shown) return;
  shown = text;
  showBots();
  showChats();
  showMessages();
}

function chosen() {
  return state.bots.find((one) => one.username === bot);
}

function showBots() {
  if (!chosen() && state.bots.length) bot = state.bots[0].username;
  at("bot").replaceChildren(...state.bots.map((one) => new Option(`${one.name} (@${one.username})`, one.username, false, one.username === bot)));
  const found = chosen();
  at("link").textContent = !found ? "No bot yet: make one by POST /_ctl/telegram/bots."
    : !found.is_connected ? "Not connected to an inbox yet."
      : found.last_error && found.waiting ? `${found.waiting} waiting: ${found.last_error}` : "Connected.";
}

function showChats() {
  const chats = chosen()?.chats ?? [];
  if (!chats.some((one) => one.id === chat)) chat = chats.at(-1)?.id ?? 0;
  at("chats").replaceChildren(...chats.map((one) => {
    const button = make("button", one.state === "open" ? one.name : `${one.name} (${one.state})`);
    button.type = "button";
    if (one.id === chat) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => { chat = one.id; refresh(); });
    const item = make("li");
    item.append(button);
    return item;
  }));
}

function showMessages() {
  const found = (chosen()?.chats ?? []).find((one) => one.id === chat);
  at("title").textContent = found ? found.name : "No chat yet";
  at("typing").hidden = !found?.is_typing;
  at("block").textContent = found?.state === "blocked" ? "Unblock the bot" : "Block the bot";
  const list = at("messages");
  list.replaceChildren(...(found?.messages ?? []).map(bubble));
  list.scrollTop = list.scrollHeight;
}

function bubble(message) {
  const item = make("li");
  if (message.is_bot) item.className = "bot";
  if (message.file) item.append(media(message.file));
  const text = message.text ?? message.caption;
  if (text) item.append(make("div", text));
  if (message.edit_date) item.append(make("small", "edited"));
  const keys = message.reply_markup?.inline_keyboard?.flat() ?? [];
  if (keys.length) item.append(keyboard(message, keys));
  if (message.bot_reaction) item.append(make("small", ` ${message.bot_reaction}`));
  if (message.is_bot && !keys.length) item.append(reaction(message));
  return item;
}

function media(file) {
  const url = `file?id=${encodeURIComponent(file.id)}`;
  if (["photo", "sticker"].includes(file.kind)) return Object.assign(make("img"), { src: url, alt: file.kind });
  if (["voice", "audio"].includes(file.kind)) return Object.assign(make("audio"), { src: url, controls: true });
  if (["video", "video_note", "animation"].includes(file.kind)) return Object.assign(make("video"), { src: url, controls: true });
  return Object.assign(make("a", file.name || file.kind), { href: url, download: file.name });
}

function keyboard(message, keys) {
  const rows = make("div");
  rows.className = "keys";
  rows.append(...keys.map((key) => {
    const button = make("button", key.text);
    button.type = "button";
    button.addEventListener("click", () => (key.url ? window.open(key.url, "_blank", "noopener") : act({ kind: "press", message_id: message.message_id, data: key.callback_data })));
    return button;
  }));
  return rows;
}

function reaction(message) {
  const has = message.reaction?.length;
  const button = make("button", has ? message.reaction.map((one) => one.emoji).join("") : "👍");
  button.type = "button";
  button.className = "react";
  button.setAttribute("aria-label", has ? "Take the reaction back" : "React with a thumb up");
  button.setAttribute("aria-pressed", has ? "true" : "false");
  button.addEventListener("click", () => act({ kind: "react", message_id: message.message_id, emoji: has ? [] : ["👍"] }));
  return button;
}

function make(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",")[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

at("bot").addEventListener("change", (event) => { bot = event.target.value; chat = 0; refresh(); });
at("new").addEventListener("submit", async (event) => {
  event.preventDefault();
  const started = await act({ kind: "start", from: { first_name: at("name").value, language_code: navigator.language.slice(0, 2) } });
  chat = started.chat_id;
  at("name").value = "";
  at("text").focus();
  refresh();
});
at("compose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text || !chat) return;
  at("text").value = "";
  await act({ kind: "text", text });
});
at("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("compose").requestSubmit();
});
at("attach").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", async () => {
  const [file] = at("file").files;
  if (!file || !chat) return;
  const kind = file.type.startsWith("image/") ? "photo" : file.type.startsWith("video/") ? "video" : file.type.startsWith("audio/") ? "audio" : "document";
  await act({ kind, caption: at("text").value.trim(), file: { name: file.name, type: file.type, base64: await base64(file) } });
  at("text").value = at("file").value = "";
});
for (const button of document.querySelectorAll("[data-kind]")) button.addEventListener("click", () => chat && act({ kind: button.dataset.kind }));
at("block").addEventListener("click", () => {
  const found = (chosen()?.chats ?? []).find((one) => one.id === chat);
  if (found) act({ kind: found.state === "blocked" ? "unblock" : "block" });
});
refresh();
setInterval(refresh, 500);
