// Rewriting and translating what stands in the composer: what comes is shown while it grows; the text
// changes when the AI is done, and can be changed back.
import { send } from "../http.js";
import { toast } from "../toast.js";
import { words } from "./words.js";

const ASK_AGAIN = 2500, GROWING = 600, EARLY = 10_000, GIVE_UP = 60_000;

export class Rewording {
  constructor(composer) {
    this.composer = composer;
    this.menu = composer.querySelector("#ai-menu");
    this.menu?.addEventListener("click", (event) => {
      const button = event.target.closest("[data-tone], [data-translate]");
      if (button) this.ask(button.dataset.tone ? { tone: button.dataset.tone } : { to: button.dataset.translate });
    });
  }

  async ask(how) {
    const text = this.composer.text.value;
    this.composer.say(words("rewording"));
    this.composer.toggleAttribute("data-busy", true);
    try {
      const answer = await send(this.menu.dataset.rewording, { body: new URLSearchParams({ text, ...how }) });
      const found = await answer.json();
      if (answer.ok) this.done(text, await this.wait(found.job)); else this.composer.error(found.message);
    } catch { this.composer.error(words("notSent")); }
    this.grown("");
    this.composer.toggleAttribute("data-busy", false);
    this.composer.say("");
  }

  /** How a job ended. The socket tells when to look; where it does not, one looks now and then, and often while words come. */
  async wait(job) {
    const until = Date.now() + GIVE_UP, early = Date.now() + EARLY;
    while (Date.now() < until) {
      const found = await (await send(`${this.menu.dataset.jobs}${job}/`, { method: "GET" })).json();
      if (found.state !== "waiting") return found;
      this.grown(found.text);
      await new Promise((go) => {
        const timer = setTimeout(go, found.text || Date.now() < early ? GROWING : ASK_AGAIN);
        document.addEventListener("ai-job", () => { clearTimeout(timer); go(); }, { once: true });
      });
    }
    return { state: "failed", message: words("tooLongAgo") };
  }

  /** What has been written so far, under the text that it will replace. */
  grown(text) {
    const line = this.composer.querySelector("[data-part=growing]");
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
    line.scrollTop = line.scrollHeight;
  }

  done(before, { state, text, message }) {
    if (state !== "done") { this.composer.error(message); return; }
    // What was typed meanwhile is not written over.
    if (this.composer.text.value === before) { this.put(text); toast(words("reworded"), { action: words("undo"), undo: () => this.put(before), seconds: 10 }); }
    else toast(words("rewordedLate"), { action: words("use"), undo: () => this.put(text), seconds: 15 });
  }

  put(text) {
    this.composer.text.value = text;
    this.composer.typed();
    this.composer.text.focus();
  }
}
