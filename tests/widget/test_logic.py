"""The widget's state, queue, texts and colours, in Chromium."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

type Run = Callable[..., Any]

QUEUE = """
const { makeQueue } = await load("queue.js");
const { keep } = await load("keep.js");
const storage = keep("test"), tried = [], stored = [];
let isUp = given.isUp ?? true;
const send = async (item) => { if (isUp) tried.push(item.id); return isUp; };
const make = () => makeQueue({ storage, send, changed() {}, sent: (item) => stored.push(item.id) });
const settle = () => new Promise((done) => setTimeout(done, 20));
"""


def message(number: int, **values: object) -> dict[str, Any]:
    base = {"id": f"m{number}", "client_id": None, "seq": number, "from": "agent", "name": "Ana", "text": f"text {number}"}
    return {
        **base,
        "attachments": [],
        "at": "2026-03-01T10:00:00Z",
        "reactions": [],
        "reply_to": None,
        "status": "sent",
        **values,
    }


def test_queue_sends_in_order_and_one_at_a_time(run: Run) -> None:
    body = """
    const q = make();
    q.add({ id: "a" }); q.add({ id: "b" }); await settle();
    const first = [...tried];
    q.stored("a"); await settle();
    return [first, tried];
    """
    assert run(QUEUE + body, {}) == [["a"], ["a", "b"]]


def test_queue_sends_again_what_was_on_its_way_when_the_connection_broke(run: Run) -> None:
    body = """
    const q = make();
    q.add({ id: "a" }); await settle();
    q.wake(); await settle();
    q.stored("a");
    return [tried, q.items, stored];
    """
    assert run(QUEUE + body, {}) == [["a", "a"], [], ["a"]]


def test_queue_survives_a_reload_with_the_same_ids(run: Run) -> None:
    body = """
    const before = make();
    before.add({ id: "a" }); before.add({ id: "b" }); await settle();
    isUp = true;
    const q = make();
    q.wake(); await settle();
    q.stored("a"); await settle();
    return tried;
    """
    assert run(QUEUE + body, {"isUp": False}) == ["a", "b"]


def test_queue_knows_what_is_not_answered_yet(run: Run) -> None:
    body = """
    const q = make(), before = q.flying;
    q.add({ id: "a" }); await settle();
    const during = q.flying;
    q.refused(during, "too_long", "Too long."); await settle();
    return [before, during, q.flying, q.items[0].state];
    """
    assert run(QUEUE + body, {}) == [None, "a", None, "failed"]


def test_queue_goes_on_behind_a_refused_message_and_keeps_it_for_a_retry(run: Run) -> None:
    body = """
    const q = make();
    q.add({ id: "a" }); q.add({ id: "b" }); await settle();
    q.refused("a", "too_long", "Too long."); await settle();
    q.stored("b");
    const left = q.items.map((item) => [item.id, item.state, item.message]);
    q.retry("a"); await settle();
    return [left, tried];
    """
    assert run(QUEUE + body, {}) == [[["a", "failed", "Too long."]], ["a", "b", "a"]]


def test_queue_keeps_a_message_that_the_server_could_not_take_now(run: Run) -> None:
    body = """
    const q = make();
    q.add({ id: "a" }); await settle();
    q.refused("a", "try_later", "");
    return q.items.map((item) => item.state);
    """
    assert run(QUEUE + body, {}) == ["waiting"]


def test_store_ignores_a_repeated_event_and_orders_by_seq(run: Run) -> None:
    body = """
    const store = (await load("store.js")).makeStore();
    const session = { inbox: {}, agents: [], agents_online: true, more: false, unread: 0, visitor: "v", pos: 5 };
    store.start({ ...session, messages: [given[0]] });
    const events = [[8, given[2]], [8, given[2]], [7, given[1]], [9, given[1]], [10, { ...given[1], text: "edited" }]];
    const results = events.map(([pos, message]) => store.apply(pos, message));
    return [results, store.messages.map((each) => each.text), store.unread, store.state.pos];
    """
    assert run(body, [message(1), message(2), message(3)]) == [
        [True, False, False, True, False],
        ["text 1", "edited", "text 3"],
        2,
        10,
    ]


def test_store_counts_unread_from_the_session_and_reads_up_to_a_seq(run: Run) -> None:
    body = """
    const store = (await load("store.js")).makeStore();
    store.start({ inbox: {}, agents: [], agents_online: true, more: true, unread: 4, visitor: "v", messages: given, pos: 5 });
    const before = store.unread;
    return [before, store.read(3), store.unread, store.read(3)];
    """
    messages = [message(1), message(2, **{"from": "visitor"}), message(3)]
    assert run(body, messages) == [4, True, 0, False]


def test_echo_makes_place_for_the_message_that_comes_back(run: Run) -> None:
    body = """
    const store = (await load("store.js")).makeStore();
    store.start({ inbox: {}, agents: [], agents_online: true, more: false, unread: 0, visitor: "v", messages: [], pos: 0 });
    store.echo({ id: "c1", text: "hi" });
    const before = store.state.echoes.size;
    store.apply(1, given);
    store.echo({ id: "c1", text: "hi" });
    return [before, store.state.echoes.size];
    """
    assert run(body, message(1, client_id="c1", **{"from": "visitor"})) == [1, 0]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x?y=1.", [["https://a.example/x?y=1", "https://a.example/x?y=1"]]),
        ("(https://a.example/wiki/Tea_(drink))", [["https://a.example/wiki/Tea_(drink)", "https://a.example/wiki/Tea_(drink)"]]),
        (
            "www.a.example, or ana@a.example!",
            [["www.a.example", "https://www.a.example/"], ["ana@a.example", "mailto:ana@a.example"]],
        ),
        ("javascript:alert(1) data:text/html,x vbscript:x", []),
        ("<a href='https://evil.example'>x</a>", [["https://evil.example", "https://evil.example/"]]),
        ("https://", []),
    ],
)
def test_links_are_found_and_only_web_links(run: Run, text: str, links: list[list[str]]) -> None:
    body = """
    const { rich } = await load("view/text.js");
    const box = document.createElement("p");
    box.append(...rich(given));
    const links = [...box.querySelectorAll("a")].map((a) => [a.textContent, a.href]);
    return [box.textContent, links, box.querySelectorAll("*:not(a)").length];
    """
    assert run(body, text) == [text, links, 0]


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "&lt;b&gt;", "<svg/onload=alert(1)>", "\"><iframe src='//x'>"],
)
def test_text_is_shown_as_it_was_written(run: Run, text: str) -> None:
    body = """
    const { rich } = await load("view/text.js");
    const box = document.createElement("p");
    box.append(...rich(given));
    return [box.textContent, box.children.length];
    """
    assert run(body, text) == [text, 0]


def test_any_company_colour_can_be_read(run: Run) -> None:
    body = """
    const { brand, contrast } = await load("color.js");
    const numbers = (text) => text.match(/\\d+/g).map(Number);
    const parts = [0, 51, 102, 153, 204, 255];
    const all = parts.flatMap((r) => parts.flatMap((g) => parts.map((b) => [r, g, b])));
    const least = Math.min(...all.flatMap((rgb) => {
      const made = brand("#" + rgb.map((part) => part.toString(16).padStart(2, "0")).join(""));
      const [solid, deep, ink] = ["--brand", "--brand-deep", "--brand-ink"].map((name) => numbers(made[name]));
      const [light, dark] = ["--brand-text-light", "--brand-text-dark"].map((name) => numbers(made[name]));
      return [contrast(solid, ink), contrast(deep, ink), contrast(light, [255, 255, 255]), contrast(dark, [20, 25, 28])];
    }));
    return least;
    """
    assert run(body) >= 4.45


def test_rows_are_built_again_only_when_they_change(run: Run) -> None:
    body = """
    const { reconcile } = await load("view/dom.js");
    const list = document.createElement("div");
    let built = 0;
    const make = (text) => () => { built += 1; return Object.assign(document.createElement("p"), { textContent: text }); };
    const rows = (...keys) => keys.map(([key, sig]) => ({ key, sig, make: make(key + sig) }));
    const shown = () => [...list.children].map((node) => node.textContent).join(" ");
    reconcile(list, rows(["b", 1], ["c", 1]));
    reconcile(list, rows(["a", 1], ["b", 1], ["c", 2], ["d", 1]));
    const first = [shown(), built];
    reconcile(list, rows(["d", 1], ["b", 1]));
    return [first, shown(), built];
    """
    assert run(body) == [["a1 b1 c2 d1", 5], "d1 b1", 5]


def test_file_that_the_server_would_refuse_is_refused_in_the_tray_and_never_sent(run: Run) -> None:
    body = """
    const { makeUploads, MOST } = await load("uploads.js");
    let sent = 0;
    XMLHttpRequest.prototype.send = function () { sent += 1; };
    const uploads = makeUploads({
      api: { hasToken: () => true, uploadUrl: "/", bearer: () => ({}) },
      words: (key, values) => [key, ...Object.values(values ?? {})].join(" "),
      changed() {}, expired() {}, limits: { largest: 2 * 1024 * 1024, programs: [".exe", ".sh"] },
    });
    const file = (name, size) => new File([new Uint8Array(size)], name);
    uploads.add([file("photo.txt", 3), file("Setup.EXE", 3), file("film.mp4", 2 * 1024 * 1024 + 1), file("nothing.txt", 0)]);
    const first = uploads.files.map((one) => [one.name, one.state, one.error, Boolean(one.isFinal)]);
    uploads.add(Array.from({ length: MOST }, (_one, number) => file(`${number}.txt`, 1)));
    return [first, sent, uploads.files.at(-1).error, uploads.files.filter((one) => one.state === "sending").length];
    """
    first, sent, last, sending = run(body)
    assert first == [
        ["photo.txt", "sending", "", False],
        ["Setup.EXE", "failed", "upload_program", True],
        ["film.mp4", "failed", "upload_large 2 MB", True],
        ["nothing.txt", "failed", "upload_empty", True],
    ]
    assert (sent, last, sending) == (10, "upload_many 10", 10)


@pytest.mark.parametrize(
    ("status", "code", "error", "is_final"),
    [
        (400, "program", "upload_program", True),
        (413, "", "upload_large", True),
        (429, "too_many", "Wait a minute.", False),
        (500, "", "upload_failed", False),
    ],
)
def test_file_that_the_server_refuses_says_why_and_is_tried_again_only_where_that_helps(
    run: Run, status: int, code: str, error: str, is_final: bool
) -> None:
    body = """
    const { makeUploads } = await load("uploads.js");
    const answer = { status: given.status, response: { code: given.code, message: given.message } };
    XMLHttpRequest.prototype.send = function () {
      for (const [name, value] of Object.entries(answer)) Object.defineProperty(this, name, { value });
      this.onload();
    };
    const uploads = makeUploads({
      api: { hasToken: () => true, uploadUrl: "/", bearer: () => ({}) }, words: (key) => key, changed() {}, expired() {},
      limits: { largest: 9, programs: [] },
    });
    uploads.add([new File(["MZ"], "renamed.txt")]);
    return [uploads.files[0].error, Boolean(uploads.files[0].isFinal)];
    """
    assert run(body, {"status": status, "code": code, "message": "Wait a minute." if status == 429 else ""}) == [error, is_final]
