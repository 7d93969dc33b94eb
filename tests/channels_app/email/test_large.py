"""Mail that is too large to be kept whole: its text and smaller files are there, what is left out is named with its size."""

import hashlib
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from hypothesis import given, settings, strategies as st

from channels_app.adapters.email import envelope, lines
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.authenticity.resolving import Recorded
from channels_app.adapters.email.envelope import MAX_MAIL
from channels_app.adapters.email.mime.attachments import LeftFile
from channels_app.adapters.email.mime.lightening import BEGINNING, Lightened, Lightening, lightened
from channels_app.adapters.email.receiving import imap, pop, storing
from channels_app.contract import ChannelError, InboxConfig, RawRequest
from conversations.normalised import InboundMessage, InlineFile, RemoteFile
from tests.channels_app.email.asking import taken
from tests.channels_app.email.builders import INBOX, inbox_with, make_mail, make_multipart, message_of
from tests.channels_app.email.ears import Ear
from tests.channels_app.email.providers import (
    MAILGUN,
    POSTMARK,
    mailgun_fields,
    mailgun_request,
    postmark_request,
    sendgrid_inbox,
    sendgrid_request,
)
from tests.emulators.running import Running, running_emulator

SHOP, PASSWORD = "help@shop.example", "a password"
LIMIT = 100_000


def file(name: str, size: int) -> str:
    """A part with so many bytes in base64."""
    coded = b64encode(bytes(size * 3 // 4)).decode()
    folded = "\n".join(coded[place : place + 76] for place in range(0, len(coded), 76))
    head = f'Content-Type: application/pdf; name="{name}"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64'
    return f"{head}\n\n{folded}"


def large(*sizes: int) -> bytes:
    """A mail with a text, a page and files of these sizes."""
    text = 'Content-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\nIs it there?\n--in\n'
    text += "Content-Type: text/html\n\n<p>Is it there?</p>\n--in--\n"
    return make_multipart("mixed", text, *(file(f"{size}.pdf", size) for size in sizes))


def left_of(message: InboundMessage) -> list[tuple[str, str]]:
    return [(one.name, one.reference["left"]) for one in message.files if isinstance(one, RemoteFile)]


def kept_of(message: InboundMessage) -> list[str]:
    return [one.name for one in message.files if isinstance(one, InlineFile)]


def test_text_and_smaller_files_stay_and_the_largest_is_named() -> None:
    found = lightened([large(20_000, 90_000, 30_000)], LIMIT)
    assert [(one.name, one.content_type, one.reason) for one in found.left] == [
        ("90000.pdf", "application/pdf", "file_too_large")
    ]
    assert 90_000 <= found.left[0].size < 95_000
    message = message_of(found.raw, left=found.left)
    assert message.text == "Is it there?"
    assert "<p>Is it there?</p>" in message.html
    assert kept_of(message) == ["20000.pdf", "30000.pdf"]
    assert left_of(message) == [("90000.pdf", "file_too_large")]


def test_what_was_left_is_not_fetched_and_its_words_are_there() -> None:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.fetch(RemoteFile({"left": "file_too_large"}, "a.pdf"), INBOX)
    assert caught.value.permanent
    assert {"file_too_large", "too_many_files", "empty_file"} <= ADAPTER.errors.keys()


def test_mail_that_is_one_large_file_keeps_its_fields() -> None:
    raw = make_mail('Content-Type: application/zip; name="all.zip"', body="x" * 70 + "\n" + "y" * 200_000)
    found = lightened([raw], LIMIT)
    message = message_of(found.raw, left=found.left)
    assert (message.data["subject"], message.text, kept_of(message)) == ("The blue bowl", "", [])
    assert left_of(message) == [("all.zip", "file_too_large")]


def test_text_that_is_too_long_keeps_its_beginning_and_is_named() -> None:
    raw = make_mail(body="Hello\n" + "word " * 20 + "\n" + "more words\n" * 300_000)
    found = lightened([raw], 2 * BEGINNING)
    message = message_of(found.raw, left=found.left)
    assert message.text.startswith("Hello\nword word")
    assert left_of(message) == [("attachment-1.txt", "file_too_large")]
    assert found.left[0].size > 3_000_000


def test_long_text_of_a_mail_within_the_limit_stays_as_it_is() -> None:
    raw = make_mail(body="more words\n" * 300_000)
    assert lightened([raw], MAX_MAIL) == Lightened(raw, [], hashlib.sha256(raw).hexdigest())


def test_mail_that_was_not_read_to_its_end_shows_no_half_file() -> None:
    found = Lightening(LIMIT)
    found.feed(large(20_000, 60_000)[:40_000])
    whole = found.done(cut_of=999_999)
    assert [(one.content_type, one.reason) for one in whole.left] == [
        ("message/rfc822", "file_too_large"), ("application/pdf", "file_too_large"),
    ]  # fmt: skip
    message = message_of(whole.raw, left=whole.left)
    assert (message.text, kept_of(message)) == ("Is it there?", ["20000.pdf"])


@pytest.mark.parametrize(
    "raw",
    [
        b"--b\r\n" * 200_000,
        make_mail('Content-Type: multipart/mixed; boundary="b"', body="--b\n" * 200_000),
        make_mail('Content-Type: multipart/mixed; boundary="b"', body="--b\nContent-Type: text/plain\n\nx\n" * 50_000),
        b"A: " + b"x" * 900_000,
        b"x" * 900_000,
        b"\n" * 900_000,
        b"From: a@b.example\r\n\r\n" + b"\r" * 900_000,
    ],
)
def test_hostile_mail_stays_within_bounds(raw: bytes) -> None:
    begin = time.process_time()
    found = lightened([raw[place : place + 50_000] for place in range(0, len(raw), 50_000)], LIMIT)
    assert time.process_time() - begin < 5
    assert len(found.raw) <= 5 * LIMIT
    assert len(found.left) <= 100
    message_of(found.raw, left=found.left)


PIECES = st.lists(st.integers(1, 5000), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 60_000), max_size=5), pieces=PIECES, limit=st.integers(1000, 150_000))
def test_pieces_change_nothing_and_small_mail_stays_as_it_is(sizes: list[int], pieces: list[int], limit: int) -> None:
    raw = large(*sizes)
    cut: list[bytes] = []
    place = 0
    while place < len(raw):
        step = pieces[len(cut) % len(pieces)]
        cut.append(raw[place : place + step])
        place += step
    found = lightened(cut, limit)
    assert found == lightened([raw], limit)
    assert len(found.raw) <= max(limit, 1500)
    if len(raw) <= limit:
        assert found == Lightened(raw, [], found.digest)
    named = {one.name for one in found.left}
    kept = set(kept_of(message_of(found.raw)))
    assert {f"{size}.pdf" for size in sizes if size > 3} <= named | kept


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture(params=["imap", "pop3"])
def mailbox(request: pytest.FixtureRequest, emulator: Running, monkeypatch: pytest.MonkeyPatch) -> InboxConfig:
    """The same mailbox, read in two ways."""
    emulator.control("reset")
    emulator.control("mail/mailboxes", address=SHOP, password=PASSWORD)
    ports = emulator.control("mail/servers")
    monkeypatch.setattr(lines, "exempt", lambda: frozenset(f"127.0.0.1:{port}" for port in ports.values()))
    monkeypatch.setattr(storing, "_resolver", lambda: Recorded({}))
    monkeypatch.setattr(pop, "POLL_SECONDS", 0.2)
    return inbox_with(
        user=SHOP, password=PASSWORD, protocol=request.param, first_days=90,
        mailbox_host="127.0.0.1", mailbox_port=ports[request.param], mailbox_security="plain",
    )  # fmt: skip


def limited(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Have smaller limits, so that a test's mails are large."""
    modules: tuple[ModuleType, ...] = (envelope, imap, pop)
    for name, value in limits.items():
        for module in modules:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)


def put(emulator: Running, raw: bytes) -> None:
    emulator.control("mail/inbound", to=SHOP, raw=raw.decode())


def test_mailbox_gives_what_fits_and_goes_on(emulator: Running, mailbox: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, MAX_MAIL=LIMIT, PIECE=30_000)
    put(emulator, large(20_000, 90_000, 30_000))
    put(emulator, make_mail(Message_ID="<two@customer.example>", body="small"))
    with Ear(mailbox, {}) as ear:
        first, second = ear.events(2)
    if second.text == "Is it there?":  # by IMAP large ones come last in their batch
        first, second = second, first
    assert (first.text, kept_of(first), left_of(first)) == (
        "Is it there?", ["20000.pdf", "30000.pdf"], [("90000.pdf", "file_too_large")],
    )  # fmt: skip
    assert first.data["auth"]["reason"] == "partial"
    assert (second.text, left_of(second)) == ("small", [])


def test_mailbox_with_an_endless_mail_is_not_stuck(
    emulator: Running, mailbox: InboxConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, MAX_MAIL=LIMIT, PIECE=30_000, MAX_READ=120_000, BEGINNING_LINES=1500)
    put(emulator, large(20_000, 400_000))
    with Ear(mailbox, {}) as ear:
        [message] = ear.events(1)
    assert (message.text, kept_of(message)) == ("Is it there?", ["20000.pdf"])
    named = [one for one in message.files if isinstance(one, RemoteFile)]
    assert named[0].content_type == "message/rfc822"
    assert named[0].size > 400_000


def test_mail_over_the_real_limit(emulator: Running, mailbox: InboxConfig) -> None:
    put(emulator, large(200_000, MAX_MAIL + 5_000_000))
    with Ear(mailbox, {}) as ear:
        ear.wait_until(lambda: bool(ear.envelopes), 120)
        [message] = ear.events(1)
    assert (message.text, kept_of(message)) == ("Is it there?", ["200000.pdf"])
    assert left_of(message) == [(f"{MAX_MAIL + 5_000_000}.pdf", "file_too_large")]


_HOOKS: dict[str, tuple[Callable[[bytes], RawRequest], Callable[[], InboxConfig]]] = {
    "mailgun": (lambda raw: mailgun_request({**mailgun_fields(raw), "body-mime": raw}), lambda: MAILGUN),
    "postmark": (postmark_request, lambda: POSTMARK),
    "sendgrid": (sendgrid_request, sendgrid_inbox),
}


@pytest.mark.parametrize("name", _HOOKS)
def test_webhook_gives_what_fits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, MAX_MAIL=LIMIT)
    request, inbox = _HOOKS[name]
    message = taken(request(large(20_000, 90_000)), inbox())
    assert (message.text, kept_of(message), left_of(message)) == (
        "Is it there?", ["20000.pdf"], [("90000.pdf", "file_too_large")],
    )  # fmt: skip


def test_left_files_survive_being_stored() -> None:
    left = LeftFile("ü.pdf", "application/pdf", 7, "file_too_large")
    message = message_of(make_mail(), left=[left])
    assert message.files == (RemoteFile({"left": "file_too_large"}, "ü.pdf", "application/pdf", 7),)
