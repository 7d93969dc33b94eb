// The conversation: greeting, earlier messages, day marks, groups, what is still on its way, who types. Keeps the reading position.
import { messageNode, pendingNode } from "./bubble.js";
import { el, face, icon, reconcile } from "./dom.js";
import { prechatNode } from "./prechat.js";
import { dayKey, sayDay } from "./times.js";

const GROUP_TIME = 5 * 60_000;
const NEAR = 80;

function startsGroup(message, before) {
  return !before || before.from !== message.from || before.name !== message.name || new Date(message.at) - new Date(before.at) > GROUP_TIME || dayKey(new Date(before.at)) !== dayKey(new Date(message.at));
}

function greetingNode(state, t) {
  const { inbox, agents } = state;
  return el("section", { class: "greeting" },
    agents.length ? el("div", { class: "faces" }, agents.slice(0, 4).map(face)) : null,
    el("h2", {}, inbox.greeting || t("greeting")),
    el("p", {}, inbox.ai_named ? t("ai_first", { name: typeof inbox.ai_named === "string" ? inbox.ai_named : t("ai_assistant") }) : t("answered_by_people")));
}

function failureNode(why, t, actions) {
  const again = why === "network" ? el("button", { type: "button", class: "button", onclick: actions.reload }, t("try_again")) : null;
  return el("section", { class: "greeting" }, el("h2", {}, t(`failed_${why}`)), el("p", {}, t(`failed_${why}_help`)), again);
}

/** @param parts `{scroller, list, pill}` elements; @param actions reply, retry, takeBack, picture, earlier, details, back, reload. */
export function makeLog({ scroller, list, pill }, { store, queue, t, storage, answers, actions }) {
  let isAtEnd = true;

  const jump = (id) => {
    const row = list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    row.classList.add("is-found");
    setTimeout(() => row.classList.remove("is-found"), 1600);
  };
  const all = { ...actions, jump, nameOf: (id) => store.state.messages.get(id)?.name };

  function topRows() {
    const { state } = store;
    if (state.phase === "failed") return [{ key: "failed", sig: state.failure, make: () => failureNode(state.failure, t, actions) }];
    if (state.phase !== "ready") return ["a", "b", "c"].map((name) => ({ key: `wait-${name}`, sig: "", make: () => el("div", { class: `ghost ghost-${name}`, "aria-hidden": "true" }) }));
    if (state.hasMore) return [{ key: "earlier", sig: String(state.isLoadingMore), make: () => el("button", { type: "button", class: "earlier", disabled: state.isLoadingMore, onclick: actions.earlier }, t(state.isLoadingMore ? "loading" : "load_earlier")) }];
    return [{ key: "greeting", sig: JSON.stringify([state.inbox.greeting, state.agents]), make: () => greetingNode(state, t) },
      ...(answers.isThere && !store.hasConversation ? [{ key: "answers", sig: answers.sign, make: () => answers.node() }] : [])];
  }

  function messageRows() {
    const { messages, state } = store;
    const lastOwn = messages.findLast((message) => message.from === "visitor")?.id;
    const rows = [];
    messages.forEach((message, at) => {
      const day = dayKey(new Date(message.at));
      const before = messages[at - 1], after = messages[at + 1];
      if (!before || dayKey(new Date(before.at)) !== day) rows.push({ key: `day-${day}`, sig: sayDay(new Date(message.at)), make: () => el("div", { class: "day" }, el("span", {}, sayDay(new Date(message.at)))) });
      const place = { isFirst: startsGroup(message, before), isLast: !after || startsGroup(after, message), isLatestOwn: message.id === lastOwn && !queue.items.length, isSeen: message.seq <= state.seenSeq };
      // A row that comes back under its own id takes the place of the pending one, so nothing jumps.
      rows.push({ key: message.client_id ?? message.id, sig: JSON.stringify([message, place]), make: () => messageNode(message, place, t, all) });
    });
    return rows;
  }

  function pendingRows() {
    const { state } = store;
    const row = (item, kind) => ({ key: item.id, sig: JSON.stringify([kind, item.message, "pending"]), make: () => pendingNode(item, kind, t, all) });
    const stored = new Set(store.messages.map((message) => message.client_id));
    const isAway = state.connection === "offline";
    return [
      ...[...state.echoes.values()].map((item) => row(item, "sent")),
      ...queue.items.filter((item) => !stored.has(item.id) && !state.echoes.has(item.id)).map((item) => row(item, item.state === "failed" ? "failed" : isAway ? "offline" : "waiting")),
      ...state.held.map((item) => row(item, state.inbox ? "held" : isAway ? "offline" : "waiting")),
      ...(state.held.length && state.inbox ? [{ key: "prechat", sig: JSON.stringify(state.inbox.prechat), make: () => prechatNode(state, t, storage, actions) }] : []),
    ];
  }

  function typingRows() {
    const { typing } = store.state;
    if (!typing) return [];
    return [{ key: "typing", sig: typing, make: () => el("div", { class: "row row-theirs is-first is-last" }, face({ name: typing }), el("div", { class: "bubble typing", role: "img", "aria-label": t("types", { name: typing }) }, el("i"), el("i"), el("i"))) }];
  }

  function anchor() {
    const top = scroller.getBoundingClientRect().top;
    for (const row of list.querySelectorAll("[data-id]")) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top) return { id: row.dataset.id, offset: box.top };
    }
    return null;
  }

  function toEnd() { scroller.scrollTop = scroller.scrollHeight; }

  function paint() {
    const kept = isAtEnd ? null : anchor();
    reconcile(list, [...topRows(), ...messageRows(), ...pendingRows(), ...typingRows()]);
    if (!kept) toEnd();
    else {
      const row = list.querySelector(`[data-id="${CSS.escape(kept.id)}"]`);
      if (row) scroller.scrollTop += row.getBoundingClientRect().top - kept.offset;
    }
    paintPill();
  }

  function paintPill() {
    const count = store.unread;
    pill.hidden = isAtEnd;
    pill.replaceChildren(count ? t("new_messages", { n: count }) : t("to_newest"), icon("down"));
  }

  scroller.addEventListener("scroll", () => {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    pill.hidden = isAtEnd;
    if (isAtEnd) actions.reached();
    if (scroller.scrollTop < 120 && store.state.hasMore && !store.state.isLoadingMore && store.hasConversation) actions.earlier();
  }, { passive: true });
  pill.addEventListener("click", () => { toEnd(); actions.reached(); });
  new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe(scroller);
  new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe(list);

  return {
    paint, paintPill,
    get isAtEnd() { return isAtEnd; },
    toEnd() { isAtEnd = true; toEnd(); },
  };
}
