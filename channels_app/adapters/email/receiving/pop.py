"""POP3, for servers without IMAP: what is new by UIDL, nothing deleted, a connection for each look.

Sources: RFC 1939, RFC 2449 (response codes), SASL XOAUTH2. Mail beyond the newest `MAX_KNOWN` of a mailbox counts as old.
"""

import hashlib
import poplib
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from channels_app.adapters.email import lines
from channels_app.adapters.email.accounts import Account
from channels_app.adapters.email.envelope import MAX_MAIL
from channels_app.adapters.email.lines import STARTTLS, Server
from channels_app.adapters.email.mime.dates import written_at
from channels_app.adapters.email.mime.lightening import Lightened, Lightening
from channels_app.adapters.email.mime.reading import read_headers
from channels_app.adapters.email.receiving.pausing import pause
from channels_app.adapters.email.receiving.storing import envelope_of
from channels_app.adapters.email.sasl import with_token
from channels_app.contract import ChannelError, InboxConfig, Post

STEP_SECONDS = 60.0
POLL_SECONDS = 30.0
MAX_KNOWN = 5000
#: How many mails are looked at when the first start asks for those of the last days.
MAX_FIRST = 500
#: Lines are longer than the standard allows, and the library would give up.
MAX_LINE = 16 * 1024 * 1024
#: Of a mail that is larger than `MAX_READ`, in bytes, so many lines are read.
BEGINNING_LINES = 20_000
MAX_READ = 512 * 1024 * 1024
#: Lines that are handed on together.
AT_ONCE = 4000
_BUSY = re.compile(rb"\[(IN-USE|SYS/TEMP|LOGIN-DELAY)\]|locked|temporar|try again", re.IGNORECASE)
_LOST = (OSError, EOFError)


class _Client(poplib.POP3):
    """poplib's client on a connection that is made elsewhere."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port, timeout=STEP_SECONDS)

    def _create_socket(self, timeout: float) -> socket.socket:
        made = lines.connected(self._server)
        made.settimeout(timeout)
        return made

    def _getline(self) -> tuple[bytes, int]:
        line = self.file.readline(MAX_LINE + 1)
        if not line or len(line) > MAX_LINE:
            raise EOFError
        return line.rstrip(b"\r\n"), len(line)

    def pieces(self, command: str) -> Iterator[bytes]:
        """The lines of a long answer, some at a time. Raises poplib.error_proto."""
        self.say(command)
        lines: list[bytes] = []
        while (line := self._getline()[0]) != b".":
            lines.append(line.removeprefix(b".") + b"\r\n")
            if len(lines) == AT_ONCE:
                yield b"".join(lines)
                lines = []
        yield b"".join(lines)

    def say(self, line: str) -> bytes:
        """Send a line; the answer, also where the server asks for more. Raises poplib.error_proto."""
        # The library has no public way to say what it has no method for; its type stubs leave these two out.
        self._putcmd(line)  # type: ignore[attr-defined]
        return bytes(self._getresp())  # type: ignore[attr-defined]


def listen(
    inbox: InboxConfig,
    where: tuple[Server, Account],
    cursor: Mapping[str, Any],
    post: Post,
    is_stopped: Callable[[], bool],
) -> None:
    """Bring an inbox's mail until `is_stopped`. Raises ChannelError."""
    known = cursor.get("pop")
    while not is_stopped():
        with signed_in(*where) as client:
            known = _look(inbox, client, known, post, is_stopped)
        pause(POLL_SECONDS, is_stopped)


def try_out(inbox: InboxConfig, server: Server, account: Account) -> None:
    """Sign in and look into the mailbox. Raises ChannelError."""
    with signed_in(server, account) as client:
        client.uidl()


def _look(inbox: InboxConfig, client: _Client, known: Any, post: Post, is_stopped: Callable[[], bool]) -> list[str]:
    """Bring what is new; the marks of all mails that are read by then."""
    listed = dict(_listed(client)[-MAX_KNOWN:])
    if not isinstance(known, list):
        known = _first(inbox, client, listed)
        post([], {"pop": known})
    seen = {mark for mark in known if mark in listed}
    sizes = _sizes(client)
    for mark, number in listed.items():
        if is_stopped():
            break
        if mark in seen:
            continue
        found = _read(client, number, sizes.get(number, 0))
        seen.add(mark)
        post([envelope_of(inbox, found, timezone.now(), "pop3")], {"pop": [one for one in listed if one in seen]})
    return [one for one in listed if one in seen]


def _first(inbox: InboxConfig, client: _Client, listed: Mapping[str, int]) -> list[str]:
    """The marks of what counts as read at the first start: all but the mail of the last days, by its own date."""
    days = int(inbox.settings.get("first_days") or 0)
    since = timezone.now() - timedelta(days=days)
    marks = list(listed)
    old = len(marks)
    while days and old > max(0, len(marks) - MAX_FIRST):
        if _date(client, listed[marks[old - 1]]) < since:
            break
        old -= 1
    return marks[:old]


def _date(client: _Client, number: int) -> datetime:
    _said, head, _octets = client.top(number, 0)
    return written_at(read_headers(b"\r\n".join(head) + b"\r\n\r\n"), timezone.now())


def _listed(client: _Client) -> list[tuple[str, int]]:
    """Marks and numbers, oldest first. A mark stands for a UIDL, which may tell of whom a mail is."""
    _said, found, _octets = client.uidl()
    pairs = [line.split(maxsplit=1) for line in found]
    return [(hashlib.sha256(pair[1].strip()).hexdigest()[:16], int(pair[0])) for pair in pairs if len(pair) == 2]


def _sizes(client: _Client) -> dict[int, int]:
    _said, found, _octets = client.list()
    return {int(line.split()[0]): int(line.split()[1]) for line in found if len(line.split()) >= 2}


def _read(client: _Client, number: int, size: int) -> Lightened:
    """A mail, read as it comes: a large one is never held whole."""
    found = Lightening(MAX_MAIL)
    for piece in client.pieces(f"TOP {number} {BEGINNING_LINES}" if size > MAX_READ else f"RETR {number}"):
        found.feed(piece)
    return found.done(cut_of=size if size > MAX_READ else 0)


@contextmanager
def signed_in(server: Server, account: Account) -> Iterator[_Client]:
    """A signed-in connection. Raises ChannelError, also for what goes wrong inside the block."""
    client: _Client | None = None
    try:
        client = _Client(server)
        if server.security == STARTTLS:
            client.stls(lines.trust())
        _sign_in(client, account)
        yield client
        with suppress(*_LOST, poplib.error_proto):
            client.quit()
    except ssl.SSLError as error:
        raise ChannelError("tls_failed", is_inbox_wide=True, detail=str(getattr(error, "verify_message", ""))) from None
    except _LOST:
        raise ChannelError("no_connection", is_inbox_wide=True) from None
    except (poplib.error_proto, ValueError, IndexError):
        raise ChannelError("mailbox_changed", is_inbox_wide=True) from None
    finally:
        if client is not None:
            with suppress(*_LOST):
                client.close()


def _sign_in(client: _Client, account: Account) -> None:
    if account.token is not None:
        with_token(account, lambda first: _by_token(client, first))
        return
    try:
        client.user(account.user)
        client.pass_(account.password)
    except poplib.error_proto as error:
        raise _refusal(error) from None


def _by_token(client: _Client, first: str) -> None:
    try:
        answer = client.say(f"AUTH XOAUTH2 {b64encode(first.encode()).decode()}")
        if not answer.startswith(b"+OK"):  # a refusal comes as JSON, and is only told after an empty answer
            client.say("")
            raise ChannelError("login_refused", stops_inbox=True)
    except poplib.error_proto as error:
        raise _refusal(error) from None


def _refusal(error: poplib.error_proto) -> ChannelError:
    words = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
    if _BUSY.search(words):
        return ChannelError("server_busy", is_inbox_wide=True)
    return ChannelError("login_refused", stops_inbox=True)
