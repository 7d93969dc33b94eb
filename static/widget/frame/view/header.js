// The company's face: name, who is there and how soon they answer.
import { el, face, icon } from "./dom.js";

/** "Usually answers within 5 minutes" from minutes, or the company's own words. */
function replyWords(time, t) {
  if (typeof time === "string" && time && Number.isNaN(Number(time))) return time;
  const minutes = Number(time);
  if (!time || !minutes) return t("reply_soon");
  if (minutes < 60) return t("reply_minutes", { n: Math.max(1, Math.round(minutes)) });
  if (minutes < 24 * 60) return t("reply_hours", { n: Math.round(minutes / 60) });
  return t("reply_days", { n: Math.round(minutes / 1440) });
}

function statusOf(state, t) {
  if (!state.inbox) return "";
  if (state.isOnline) return replyWords(state.replyTime, t);
  const { ai_named: ai } = state.inbox;
  return ai ? t("ai_is_here", { name: typeof ai === "string" ? ai : t("ai_assistant") }) : t("away");
}

/** Paint the header; `actions.close()`, and `actions.answers()` where there are articles. */
export function paintHeader(root, state, t, actions) {
  const name = state.inbox?.name ?? "";
  document.title = name || document.title;
  const hadFocus = root.contains(document.activeElement) ? document.activeElement.dataset.part : null;
  root.replaceChildren(...[
    state.agents.length ? el("div", { class: "faces" }, state.agents.slice(0, 3).map(face)) : el("span", { class: "face face-mark", "aria-hidden": "true" }, icon("chat")),
    el("div", { class: "head-words" },
      el("h1", {}, name),
      el("p", {}, state.inbox ? el("span", { class: `lamp${state.isOnline || state.inbox.ai_named ? " lamp-on" : ""}`, "aria-hidden": "true" }) : null, statusOf(state, t))),
    actions.answers ? el("button", { type: "button", class: "head-close", "data-part": "answers", "aria-label": t("answers"), title: t("answers"), onclick: actions.answers }, icon("search")) : null,
    el("button", { type: "button", class: "head-close", "data-part": "close", "aria-label": t("close"), title: t("close"), onclick: actions.close }, icon("close")),
  ].filter(Boolean));
  if (hadFocus) root.querySelector(`[data-part="${hadFocus}"]`)?.focus();
}
