"""Mail as a part of the emulator: its servers, and what the control API may do with it."""

import asyncio
from email import message_from_bytes
from email.utils import parseaddr
from random import Random
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.made_up import given_bytes
from channels_app.emulators.mail import grants, shown
from channels_app.emulators.mail.behaviours import BEHAVIOURS
from channels_app.emulators.mail.imap.server import Imap
from channels_app.emulators.mail.letters import written
from channels_app.emulators.mail.pop import Pop
from channels_app.emulators.mail.smtp import Smtp
from channels_app.emulators.mail.state import INBOX, MAX_KEPT, ImapFaults, Mailbox, Taken, World
from channels_app.emulators.web import BadRequestError, FilePart, Request, Response

_HOST = "127.0.0.1"


class Mail:
    """The provider `mail` of the emulator. Ports are 0 for free ones; what they became stands there."""

    name = "mail"

    def __init__(self, clock: Clock, *, seed: int, smtp_port: int = 0, pop_port: int = 0, imap_port: int = 0) -> None:
        self._clock, self._seed = clock, seed
        self.smtp_port, self.pop_port = smtp_port, pop_port
        self.world = self._fresh()
        self.imap = Imap(self.world, imap_port)
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Listen."""
        smtp = await asyncio.get_running_loop().create_server(lambda: Smtp(self.world), _HOST, self.smtp_port)
        pop = await asyncio.start_server(lambda reader, writer: Pop(self.world, reader, writer).serve(), _HOST, self.pop_port)
        self.smtp_port, self.pop_port = (one.sockets[0].getsockname()[1] for one in (smtp, pop))
        self._servers = [smtp, pop, await self.imap.start(_HOST)]

    async def close(self) -> None:
        self.imap.cut()
        for one in self._servers:
            one.close()

    def handle(self, request: Request) -> Response | None:
        """The answer to whatever is the provider's; None for another address."""
        return grants.handle(self.world, request)

    def reset(self) -> None:
        """Forget everything."""
        self.imap.cut()
        for name, value in vars(self._fresh()).items():
            setattr(self.world, name, value)

    def inbound(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A person writes: `from`, `to`, `subject`, `text`, `headers`, `files`; or `raw`, the whole mail. `folder`: where to."""
        recipient, sender = str(wanted["to"]), str(wanted.get("from") or "zoe@customer.example")
        raw = wanted.get("raw")
        content = (
            raw.encode("utf-8", "surrogateescape")
            if isinstance(raw, str)
            else written(
                self.world,
                sender=sender,
                recipient=recipient,
                subject=str(wanted.get("subject") or ""),
                text=str(wanted.get("text") or ""),
                headers=dict(wanted.get("headers") or {}),
                files=[_file(one) for one in wanted.get("files") or []],
            )
        )
        mark = self.world.put(sender, recipient, content, str(wanted.get("folder") or INBOX))
        if not mark:
            raise ValueError("nobody has this mailbox")
        self.world.people.append(Taken("", parseaddr(sender)[1], (recipient,), content, self._clock.now()))
        del self.world.people[:-MAX_KEPT]
        return {"mark": mark, "message_id": str(message_from_bytes(content)["Message-ID"] or "")}

    def outbox(self, *, to: str = "", connection: str = "") -> list[dict[str, Any]]:
        """What was taken, oldest first; of one recipient, of one account."""
        found = [one for one in self.world.taken if to in ("", *one.recipients) and connection in ("", one.account)]
        return [
            {"account": one.account, "from": one.sender, "to": list(one.recipients), "at": one.at,
             "raw": one.content.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()}
            for one in found
        ]  # fmt: skip

    def read(self, what: str, query: dict[str, str]) -> Any:
        """What a page shows: the mailboxes, who writes to them, the mails of one person, a file. Raises BadRequestError."""
        mailbox = query.get("mailbox", "") or next(iter(self.world.mailboxes), "")
        match what:
            case "mailboxes":
                return [{"mailbox": one, "name": one} for one in self.world.mailboxes]
            case "customers":
                return [{"id": one, "name": one, "phone": ""} for one in shown.people_of(self.world, mailbox)]
            case "chat":
                return shown.chat_as_seen(self.world, mailbox, query.get("customer", ""))
            case "file" if found := shown.file_of(self.world, query.get("id", "")):
                headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
                return Response(200, shown.bytes_of(found), found.get_content_type(), headers)
        raise BadRequestError("There is nothing at this address.")

    def set_faults(self, wanted: dict[str, Any], connection: str) -> None:
        """Have an address behave: `{"behaviour": "greylist", "times": 2}`, or a mailbox: `{"imap": {"cut_in": "FETCH"}}`.

        Nothing ends both. Raises BadRequestError.
        """
        mailbox = self.world.mailbox(connection)
        if mailbox is not None:
            mailbox.imap = _imap_faults(wanted.pop("imap", {}))
        if wanted and wanted.get("behaviour") not in BEHAVIOURS:
            raise BadRequestError(f"An address can be one of: {', '.join(BEHAVIOURS)}.")
        self.world.seen.pop(connection.lower(), None)
        if wanted:
            self.world.behaviours[connection.lower()] = dict(wanted)
        else:
            self.world.behaviours.pop(connection.lower(), None)

    def change(self, what: str, wanted: dict[str, Any]) -> Any:
        """Make a mailbox or a folder; tell where the servers are; take a grant back. Raises BadRequestError."""
        address = str(wanted.get("address") or "")
        if what == "mailboxes":
            return self.add_mailbox(address, str(wanted.get("password") or ""))
        if what == "servers":
            return {"smtp": self.smtp_port, "pop3": self.pop_port, "imap": self.imap.port}
        if what == "locks":
            return self._lock(address, is_locked=wanted.get("is_locked", True) is True)
        if what in ("folders", "renumberings", "cuts"):
            return self._by_imap(what, address, str(wanted.get("name") or INBOX))
        if what == "revocations":
            return {"revoked": grants.revoke(self.world, address)}
        raise BadRequestError(f"There is nothing called {what}.")

    def add_mailbox(self, address: str, password: str) -> dict[str, Any]:
        """A mailbox; a known address keeps its mail. Raises BadRequestError."""
        if "@" not in address or not password:
            raise BadRequestError("A mailbox has an address and a password.")
        self.world.open_mailbox(address, password)
        return {"address": address.lower()}

    def _lock(self, address: str, *, is_locked: bool) -> dict[str, Any]:
        """The mailbox lets nobody in, as when its password was changed, or does so again. Raises BadRequestError."""
        self._mailbox(address).is_locked = is_locked
        return {"is_locked": is_locked}

    def _by_imap(self, what: str, address: str, name: str) -> dict[str, Any]:
        """Make a folder, number one anew, or end every connection. Raises BadRequestError."""
        mailbox = self._mailbox(address)
        folder = self.world.folder(mailbox, name)
        cut = 0 if what == "folders" else self.imap.cut(mailbox)
        if what == "renumberings":
            folder.number_anew()
        return {"validity": folder.validity, "cut": cut}

    def _mailbox(self, address: str) -> Mailbox:
        found = self.world.mailbox(address)
        if found is None:
            raise BadRequestError("There is no such mailbox.")
        return found

    def _fresh(self) -> World:
        return World(now=self._clock.now, random=Random(self._seed))  # noqa: S311  # the same seed plays the same


def _imap_faults(wanted: dict[str, Any]) -> ImapFaults:
    try:
        return ImapFaults(**wanted)
    except TypeError:
        raise BadRequestError(f"A mailbox's faults by IMAP are: {', '.join(ImapFaults.__slots__)}.") from None


def _file(given: dict[str, Any]) -> FilePart:
    return FilePart(str(given.get("name") or "file"), str(given.get("type") or "application/octet-stream"), given_bytes(given))
