// <article-editor>: writing an article. Everything typed is kept: in the browser at once, on the server a moment later; whoever comes
// second is told. The editor is the package's own bundle; it is imported by its place, so it needs no import map in the page.
import {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, Dropcursor, Editor, Gapcursor, HardBreak, Heading, History, HorizontalRule,
  Italic, Link, ListItem, OrderedList, Paragraph, Placeholder, Strike, Table, TableCell, TableHeader, TableRow, Text, TrailingNode, Underline,
} from "../../django_prose_editor/editor.js";
import { send } from "../http.js";
import { Picture, PictureTools } from "./pictures.js";

const WAIT = 800;
const RETRY = 5000;

const COMMANDS = {
  h2: (chain) => chain.toggleHeading({ level: 2 }),
  h3: (chain) => chain.toggleHeading({ level: 3 }),
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  code: (chain) => chain.toggleCode(),
  bullets: (chain) => chain.toggleBulletList(),
  numbers: (chain) => chain.toggleOrderedList(),
  quote: (chain) => chain.toggleBlockquote(),
  line: (chain) => chain.setHorizontalRule(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
  table: (chain) => chain.insertTable({ rows: 3, cols: 2, withHeaderRow: true }),
  "add-row": (chain) => chain.addRowAfter(),
  "add-column": (chain) => chain.addColumnAfter(),
  "remove-row": (chain) => chain.deleteRow(),
  "remove-column": (chain) => chain.deleteColumn(),
  "remove-table": (chain) => chain.deleteTable(),
};
const ACTIVE = {
  h2: ["heading", { level: 2 }], h3: ["heading", { level: 3 }], bold: ["bold"], italic: ["italic"], code: ["code"], link: ["link"],
  bullets: ["bulletList"], numbers: ["orderedList"], quote: ["blockquote"],
};

class ArticleEditor extends HTMLElement {
  connectedCallback() {
    if (this.editor) return;
    this.title_ = this.querySelector("[name=title]");
    this.source = this.querySelector("[name=body]");
    this.revision = Number(this.dataset.revision);
    this.restore();
    this.wireTools();
    this.pictures = new PictureTools(this);
    this.makeEditor();
    this.wireTitle();
    this.wireConflict();
    this.wireLeaving();
    // What was restored, or typed before this script was there.
    if (this.restored || this.title_.value !== this.title_.defaultValue) this.changed();
  }

  makeEditor() {
    const place = document.createElement("div");
    place.className = "editor-text prose";
    this.source.before(place);
    this.source.hidden = true;
    this.editor = new Editor({
      element: place,
      content: this.source.value,
      injectCSS: false,
      extensions: [
        Document, Text, Paragraph, HardBreak, History, Dropcursor, Gapcursor, TrailingNode, Heading.configure({ levels: [2, 3, 4] }), Bold, Italic,
        Underline, Strike, Code, CodeBlock, Blockquote, BulletList, OrderedList, ListItem, HorizontalRule,
        Link.configure({ openOnClick: false, autolink: true, enableTarget: false, protocols: ["http", "https", "mailto", "tel"] }),
        Picture.configure({ allowBase64: false }), Table.configure({ resizable: false }), TableRow, TableHeader, TableCell, Placeholder.configure({ placeholder: this.source.dataset.placeholder }),
      ],
      editorProps: {
        attributes: {
          id: "article-text", role: "textbox", "aria-multiline": "true", "aria-label": this.source.getAttribute("aria-label"),
          lang: this.source.lang, dir: this.source.dir, spellcheck: "true",
        },
        handleKeyDown: (_view, event) => this.keyPressed(event),
        ...this.pictures.props,
      },
      onUpdate: () => { this.source.value = this.html(); this.changed(); },
      onTransaction: () => this.showActive(),
    });
    this.showActive();
  }

  html() {
    const html = this.editor.getHTML();
    return this.editor.isEmpty ? "" : html;
  }

  value() {
    return { title: this.title_.value, body: this.editor ? this.html() : this.source.value };
  }

  // What was typed.

  wireTitle() {
    const fit = () => { this.title_.style.height = "auto"; this.title_.style.height = `${this.title_.scrollHeight}px`; };
    this.title_.addEventListener("input", () => { fit(); this.changed(); });
    this.title_.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      // At once: the editor's own command waits for the next frame, and what is typed meanwhile would stay in the title.
      this.editor.commands.setTextSelection(0);
      this.editor.view.focus();
    });
    fit();
    if (!this.title_.value) this.title_.focus();
  }

  changed() {
    localStorage.setItem(this.dataset.key, JSON.stringify({ ...this.value(), revision: this.revision }));
    this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.dataset.key) ?? "null");
    if (!kept || (kept.title === this.title_.value && kept.body === this.source.value)) {
      localStorage.removeItem(this.dataset.key);
      return;
    }
    this.title_.value = kept.title;
    this.source.value = kept.body;
    this.revision = kept.revision;
    this.restored = true;
  }

  /** Store what was typed; resolves once the server has it, or has said why not. */
  async save({ isLeaving = false } = {}) {
    clearTimeout(this.timer);
    if (!this.isDirty || this.isStale) return this.saving;
    if (this.saving && !isLeaving) { await this.saving; return this.save(); }
    const value = this.value();
    this.isDirty = false;
    this.say(this.dataset.saving);
    this.saving = this.store(value, isLeaving).finally(() => { this.saving = null; });
    return this.saving;
  }

  async store(value, isLeaving) {
    const body = new URLSearchParams({ ...value, revision: this.revision });
    const answer = await send(this.dataset.url, { body, keepalive: isLeaving }).catch(() => null);
    if (answer?.status === 409) return this.meetConflict(await answer.json());
    if (!answer?.ok) {
      this.isDirty = true;
      this.timer = setTimeout(() => this.save(), RETRY);
      return this.say(answer?.status === 422 ? (await answer.json()).message : this.dataset.unsaved, "bad");
    }
    const told = await answer.json();
    const hadChanges = this.hasChanges;
    this.revision = told.revision;
    this.hasChanges = told.has_changes;
    if (!this.isDirty) localStorage.removeItem(this.dataset.key);
    this.say(this.dataset.saved);
    if (told.has_changes && !hadChanges) this.showPublish();
  }

  /** A published article that was changed can be published again: the page's head says so. */
  async showPublish() {
    const page = await fetch(location.href, { credentials: "same-origin" }).then((answer) => answer.text()).catch(() => "");
    const head = new DOMParser().parseFromString(page, "text/html").getElementById("editor-head");
    if (!head) return;
    document.getElementById("editor-head").replaceWith(head);
    window.htmx?.process(head);
    this.say(this.dataset.saved);
  }

  say(words, tone = "") {
    for (const place of document.querySelectorAll("[data-save-state]")) {
      place.textContent = words;
      place.classList.toggle("bad", tone === "bad");
    }
  }

  // Two at once.

  meetConflict(told) {
    this.isStale = true;
    this.theirs = told.revision;
    const note = this.querySelector(".conflict");
    note.querySelector("[data-words]").textContent = told.message;
    note.hidden = false;
    note.querySelector("button").focus();
    this.say("");
  }

  wireConflict() {
    this.querySelector("[data-take]").addEventListener("click", () => {
      localStorage.removeItem(this.dataset.key);
      this.isDirty = false;
      location.reload();
    });
    this.querySelector("[data-keep]").addEventListener("click", () => {
      this.isStale = false;
      this.revision = this.theirs;
      this.isDirty = true;
      this.querySelector(".conflict").hidden = true;
      this.save();
      this.editor.commands.focus();
    });
  }

  wireLeaving() {
    window.addEventListener("pagehide", () => { if (this.isDirty) this.save({ isLeaving: true }); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
    // What acts on the text waits until the server has it.
    document.addEventListener("htmx:confirm", (event) => {
      if (!event.target.closest("[data-flush]") || !(this.isDirty || this.saving)) return;
      event.preventDefault();
      this.save().then(() => { if (!this.isStale) event.detail.issueRequest(true); });
    });
  }

  // Formatting.

  wireTools() {
    this.tools = this.querySelector(".toolbar");
    this.tools.addEventListener("mousedown", (event) => event.preventDefault());
    this.tools.addEventListener("click", (event) => {
      const command = event.target.closest("[data-command]")?.dataset.command;
      if (command === "link") this.askLink();
      else if (command === "picture") this.pictures.choose.click();
      else if (command) COMMANDS[command](this.editor.chain().focus()).run();
    });
    this.tools.addEventListener("keydown", (event) => this.walk(event));
    this.linkForm = this.querySelector(".link-form");
    this.linkForm.addEventListener("submit", (event) => { event.preventDefault(); this.setLink(); });
    this.linkForm.querySelector("[data-unlink]").addEventListener("click", () => { this.linkForm.hidden = true; this.editor.chain().focus().extendMarkRange("link").unsetLink().run(); });
    this.linkForm.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.linkForm.hidden = true; this.editor.commands.focus(); } });
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") this.editor.commands.focus();
    if (!step) return;
    const stops = [...this.tools.querySelectorAll("button")].filter((one) => one.offsetParent);
    const next = stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length];
    for (const one of stops) one.tabIndex = one === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }

  keyPressed(event) {
    if (event.altKey && event.key === "F10") { this.tools.querySelector("[tabindex='0'], button").focus(); return true; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); this.askLink(); return true; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); this.save(); return true; }
    return false;
  }

  askLink() {
    const input = this.linkForm.querySelector("input");
    input.value = this.editor.getAttributes("link").href ?? "";
    this.linkForm.hidden = false;
    input.focus();
    input.select();
  }

  setLink() {
    const typed = this.linkForm.querySelector("input").value.trim();
    this.linkForm.hidden = true;
    const href = /^(https?:|mailto:|tel:)/i.test(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`;
    const chain = this.editor.chain().focus().extendMarkRange("link");
    if (!typed) chain.unsetLink().run();
    else if (this.editor.state.selection.empty && !this.editor.isActive("link")) chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
    else chain.setLink({ href }).run();
  }

  showActive() {
    if (!this.editor || !this.tools) return;
    for (const [command, what] of Object.entries(ACTIVE)) {
      this.tools.querySelector(`[data-command="${command}"]`)?.setAttribute("aria-pressed", String(this.editor.isActive(...what)));
    }
    this.tools.querySelector(".table-tools").hidden = !this.editor.isActive("table");
    this.pictures.show();
  }
}
customElements.define("article-editor", ArticleEditor);
