// The state of one visitor's conversation, apart from the page and the network. Changes are told to listeners by kind.

/** @returns a store; `on(kinds, fn)` listens to "inbox", "messages", "pending", "typing", "connection", "unread", "compose", "open". */
export function makeStore() {
  const listeners = new Set();
  const state = {
    phase: "loading", // loading | ready | failed
    failure: null,
    inbox: null, agents: [], isOnline: false, replyTime: null, verified: null, visitor: null,
    messages: new Map(), hasMore: false, isLoadingMore: false, pos: 0, status: "open",
    readSeq: 0, seenSeq: 0, typing: null,
    connection: "connecting", // connecting | open | offline | closed
    isOpen: false, isFull: false,
    replyTo: null,
    held: [], // first messages that wait for the form before the conversation
    echoes: new Map(), // by client id: stored by the server, not yet come back as a message
    hiddenUnread: 0, // unread messages older than those that are loaded
  };
  let order = [];

  const tell = (...kinds) => { for (const fn of listeners) fn(kinds); };
  const isInbound = (message) => message.from !== "visitor";

  function put(message) {
    const before = state.messages.get(message.id);
    state.messages.set(message.id, message);
    if (message.client_id) state.echoes.delete(message.client_id);
    if (before?.seq === message.seq) { order[order.findIndex((each) => each.id === message.id)] = message; return; }
    order = [...state.messages.values()].sort((a, b) => a.seq - b.seq);
  }

  return {
    state,
    on(kinds, fn) { listeners.add((changed) => { if (changed.some((kind) => kinds.includes(kind))) fn(); }); },

    /** The messages in order of `seq`. */
    get messages() { return order; },
    get firstSeq() { return order[0]?.seq ?? null; },
    get lastSeq() { return order.at(-1)?.seq ?? 0; },
    get hasConversation() { return order.length > 0; },
    get unread() { return order.filter((message) => isInbound(message) && message.seq > state.readSeq).length + state.hiddenUnread; },

    /** Take the answer of a session call as the new truth. */
    start(session) {
      state.messages.clear();
      order = [];
      for (const message of session.messages) put(message);
      const inbound = order.filter(isInbound);
      const shown = Math.min(session.unread, inbound.length);
      state.hiddenUnread = session.unread - shown;
      state.readSeq = shown ? inbound[inbound.length - shown].seq - 1 : (order.at(-1)?.seq ?? 0);
      state.seenSeq = Math.max(0, ...order.filter((message) => message.from === "visitor" && message.status === "read").map((message) => message.seq));
      Object.assign(state, {
        phase: "ready", inbox: session.inbox, agents: session.agents, isOnline: session.agents_online, replyTime: session.reply_time,
        verified: session.verified, visitor: session.visitor, hasMore: session.more, pos: session.pos, typing: null,
      });
      tell("inbox", "messages", "unread", "typing");
    },

    /** No session can be had: `why` is network, identity (the website must sign the visitor in) or closed. */
    fail(why) { Object.assign(state, { phase: "failed", failure: why }); tell("inbox", "messages"); },

    /** A message that came over the socket; a repeat or an older state of the same event position changes nothing. */
    apply(pos, message) {
      if (pos !== null && pos <= state.pos) return false;
      const isNew = !state.messages.has(message.id);
      if (pos !== null) state.pos = pos;
      if (isNew && isInbound(message)) state.typing = null;
      put(message);
      tell("messages", "typing", "unread");
      return isNew;
    },

    prepend({ messages, more }) {
      for (const message of messages) put(message);
      state.hasMore = more;
      state.isLoadingMore = false;
      state.hiddenUnread = 0;
      tell("messages");
    },

    loadingMore(on) { state.isLoadingMore = on; tell("messages"); },
    moveTo(pos) { state.pos = Math.max(state.pos, pos); },
    seen(seq) { if (seq > state.seenSeq) { state.seenSeq = seq; tell("messages"); } },
    read(seq) {
      if (seq <= state.readSeq && !state.hiddenUnread) return false;
      state.readSeq = Math.max(seq, state.readSeq);
      state.hiddenUnread = 0;
      tell("unread");
      return true;
    },
    typing(name) { state.typing = name; tell("typing"); },
    presence(isOnline) { state.isOnline = isOnline; tell("inbox"); },
    conversation(status) { state.status = status; tell("inbox"); },
    connection(value) { if (state.connection !== value) { state.connection = value; tell("connection", "pending"); } },
    open(isOpen, isFull = state.isFull) { Object.assign(state, { isOpen, isFull }); tell("open", "unread"); },
    replyTo(message) { state.replyTo = message; tell("compose"); },
    hold(messages) { state.held = messages; tell("pending", "compose"); },
    echo(item) { if (!order.some((message) => message.client_id === item.id)) state.echoes.set(item.id, item); tell("pending"); },
    touch(...kinds) { tell(...kinds); },
  };
}
