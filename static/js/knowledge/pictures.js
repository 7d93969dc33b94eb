// Pictures in the editor: chosen, pasted or dropped; each is asked for what it shows. The server makes them anew and names them.
import { Image } from "../../django_prose_editor/editor.js";
import { send } from "../http.js";
import { toast } from "../toast.js";

/** Size is kept with a picture, so that the text does not jump when it comes. */
export const Picture = Image.extend({
  addAttributes() {
    const own = this.parent?.() ?? {};
    return { src: { default: null }, alt: { default: "" }, ...own, width: { default: null }, height: { default: null } };
  },
  renderHTML({ HTMLAttributes: { src, alt, width, height } }) {
    return ["img", { src, alt: alt ?? "", width, height }];
  },
});

const images = (list) => [...(list ?? [])].filter((file) => file.type.startsWith("image/"));

export class PictureTools {
  /** @param host the <article-editor>; its `editor` is made later. */
  constructor(host) {
    this.host = host;
    this.form = host.querySelector(".picture-form");
    this.alt = this.form.querySelector("input");
    this.choose = host.querySelector("[data-picture-file]");
    this.choose.addEventListener("change", () => { this.add(images(this.choose.files)); this.choose.value = ""; });
    this.alt.addEventListener("input", () => this.describe());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.leave(); });
    this.form.querySelector("[data-remove]").addEventListener("click", () => { this.form.hidden = true; this.editor.chain().focus().deleteSelection().run(); });
    this.form.addEventListener("keydown", (event) => { if (event.key === "Escape") this.leave(); });
  }

  get editor() { return this.host.editor; }

  get props() {
    return {
      handlePaste: (_view, event) => this.take(images(event.clipboardData?.files), event),
      handleDrop: (view, event, _slice, isMoved) => !isMoved && this.take(images(event.dataTransfer?.files), event, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
    };
  }

  take(files, event, place) {
    if (!files.length) return false;
    event.preventDefault();
    this.add(files, place);
    return true;
  }

  /** Take files in, one after the other, where the caret (or `place`) is. */
  async add(files, place = this.editor.state.selection.to) {
    const words = this.form.dataset;
    for (const file of files) {
      if (file.size > Number(words.most)) { toast(words.large, { tone: "bad" }); continue; }
      // What is typed meanwhile moves the place along.
      const mark = this.mark(place);
      this.host.say(words.uploading);
      const body = new FormData();
      body.append("file", file);
      const answer = await send(words.url, { body }).catch(() => null);
      place = mark.release();
      this.host.say("");
      if (!answer?.ok) {
        const told = await answer?.json().catch(() => null);
        toast(told?.message ?? words.failed, { tone: "bad" });
        continue;
      }
      const { src, width, height } = await answer.json();
      place = Math.min(place, this.editor.state.doc.content.size);
      this.editor.chain().insertContentAt(place, { type: "image", attrs: { src, width, height, alt: "" } }).run();
      this.select(src);
      place = this.editor.state.selection.to;
    }
  }

  mark(place) {
    let at = place;
    const follow = ({ transaction }) => { at = transaction.mapping.map(at); };
    this.editor.on("transaction", follow);
    return { release: () => { this.editor.off("transaction", follow); return at; } };
  }

  select(src) {
    this.editor.state.doc.descendants((node, at) => {
      if (node.type.name === "image" && node.attrs.src === src) this.editor.commands.setNodeSelection(at);
    });
    this.show();
    this.alt.focus();
  }

  describe() {
    if (this.editor.isActive("image")) this.editor.commands.updateAttributes("image", { alt: this.alt.value.trim() });
  }

  /** The form stands there while a picture is chosen. */
  show() {
    const isChosen = this.editor.isActive("image");
    this.form.hidden = !isChosen;
    if (isChosen && document.activeElement !== this.alt) this.alt.value = this.editor.getAttributes("image").alt ?? "";
  }

  leave() {
    this.form.hidden = true;
    // Into the paragraph after it: there is always one.
    this.editor.chain().focus().setTextSelection(this.editor.state.selection.to + 1).run();
  }
}
