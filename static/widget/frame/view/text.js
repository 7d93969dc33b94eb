// A message's text as nodes: links can be followed, everything else is shown as it was written.
import { el } from "./dom.js";

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;
const TAIL = /[.,;:!?…)\]}»”’]+$/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:️|\p{Emoji_Modifier}|‍\p{Extended_Pictographic})*\s*){1,3}$/u;

/** A trailing bracket belongs to the address when it was opened in it. */
function trim(found) {
  let link = found.replace(TAIL, "");
  if (found[link.length] === ")" && link.includes("(") && !link.includes(")")) link += ")";
  return link;
}

function address(link) {
  if (link.includes("@") && !/^(https?:|www\.)/i.test(link)) return `mailto:${link}`;
  try {
    const url = new URL(/^www\./i.test(link) ? `https://${link}` : link);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch { return null; }
}

/** The nodes of `text`. */
export function rich(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trim(match[0]);
    const href = address(link);
    if (!href) continue;
    nodes.push(text.slice(from, match.index), el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, link));
    from = match.index + link.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter(Boolean);
}

/** True for one to three emoji and nothing else: they are shown large. */
export const isEmojiOnly = (text) => EMOJI_ONLY.test(text.trim());
