// Articles of the help centre: a few to begin with under the greeting, a search, and one to read without leaving the chat.
import { el, icon } from "./dom.js";

const WAIT = 180;
const TAGS = new Set("p h2 h3 h4 strong em u s code pre ul ol li blockquote hr br sub sup table thead tbody tr th td a".split(" "));

/** Nodes of an article: only text elements and links are built anew, whatever the text holds. */
function built(source) {
  return [...source.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    const tag = node.nodeName.toLowerCase();
    if (tag === "img") return picture(node);
    if (!TAGS.has(tag)) return node.nodeType === Node.ELEMENT_NODE ? node.textContent : "";
    const href = tag === "a" && /^(https?:|mailto:|tel:)/i.test(node.getAttribute("href") ?? "") ? node.getAttribute("href") : null;
    const made = el(tag, href ? { href, target: "_blank", rel: "noopener noreferrer" } : {}, built(node));
    return tag === "table" ? el("div", { class: "answer-table", tabindex: "0" }, made) : made;
  });
}

/** A picture of the help centre; nobody else's. */
function picture(node) {
  const src = node.getAttribute("src") ?? "";
  if (!/^\/help\/[\w-]+\/pictures\/[0-9a-f-]{36}\.webp$/.test(src)) return "";
  const [width, height] = ["width", "height"].map((name) => node.getAttribute(name));
  return el("img", { src, alt: node.getAttribute("alt") ?? "", loading: "lazy", ...(width && height ? { width, height } : {}) });
}

/** @param root the panel's place, over the conversation; @param config key and language; @param changed called when suggestions are there. */
export function makeAnswers(root, { config, t, changed, closed }) {
  const base = `/widget/${encodeURIComponent(config.key)}/articles/`;
  let suggested = [], asked = false, timer, run = 0, opener = null;

  async function get(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  const row = (one) => el("li", {}, el("button", { type: "button", class: "answer-row", onclick: () => read(one.number) },
    icon("file"), el("span", {}, el("b", {}, one.title), one.text ? el("small", {}, one.text) : null)));

  function show(...nodes) {
    opener ??= document.activeElement;
    root.hidden = false;
    root.replaceChildren(...nodes);
    root.scrollTop = 0;
  }

  function head(back, middle) {
    return el("div", { class: "answers-head" },
      el("button", { type: "button", class: "mini", "aria-label": t("answers_back"), title: t("answers_back"), onclick: back }, icon("back")), middle);
  }

  function close() {
    if (root.hidden) return;
    root.hidden = true;
    root.replaceChildren();
    if (opener?.isConnected) opener.focus(); else closed();
    opener = null;
  }

  function list(words, found) {
    const place = root.querySelector(".answers-list");
    const note = root.querySelector(".answers-note");
    note.textContent = words ? (found.length ? t("answers_found", { n: found.length }) : t("answers_none", { q: words })) : t("answers_common");
    place.replaceChildren(...found.map(row));
  }

  async function search(words) {
    const mine = ++run;
    try {
      const { articles } = words ? await get(`${base}?lang=${config.lang}&q=${encodeURIComponent(words)}`) : { articles: suggested };
      if (mine === run && root.querySelector(".answers-list")) list(words, articles);
    } catch {
      if (mine === run && root.querySelector(".answers-note")) root.querySelector(".answers-note").textContent = t("answers_failed");
    }
  }

  function open(words = "") {
    const input = el("input", { type: "search", class: "answers-input", placeholder: t("answers"), "aria-label": t("answers"), maxlength: "200", autocomplete: "off", value: words,
      oninput: () => { clearTimeout(timer); timer = setTimeout(() => search(input.value.trim()), WAIT); } });
    show(head(close, input), el("p", { class: "answers-note", role: "status" }), el("ul", { class: "answers-list" }));
    search(words);
    input.focus();
  }

  async function read(number) {
    const words = root.querySelector("input")?.value ?? "";
    const back = () => open(words);
    try {
      const one = await get(`${base}${number}/`);
      const text = built(new DOMParser().parseFromString(one.html, "text/html").body);
      const title = el("h2", { tabindex: "-1", lang: one.language }, one.title);
      show(head(back, el("a", { class: "textlink answer-link", href: one.url, target: "_blank", rel: "noopener" }, t("answers_open"))),
        el("article", { class: "answer", lang: one.language, dir: "auto" }, title, ...text.flat(Infinity)));
      title.focus({ preventScroll: true });
    } catch { if (root.hidden) open(words); root.querySelector(".answers-note")?.replaceChildren(t("answers_failed")); }
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); close(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...root.querySelectorAll(".answers-input, .answer-row")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });

  return {
    /** Ask once, when the chat is first opened; no row and no request where nobody looks. */
    wake() {
      if (asked) return;
      asked = true;
      get(`${base}?lang=${config.lang}`).then(({ articles }) => { suggested = articles; if (articles.length) changed(); }).catch(() => { asked = false; });
    },
    get isThere() { return suggested.length > 0; },
    get sign() { return suggested.map((one) => one.number).join(); },
    open: () => open(),
    close,
    /** Under the greeting: the way to the search, and the first few. */
    node: () => el("section", { class: "answers-start" },
      el("button", { type: "button", class: "answers-open", onclick: () => open() }, t("answers"), icon("search")),
      el("ul", { class: "answers-list" }, suggested.map(row))),
  };
}
