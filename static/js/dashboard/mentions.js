// "@" in a note opens the colleagues; what stands in the text when it is sent is who is told.
import { Completion } from "./completion.js";

export class Mentions extends Completion {
  constructor(composer) { super(composer, composer.querySelector("#mention-menu")); }

  look() {
    const typed = this.composer.mode === "note" ? this.before.match(/(?:^|\s)@([\p{L}\p{N}]*)$/u)?.[1] : undefined;
    this.offer(typed, (one) => one.dataset.name.toLowerCase().split(" ").some((word) => word.startsWith(typed.toLowerCase())));
  }

  choose(one) { this.put(`${one.dataset.name} `, this.typed.length); }

  named(text) { return [...this.menu.children].filter((one) => text.includes(`@${one.dataset.name}`)).map((one) => one.dataset.user); }
}
