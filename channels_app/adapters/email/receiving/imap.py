"""IMAP: a place per folder (UIDVALIDITY and UID), IDLE where the server has it, nothing changed in the mailbox.

Sources: RFC 3501, RFC 2177 (IDLE, to be given again before 29 minutes are over), SASL XOAUTH2.
"""

import imaplib
import re
import select
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from channels_app.adapters.email import lines
from channels_app.adapters.email.accounts import Account
from channels_app.adapters.email.envelope import MAX_MAIL
from channels_app.adapters.email.lines import STARTTLS, Server
from channels_app.adapters.email.mime.lightening import Lightened, Lightening, lightened
from channels_app.adapters.email.receiving.pausing import LOOK_SECONDS, pause
from channels_app.adapters.email.receiving.storing import envelope_of
from channels_app.adapters.email.sasl import with_token
from channels_app.contract import ChannelError, Envelope, InboxConfig, Post

log = structlog.get_logger(__name__)

STEP_SECONDS = 60.0
#: Servers end an IDLE after 30 minutes; other folders are looked into between two of them.
IDLE_SECONDS, IDLE_WITH_FOLDERS_SECONDS = 25 * 60.0, 3 * 60.0
#: Between two looks where the server has no IDLE.
POLL_SECONDS = 60.0
#: One fetch brings so many mails and bytes at most (one mail may be larger).
MAX_MAILS, MAX_BYTES = 25, 8 * 1024 * 1024
#: A mail that is too large to be kept whole is read in pieces, up to so much, in bytes.
PIECE, MAX_READ = 2 * 1024 * 1024, 512 * 1024 * 1024
#: When a server numbers a folder anew, mail since the last look and these days before is gone through again.
RESYNC_DAYS = 2
_BUSY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|simultaneous|temporar|try again|rate limit", re.IGNORECASE)
_LOST = (IMAPClientAbortError, imaplib.IMAP4.abort, OSError, EOFError)


class _Line(imaplib.IMAP4):
    """imaplib's client on a connection that is made elsewhere."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return lines.connected(self._server)

    def heard(self, seconds: float) -> bool:
        """Wait so long for the server to say something, and leave it to be read. Raises EOFError when the line has ended.

        The client library's own way gives a connection up where a line comes in two pieces.
        """
        if self._unread():
            return True
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        if not waiting.poll(seconds * 1000):
            return False
        found = self._unread()
        if found == b"":
            raise EOFError
        return found is not None

    def _unread(self) -> bytes | None:
        """What has come and was not read, or the beginning of it: nothing at the line's end; None where TLS has but a part."""
        patience = self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            found: bytes = self.file.peek(1)  # type: ignore[union-attr]  # it is a BufferedReader
        except ssl.SSLWantReadError:
            return None
        finally:
            self.sock.settimeout(patience)
        return found


class _Client(IMAPClient):
    def __init__(self, server: Server) -> None:
        self._server = server
        self._line: _Line
        super().__init__(server.host, server.port, ssl=False, timeout=STEP_SECONDS)

    def _create_IMAP4(self) -> _Line:  # noqa: N802  # the library's name
        self._line = _Line(self._server)
        return self._line

    def told_size(self) -> bytes | None:
        """The number of mails in the open folder that the server told since this was last asked; None where it told none."""
        found: list[Any] = self._line.response("EXISTS")[1]
        return found[-1] if found else None

    def heard(self, seconds: float) -> bool:
        """Wait so long, while the server has been asked to tell, for its word. Raises EOFError when the line has ended."""
        return self._line.heard(seconds)


@dataclass(slots=True)
class _Folder:
    """A folder and how far it has been read. `at`: when it was last looked into."""

    name: str
    validity: int = 0
    uid: int = 0
    at: str = ""


class _Mailbox:
    """One listener's mailbox."""

    def __init__(self, inbox: InboxConfig, client: _Client, cursor: Mapping[str, Any], post: Post) -> None:
        self._inbox, self._client, self._post = inbox, client, post
        self._folders = [_folder(name, cursor) for name in folders_of(inbox)]

    @property
    def has_others(self) -> bool:
        return len(self._folders) > 1

    def look(self, is_stopped: Callable[[], bool]) -> None:
        """Bring what is new in every folder; the first one is open afterwards."""
        for folder in reversed(self._folders):
            self._open(folder)
            size = self._client.told_size()
            while not is_stopped():
                batch, before = self._batch(folder), size
                # A server may tell of new mail in the answer to a search that does not find it yet, and not again.
                size = self._client.told_size() or size
                if batch:
                    self._bring(folder, batch)
                elif size == before:
                    break

    def _bring(self, folder: _Folder, batch: Mapping[int, int]) -> None:
        """Hand over a batch together with the place behind it."""
        envelopes = list(self._fetched(batch))
        folder.uid, folder.at = max(batch), timezone.now().isoformat()
        self._post(envelopes, self._cursor())

    def _open(self, folder: _Folder) -> None:
        """Open a folder and find the place from which it is read; kept at once, so that nothing is skipped later."""
        try:
            said = self._client.select_folder(folder.name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            raise ChannelError("folder_unknown", is_inbox_wide=True) from None
        validity = int(said.get(b"UIDVALIDITY", 0))
        if validity == folder.validity:
            return
        folder.uid = self._start(folder, int(said.get(b"UIDNEXT", 0)))
        folder.validity, folder.at = validity, timezone.now().isoformat()
        self._post([], self._cursor())

    def _start(self, folder: _Folder, uid_next: int) -> int:
        """The last UID that is not read: by the setting at the first time, by the last look when numbers are new."""
        if folder.validity:
            log.info("imap.numbered_anew", inbox=str(self._inbox.id))
            since = _moment(folder.at) - timedelta(days=RESYNC_DAYS)
        else:
            days = int(self._inbox.settings.get("first_days") or 0)
            if not days:
                return uid_next - 1 if uid_next else max(self._client.search(["ALL"]), default=0)
            since = timezone.now() - timedelta(days=days)
        found = self._client.search(["SINCE", since.date()])
        return min(found) - 1 if found else max(self._client.search(["ALL"]), default=0)

    def _batch(self, folder: _Folder) -> dict[int, int]:
        """The sizes of the next mails by UID, in order."""
        # "n:*" names the last mail even where its number is lower.
        found = sorted(uid for uid in self._client.search(["UID", f"{folder.uid + 1}:*"]) if uid > folder.uid)[:MAX_MAILS]
        if not found:
            return {}
        said = self._client.fetch(found, ["RFC822.SIZE"])
        batch: dict[int, int] = {}
        for uid in found:
            size = int(said.get(uid, {}).get(b"RFC822.SIZE", 0))
            if batch and sum(batch.values()) + size > MAX_BYTES:
                break
            batch[uid] = size
        return batch

    def _fetched(self, batch: Mapping[int, int]) -> Iterator[Envelope]:
        """The mails of a batch; one that was deleted meanwhile is not among them."""
        small = [uid for uid, size in batch.items() if size <= MAX_MAIL]
        said = self._client.fetch(small, ["BODY.PEEK[]", "INTERNALDATE"]) if small else {}
        for uid in small:
            raw = _body(said.get(uid, {}))
            if raw:
                yield self._envelope(lightened([raw], MAX_MAIL), said[uid])
        for uid in batch.keys() - set(small):
            facts = self._client.fetch([uid], ["INTERNALDATE"]).get(uid)
            if facts is not None:
                yield self._envelope(self._in_pieces(uid, batch[uid]), facts)

    def _in_pieces(self, uid: int, size: int) -> Lightened:
        """A large mail, read so that it is never held whole."""
        found, place = Lightening(MAX_MAIL), 0
        while place < MAX_READ:
            piece = _body(self._client.fetch([uid], [f"BODY.PEEK[]<{place}.{PIECE}>"]).get(uid, {}))
            found.feed(piece)
            place += len(piece)
            if len(piece) < PIECE:
                break
        return found.done(cut_of=size if place < size else 0)

    def _envelope(self, found: Lightened, facts: Mapping[bytes, Any]) -> Envelope:
        return envelope_of(self._inbox, found, _aware(facts.get(b"INTERNALDATE")), "imap")

    def _cursor(self) -> dict[str, Any]:
        found = [{"name": one.name, "validity": one.validity, "uid": one.uid, "at": one.at} for one in self._folders]
        return {"imap": [one for one in found if one["validity"]]}


def listen(
    inbox: InboxConfig,
    where: tuple[Server, Account],
    cursor: Mapping[str, Any],
    post: Post,
    is_stopped: Callable[[], bool],
) -> None:
    """Bring an inbox's mail until `is_stopped`. Raises ChannelError."""
    with signed_in(*where) as client:
        mailbox = _Mailbox(inbox, client, cursor, post)
        while not is_stopped():
            mailbox.look(is_stopped)
            _wait(client, is_stopped, IDLE_WITH_FOLDERS_SECONDS if mailbox.has_others else IDLE_SECONDS)


def try_out(inbox: InboxConfig, server: Server, account: Account) -> None:
    """Sign in and open the folders. Raises ChannelError."""
    with signed_in(server, account) as client:
        for name in folders_of(inbox):
            if not client.folder_exists(name):
                raise ChannelError("folder_unknown", permanent=True)


def folders_of(inbox: InboxConfig) -> list[str]:
    """The folders that are read, the one that is waited for first."""
    other = str(inbox.settings.get("other_folder") or "").strip()
    return ["INBOX", other] if other and other.upper() != "INBOX" else ["INBOX"]


@contextmanager
def signed_in(server: Server, account: Account) -> Iterator[_Client]:
    """A signed-in connection. Raises ChannelError, also for what goes wrong inside the block."""
    client: _Client | None = None
    try:
        client = _Client(server)
        if server.security == STARTTLS:
            _secure(client)
        _sign_in(client, account)
        yield client
        with suppress(*_LOST, IMAPClientError):
            client.logout()
    except LoginError as error:
        raise _refusal(str(error)) from None
    except _LOST:
        raise ChannelError("no_connection", is_inbox_wide=True) from None
    except IMAPClientError as error:
        raise ChannelError("mailbox_changed", is_inbox_wide=True, detail=type(error).__name__) from None
    finally:
        if client is not None:
            with suppress(*_LOST, IMAPClientError):
                client.shutdown()


def _secure(client: IMAPClient) -> None:
    if not client.has_capability("STARTTLS"):
        raise ChannelError("tls_failed", permanent=True, is_inbox_wide=True)
    try:
        client.starttls(lines.trust())
    except ssl.SSLError as error:
        raise ChannelError("tls_failed", is_inbox_wide=True, detail=str(getattr(error, "verify_message", ""))) from None


def _sign_in(client: IMAPClient, account: Account) -> None:
    def by_token(first: str) -> None:
        said = [first]
        try:
            # A refusal comes as JSON, and is only told after an empty answer.
            client.sasl_login("XOAUTH2", lambda challenge: said.pop() if said else "")
        except LoginError as error:
            raise _refusal(str(error)) from None

    if account.token is not None:
        with_token(account, by_token)
    elif client.has_capability("AUTH=PLAIN"):
        client.sasl_login("PLAIN", lambda challenge: f"\0{account.user}\0{account.password}")
    else:
        client.login(account.user, account.password)


def _refusal(words: str) -> ChannelError:
    if _BUSY.search(words):
        return ChannelError("server_busy", is_inbox_wide=True)
    return ChannelError("login_refused", stops_inbox=True)


def _wait(client: _Client, is_stopped: Callable[[], bool], seconds: float) -> None:
    """Wait for the server's word that something came, or until it is time to look anyway."""
    if not client.has_capability("IDLE"):
        pause(POLL_SECONDS, is_stopped)
        client.noop()
        return
    until = monotonic() + seconds
    client.idle()
    while monotonic() < until and not is_stopped() and not client.heard(LOOK_SECONDS):
        pass
    client.idle_done()


def _folder(name: str, cursor: Mapping[str, Any]) -> _Folder:
    for one in cursor.get("imap") or []:
        if one["name"] == name:
            return _Folder(name, int(one["validity"]), int(one["uid"]), str(one["at"]))
    return _Folder(name)


def _body(answer: Mapping[bytes, Any]) -> bytes:
    return bytes(next((value for name, value in answer.items() if name.startswith(b"BODY[]")), None) or b"")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return timezone.now() - timedelta(days=30)


def _aware(found: Any) -> datetime:
    """INTERNALDATE, which the library gives in this machine's own time."""
    return found.astimezone(UTC) if isinstance(found, datetime) else timezone.now()
