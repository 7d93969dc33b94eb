"""Any mail is read: other people's hardest, and whatever a fuzzer makes of them. No crash, raw kept, the same twice, in time."""

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.envelope import Head, opened, stored_body
from channels_app.adapters.email.mime.bodies import body_of
from channels_app.adapters.email.mime.reading import content, content_type, leaves, read
from channels_app.adapters.email.reply_tokens import bounce_address
from channels_app.contract import UnparsableError
from channels_app.shown_html import shown
from conversations.normalised import InboundMessage, InlineFile, Receipt
from tests.channels_app.email.builders import AT, INBOX, REFERENCE, SECRET, make_mail, make_multipart, message_of, parsed
from tests.channels_app.email.corpus import ENOUGH, mails
from tests.channels_app.email.test_cleaning import holes

_fuzzed = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def test_corpus_is_large_enough() -> None:
    assert len(mails()) >= ENOUGH


def test_every_mail_of_the_corpus_is_read_alike_twice() -> None:
    for name, raw in mails():
        first, again = parsed(raw), parsed(raw)
        assert first == again, name
        assert first.events or first.dropped, name
        for event in first.events:
            if isinstance(event, InboundMessage):
                check(event, raw, name)


def check(event: InboundMessage, raw: bytes, name: str) -> None:
    """What must be true of any message, whatever the mail was."""
    assert event.original == raw, name
    assert event.provider_id.startswith("<"), name
    assert event.sender.value, name
    assert event.occurred_at <= AT or event.occurred_at - AT < AT - AT.replace(hour=11), name
    assert event.text or not _has_words(raw), name
    for text in (event.text, event.html, event.sender.name, event.thread.subject if event.thread else "", *map(str, event.data)):
        assert "\x00" not in text, name
        text.encode()
    for file in event.files:
        assert isinstance(file, InlineFile)
        assert file.content, name
        assert not set(file.name) & set("/\\\x00\r\n"), name
    result = shown(event.html)
    assert holes(result.html + result.quoted) == [], name


def _has_words(raw: bytes) -> bool:
    """Whether a text part of the mail that is meant to be read has anything but spaces; found without the reader's own choice."""
    return any(
        content_type(leaf.part) == "text/plain" and content(leaf.part).strip()
        for leaf in leaves(read(raw))
        if "content-disposition" not in {str(name).lower() for name in leaf.part}
    )


def test_bounces_of_the_corpus_become_receipts() -> None:
    address = bounce_address("help@shop.example", SECRET, REFERENCE)
    bounces = [raw for name, raw in mails() if name.startswith("flufl.bounce/")]
    kinds = [{type(event) for event in parsed(raw, recipients=(address,)).events} for raw in bounces]
    assert kinds.count({Receipt}) >= len(bounces) * 0.9


@pytest.mark.drill
def test_mutilated_mails_of_the_corpus_are_read() -> None:
    chance = random.Random(7)  # noqa: S311  # it only has to vary
    for name, raw in mails():
        if len(raw) > 60_000:
            continue
        for _again in range(3):
            changed = bytearray(raw)
            for _change in range(chance.randint(1, 20)):
                place = chance.randrange(len(changed))
                changed[place : place + chance.randint(0, 8)] = chance.randbytes(chance.randint(0, 8))
            if changed:
                found = parsed(bytes(changed))
                assert found == parsed(bytes(changed)), name


_FIELDS = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Sender",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "Content-ID",
    "Return-Path",
    "Delivered-To",
    "Auto-Submitted",
    "List-Id",
    "DKIM-Signature",
    "Received",
    "Authentication-Results",
    "MIME-Version",
    "Content-Language",
]
_TYPES = [
    "multipart/mixed; boundary=e",
    "multipart/alternative; boundary=e",
    "multipart/related; boundary=e",
    "multipart/report; boundary=e",
    "text/html",
    "text/plain; charset=utf-16",
    "message/rfc822",
    "message/delivery-status",
    "application/ms-tnef",
    "multipart/mixed",
    "text/calendar; method=REQUEST",
    "text/plain; format=flowed; delsp=yes",
    "message/feedback-report",
    "application/pgp-encrypted",
    "text/plain; charset=_iso-2022-jp$ESC",
]
_values = st.text(max_size=40) | st.sampled_from(
    [*_TYPES, "base64", "quoted-printable", "attachment; filename*0*=x''%", "<>", "=?utf-8?b?"]
)
_lines = st.tuples(st.sampled_from(_FIELDS), _values).map(lambda pair: f"{pair[0]}: {pair[1]}")
_bodies = st.text(max_size=60) | st.sampled_from(
    ["--e", "--e--", "", "begin 644 x", "end", "> quoted", "<b>x</b>", "-- ", "On 1 a@b wrote:"]
)


@_fuzzed
@given(
    head=st.lists(_lines, max_size=8), body=st.lists(_lines | _bodies, max_size=16), newline=st.sampled_from(["\n", "\r\n", "\r"])
)
def test_any_mail_is_read(head: list[str], body: list[str], newline: str) -> None:
    raw = newline.join([*head, "", *body]).encode("utf-8", "surrogatepass")
    first = parsed(raw)
    assert first == parsed(raw)
    for event in first.events:
        if isinstance(event, InboundMessage):
            assert event.original == raw
            event.text.encode()


@_fuzzed
@given(raw=st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert message_of(raw).original == raw


@_fuzzed
@given(body=st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: b'{"v":1,' + rest + b"\n"))
def test_any_stored_bytes_are_parsed_or_unparsable(body: bytes) -> None:
    outcome = outcome_of(body)
    assert outcome
    assert outcome == outcome_of(body)


def outcome_of(body: bytes) -> object:
    """The events of a stored body, or why it has none."""
    try:
        return ADAPTER.parse(body, INBOX)
    except UnparsableError as error:
        return str(error)


@_fuzzed
@given(
    raw=st.binary(max_size=200), recipients=st.lists(st.text(max_size=30), max_size=3), mail_from=st.none() | st.text(max_size=30)
)
def test_stored_mail_is_opened_as_it_was(raw: bytes, recipients: list[str], mail_from: str | None) -> None:
    head = Head(received_at=AT, source="test", recipients=tuple(recipients), mail_from=mail_from, texts={"x": ("y",)})
    assert opened(stored_body(head, raw)) == (head, raw)


_PIECES = [
    "a@b.example, ",
    "(",
    ")",
    '"',
    "<",
    ">",
    "=?utf-8?q?x?= ",
    "=?utf-8?b?",
    ";",
    "; x=y",
    "; x*0*=y",
    ",",
    " ",
    "\t",
    "%",
    "\\",
    "<a@b>",
    "A:B;",
    "@",
    "begin 644 x ",
    "On ",
    "> ",
    "--e ",
    "<div>",
    "&",
    "&lt;",
    "550 5.1.1 ",
    "Am 1 schrieb ",
]


@pytest.mark.parametrize("piece", _PIECES)
def test_no_field_takes_long(piece: str) -> None:
    value = piece * (100_000 // len(piece))
    names = (
        "From",
        "To",
        "Subject",
        "References",
        "Content-Type",
        "Date",
        "DKIM-Signature",
        "Authentication-Results",
        "Return-Path",
    )
    for name in names:
        raw = f"{name}: {value}\r\n".encode() + make_mail(**{name.replace("-", "_"): ""})
        began = time.process_time()
        parsed(raw)
        assert time.process_time() - began < 10, name


@pytest.mark.parametrize(
    "piece", [*_PIECES, "\n", "x\n", "> \n", "\n--e\n", "Message-ID: <x@y>\n", "begin 644 x\n", "<a@b.example>\n", " \n \n"]
)
def test_no_body_takes_long(piece: str) -> None:
    body = piece * (300_000 // len(piece))
    for raw in (
        make_mail(body=body),
        make_mail("Content-Type: text/html", body=body),
        make_mail(body=body, From="MAILER-DAEMON@x.example"),
        make_multipart("mixed", f"\n{body}", f"Content-Type: message/delivery-status\n\n{body}"),
    ):
        began = time.process_time()
        parsed(raw)
        assert time.process_time() - began < 10


def test_large_mail_is_read_in_time() -> None:
    part = "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + ("JVBERi0x" * 9 + "\n") * 270_000
    raw = make_multipart("mixed", "\nsee the file", part)
    began = time.process_time()
    [file] = message_of(raw).files
    assert time.process_time() - began < 10
    assert isinstance(file, InlineFile)
    assert len(file.content) == 54 * 270_000


def test_deepest_part_is_kept_whole() -> None:
    depth = 40
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(depth))
    closing = "".join(f"\n--b{level}--" for level in reversed(range(depth)))
    raw = make_multipart("mixed", f"{opening}\ndeep{closing}")
    assert message_of(raw).original == raw
    assert body_of(leaves(read(raw))).text == ""
