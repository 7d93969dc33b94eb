"""Our receiver reads the emulated mailboxes by IMAP, whatever happens there: nothing is lost, nothing doubled."""

import imaplib
import socket
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest

from channels_app.adapters.email import lines, receiving
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.authenticity.resolving import Recorded
from channels_app.adapters.email.receiving import imap, storing
from channels_app.contract import ChannelError, InboxConfig
from tests.channels_app.email.builders import inbox_with
from tests.channels_app.email.ears import Ear
from tests.emulators.running import Running, running_emulator

SHOP, PASSWORD = "help@shop.example", "a password"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture
def inbox(emulator: Running, monkeypatch: pytest.MonkeyPatch) -> InboxConfig:
    emulator.control("reset")
    emulator.control("mail/mailboxes", address=SHOP, password=PASSWORD)
    ports = emulator.control("mail/servers")
    monkeypatch.setattr(lines, "exempt", lambda: frozenset(f"127.0.0.1:{port}" for port in ports.values()))
    monkeypatch.setattr(storing, "_resolver", lambda: Recorded({}))
    return inbox_with(
        user=SHOP, password=PASSWORD, protocol="imap", first_days=3,
        mailbox_host="127.0.0.1", mailbox_port=ports["imap"], mailbox_security="plain",
        smtp_host="127.0.0.1", smtp_port=ports["smtp"], smtp_security="plain",
    )  # fmt: skip


def write(emulator: Running, *texts: str, **given: Any) -> None:
    for text in texts:
        emulator.control("mail/inbound", to=SHOP, text=text, subject=text, **given)


def faults(emulator: Running, **found: Any) -> None:
    emulator.control("mail/faults", connection=SHOP, faults={"imap": found})


def texts(ear: Ear, count: int) -> list[str]:
    return [event.text for event in ear.events(count)]


def changed(inbox: InboxConfig, **settings: Any) -> InboxConfig:
    return replace(inbox, settings={**inbox.settings, **settings})


def test_mail_is_read_once_and_from_where_it_was_left(emulator: Running, inbox: InboxConfig) -> None:
    write(emulator, "one", "two")
    with Ear(inbox, {}) as ear:
        assert texts(ear, 2) == ["one", "two"]
        write(emulator, "three")
        assert texts(ear, 3) == ["one", "two", "three"]
    write(emulator, "four")
    with Ear(inbox, ear.cursor) as again:
        assert texts(again, 1) == ["four"]


def test_new_mail_is_told_at_once(emulator: Running, inbox: InboxConfig) -> None:
    with Ear(inbox, {}) as ear:
        write(emulator, "one")
        ear.events(1)
        time.sleep(0.5)  # it waits for the server's word by now; without one, the next look is 25 minutes away
        begin = time.monotonic()
        write(emulator, "two")
        ear.events(2)
        assert time.monotonic() - begin < 1


def test_mail_that_comes_between_two_commands_does_not_wait(
    emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server tells of it in the answer to a search that does not find it, and not again when it is asked to tell."""
    real, searches = imap._Mailbox._batch, iter(range(1000))

    def late(mailbox: Any, folder: Any) -> dict[int, int]:
        if next(searches) == 1:
            write(emulator, "two")
        return real(mailbox, folder)

    monkeypatch.setattr(imap._Mailbox, "_batch", late)
    write(emulator, "one")
    with Ear(inbox, {}) as ear:
        assert texts(ear, 2) == ["one", "two"]


def test_lines_that_come_in_pieces_are_read_whole(emulator: Running, inbox: InboxConfig) -> None:
    faults(emulator, piece=5)
    with Ear(inbox, {}) as ear:
        for number in range(3):
            write(emulator, str(number))
            ear.events(number + 1)
            time.sleep(0.4)  # it waits for the server's word by now
        assert texts(ear, 3) == ["0", "1", "2"]
    assert ear.errors == []


def test_word_that_came_with_the_consent_to_tell_is_not_overlooked() -> None:
    """What the library has in its buffer is no longer at the socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = imap._Line.__new__(imap._Line)
        line.sock, line.file = ours, ours.makefile("rb")
        assert not line.heard(0.05)
        theirs.sendall(b"+ idling\r\n* 5 EXISTS\r\n")
        assert line.heard(1)
        assert line.file.readline() == b"+ idling\r\n"
        assert line.heard(0)
        assert line.file.readline() == b"* 5 EXISTS\r\n"
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            line.heard(1)


def test_server_without_idle_is_asked(emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "POLL_SECONDS", 0.2)
    faults(emulator, has_idle=False)
    with Ear(inbox, {}) as ear:
        for number in range(3):
            write(emulator, str(number))
            ear.events(number + 1)
    assert texts(ear, 3) == ["0", "1", "2"]


@pytest.mark.parametrize(("command", "after"), [("FETCH", 0), ("FETCH", 700), ("FETCH", 90_000), ("SEARCH", 5), ("EXAMINE", 30)])
def test_connection_that_ends_in_an_answer_loses_and_doubles_nothing(
    emulator: Running, inbox: InboxConfig, command: str, after: int
) -> None:
    wanted = [str(number) for number in range(6)]
    for text in wanted:
        write(emulator, text, files=[{"name": "a.bin", "base64": b64encode(bytes(30_000)).decode()}])
    faults(emulator, cut_in=command, after=after, times=3)
    with Ear(inbox, {}, goes_on=True) as ear:
        assert texts(ear, 6) == wanted
        write(emulator, "6")
        assert texts(ear, 7) == [*wanted, "6"]
    assert [error.code for error in ear.errors] == ["no_connection"] * 3


@pytest.mark.parametrize("after", [0, 15])
def test_connection_that_ends_while_it_waits_is_taken_up_again(emulator: Running, inbox: InboxConfig, after: int) -> None:
    """`after` 11 bytes the server has agreed to tell; behind them it is telling."""
    faults(emulator, cut_in="IDLE", after=after, times=2)
    with Ear(inbox, {}, goes_on=True) as ear:
        for number in range(4):
            write(emulator, str(number))
            ear.events(number + 1)
    assert texts(ear, 4) == ["0", "1", "2", "3"]
    assert {error.code for error in ear.errors} == {"no_connection"}


def test_folder_that_is_numbered_anew_is_gone_through_again(emulator: Running, inbox: InboxConfig) -> None:
    write(emulator, "one", "two")
    with Ear(inbox, {}, goes_on=True) as ear:
        ear.events(2)
        before = ear.cursor["imap"][0]["validity"]
        emulator.control("mail/renumberings", address=SHOP)
        write(emulator, "three")
        ear.wait_until(lambda: len(set(ear.keys)) == 3)
    assert ear.cursor["imap"][0]["validity"] == before + 1
    assert len(ear.keys) == 5  # the first two once more, as the same events


def test_second_folder_is_read_as_well(emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "IDLE_WITH_FOLDERS_SECONDS", 0.3)
    both = changed(inbox, other_folder="Spam")
    with pytest.raises(ChannelError) as missing:
        ADAPTER.connect(both, "")
    assert missing.value.code == "folder_unknown"
    emulator.control("mail/folders", address=SHOP, name="Spam")
    ADAPTER.connect(both, "")
    with Ear(both, {}) as ear:
        write(emulator, "in spam", folder="Spam")
        ear.events(1)
        write(emulator, "in inbox")
        assert texts(ear, 2) == ["in spam", "in inbox"]


@pytest.mark.parametrize(
    ("settings", "limits", "code", "stops"),
    [
        ({"password": "wrong"}, {}, "login_refused", True),
        ({"user": "nobody@shop.example"}, {}, "login_refused", True),
        ({}, {"max_connections": 0}, "server_busy", False),
    ],
)
def test_refusals_are_understood(
    emulator: Running, inbox: InboxConfig, settings: dict[str, str], limits: dict[str, int], code: str, stops: bool
) -> None:
    faults(emulator, **limits)
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(changed(inbox, **settings), "")
    assert (caught.value.code, caught.value.stops_inbox) == (code, stops)


def test_connections_are_counted_until_they_end(emulator: Running, inbox: InboxConfig) -> None:
    faults(emulator, max_connections=1)
    with Ear(inbox, {}) as ear:
        write(emulator, "one")
        ear.events(1)
        with pytest.raises(ChannelError) as caught:
            ADAPTER.connect(inbox, "")
        assert caught.value.code == "server_busy"
    assert "We read the mail" in str(ADAPTER.connect(inbox, "").words)


def test_locked_mailbox_lets_nobody_in(emulator: Running, inbox: InboxConfig) -> None:
    emulator.control("mail/locks", address=SHOP)
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(inbox, "")
    assert caught.value.code == "login_refused"


def test_slow_server_is_waited_for(emulator: Running, inbox: InboxConfig) -> None:
    faults(emulator, latency_ms=300)
    write(emulator, "one")
    begin = time.monotonic()
    with Ear(inbox, {}) as ear:
        assert texts(ear, 1) == ["one"]
    assert time.monotonic() - begin > 1.5  # sign in, open, search, sizes, mail


def test_server_that_is_silent_is_given_up(emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "STEP_SECONDS", 0.5)
    faults(emulator, latency_ms=3000)
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(inbox, "")
    assert (caught.value.code, caught.value.is_inbox_wide) == ("no_connection", True)


class Tokens:
    """An account's access at the emulated provider. `refused`: the tokens for which another one was wanted."""

    def __init__(self, emulator: Running) -> None:
        self._url = f"{emulator.url}/mail/oauth"
        self.refused: list[str] = []
        verifier, back = "v" * 50, "http://localhost:1/back"
        asked = {
            "response_type": "code", "client_id": "us", "redirect_uri": back, "login_hint": SHOP, "code_challenge_method": "S256",
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("="),
        }  # fmt: skip
        went = httpx.get(f"{self._url}/authorize", params=asked).headers["location"]
        code = parse_qs(urlsplit(went).query)["code"][0]
        granted = self._asked(grant_type="authorization_code", code=code, redirect_uri=back, code_verifier=verifier)
        self.access, self._refresh = granted["access_token"], granted["refresh_token"]

    def __call__(self, inbox: InboxConfig, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
            answer = self._asked(grant_type="refresh_token", refresh_token=self._refresh)
            self.access = answer.get("access_token", "void")
        return str(self.access)

    def _asked(self, **form: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(f"{self._url}/token", data={"client_id": "us", **form}).json()
        return found


def test_token_is_good_expires_is_renewed_and_taken_back(
    emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(emulator)
    monkeypatch.setattr(receiving, "access_token", tokens)
    google = changed(inbox, login="google", password="")
    write(emulator, "one")
    with Ear(google, {}) as ear:
        assert texts(ear, 1) == ["one"]
    assert tokens.refused == []
    first = tokens.access
    emulator.control("clock/advance", seconds=4000)
    write(emulator, "two")
    with Ear(google, ear.cursor) as again:
        assert texts(again, 1) == ["two"]
    assert tokens.refused == [first]
    emulator.control("mail/revocations", address=SHOP)
    with pytest.raises(ChannelError) as caught:
        receiving.try_out(google)
    assert (caught.value.code, tokens.access) == ("login_refused", "void")


def test_refused_token_is_told_after_an_empty_answer(inbox: InboxConfig) -> None:
    """As Google's servers do it: JSON that wants an empty line, and only then NO."""
    with imaplib.IMAP4("127.0.0.1", inbox.settings["mailbox_port"]) as client:
        said: list[bytes] = []

        def answer(challenge: bytes) -> bytes:
            said.append(challenge)
            return b"user=help@shop.example\x01auth=Bearer void\x01\x01" if len(said) == 1 else b""

        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            client.authenticate("XOAUTH2", answer)
    assert said[0] == b""
    assert orjson.loads(said[1])["status"] == "400"
