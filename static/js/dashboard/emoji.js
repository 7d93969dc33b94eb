// A small set of emoji, with words to find them by.
import { Completion } from "./completion.js";
import { words } from "./words.js";

const ALL = "😀 grin happy|😄 laugh happy|😅 sweat relief|😂 joy tears|🙂 smile|😉 wink|😊 blush warm|😍 love|🤗 hug|🤔 think|😐 neutral|😕 confused|😢 sad cry|😭 sob|😡 angry|😳 flushed|🥳 party|😴 sleep|🙏 thanks please|👍 yes thumb good|👎 no thumb bad|👋 wave hello|👏 clap bravo|💪 strong|🤝 deal hand|👀 look eyes|✅ done check|❌ cross no|⚠️ warning|❗ important|❓ question|❤️ heart love|💔 broken heart|🎉 celebrate party|🎁 gift present|⭐ star|🔥 fire hot|✨ sparkle|💡 idea|📦 package order|🚚 delivery truck|📅 date calendar|⏰ clock time|📎 clip file|📷 photo|📞 phone call|✉️ mail|🔗 link|🔒 lock safe|💳 card pay|💶 euro money|🛒 cart shop|🏠 home|🌍 world|☀️ sun|☕ coffee|🍀 luck".split("|").map((line) => { const [emoji, ...named] = line.split(" "); return { emoji, named: named.join(" ") }; });

/** Fill the popover once; `chosen` gets the emoji. */
export function fillEmoji(popover, chosen) {
  if (popover.firstChild) { popover.querySelector("input").focus(); return; }
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: words("searchEmoji") });
  search.setAttribute("aria-label", words("searchEmoji"));
  const grid = Object.assign(document.createElement("div"), { className: "emoji-grid" });
  grid.append(...ALL.map(({ emoji, named }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: emoji, title: named });
    button.addEventListener("click", () => { popover.hidePopover(); chosen(emoji); });
    return button;
  }));
  search.addEventListener("input", () => { for (const one of grid.children) one.hidden = !one.title.includes(search.value.trim().toLowerCase()); });
  popover.append(search, grid);
  search.focus();
}

/** ":" and two letters of a word offer the emoji that are found by it. */
export class EmojiCompletion extends Completion {
  constructor(composer) { super(composer, composer.querySelector("#emoji-menu")); }

  look() {
    const typed = this.before.match(/(?:^|\s):(\p{L}{2,})$/u)?.[1].toLowerCase();
    if (typed && !this.menu.firstChild) this.menu.append(...ALL.map(option));
    this.offer(typed, (one) => one.dataset.named.split(" ").some((word) => word.startsWith(typed)));
  }

  choose(one) { this.put(one.dataset.emoji, this.typed.length + 1); }
}

function option({ emoji, named }, number) {
  const one = Object.assign(document.createElement("li"), { id: `emoji-${number}`, role: "option", textContent: `${emoji} ${named}` });
  Object.assign(one.dataset, { emoji, named });
  return one;
}
