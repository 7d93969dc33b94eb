"""POP3 over the mailboxes (RFC 1939, RFC 2449), with SASL PLAIN by USER and PASS, and XOAUTH2."""

import asyncio
from collections.abc import Callable, Mapping

from channels_app.emulators.mail.smtp import REFUSAL, said_by
from channels_app.emulators.mail.state import Letter, Mailbox, World

_CAPABILITIES = ("USER", "UIDL", "TOP", "RESP-CODES", "SASL XOAUTH2")


class Pop:
    """One connection."""

    def __init__(self, world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._world, self._reader, self._writer = world, reader, writer
        self._user = ""
        self._mailbox: Mailbox | None = None
        self._letters: list[Letter] = []
        self._deleted: set[int] = set()

    async def serve(self) -> None:
        """Talk until the client leaves."""
        self._say("+OK emulated mailboxes")
        try:
            while line := await self._reader.readline():
                name, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
                if name.upper() == "QUIT":
                    self._quit()
                    break
                await self._do(name.upper(), rest)
                await self._writer.drain()
        except (ConnectionError, ValueError):
            pass  # the client is gone, or sent a line without end
        finally:
            self._writer.close()

    async def _do(self, name: str, rest: str) -> None:
        if name == "AUTH":
            await self._by_token(rest)
            return
        open_to_all: Mapping[str, Callable[[str], None]] = {"CAPA": self._capa, "USER": self._name, "PASS": self._password}
        signed_in: Mapping[str, Callable[[str], None]] = {
            "STAT": self._stat, "LIST": self._list, "UIDL": self._uidl, "RETR": self._retr, "TOP": self._top, "DELE": self._dele,
            "NOOP": lambda rest: self._say("+OK"), "RSET": lambda rest: self._reset(),
        }  # fmt: skip
        found = open_to_all.get(name) or (signed_in.get(name) if self._mailbox else None)
        if found is None:
            self._say("-ERR unknown here")
            return
        try:
            found(rest)
        except (IndexError, ValueError):
            self._say("-ERR no such message")

    def _capa(self, rest: str) -> None:
        self._lines("+OK", list(_CAPABILITIES))

    def _name(self, rest: str) -> None:
        self._user = rest
        self._say("+OK")

    def _password(self, rest: str) -> None:
        if self._world.is_password(self._user, rest):
            self._open(self._user)
        else:
            self._say("-ERR [AUTH] Authentication failed")

    async def _by_token(self, rest: str) -> None:
        mechanism, _space, said = rest.partition(" ")
        user, token = said_by(said)
        if mechanism.upper() == "XOAUTH2" and self._world.is_token(user, token):
            self._open(user)
            return
        if mechanism.upper() == "XOAUTH2":
            self._say(f"+ {REFUSAL}")
            await self._reader.readline()
        self._say("-ERR [AUTH] Authentication failed")

    def _open(self, user: str) -> None:
        self._mailbox = self._world.mailboxes.get(user.lower())
        self._letters = list(self._mailbox.inbox.letters) if self._mailbox else []
        self._say("+OK" if self._mailbox else "-ERR [AUTH] no mailbox")

    def _stat(self, rest: str) -> None:
        present = [one for number, one in self._present()]
        self._say(f"+OK {len(present)} {sum(len(one.content) for one in present)}")

    def _list(self, rest: str) -> None:
        if rest:
            self._say(f"+OK {int(rest)} {len(self._letter(rest).content)}")
        else:
            self._lines("+OK", [f"{number} {len(one.content)}" for number, one in self._present()])

    def _uidl(self, rest: str) -> None:
        if rest:
            self._say(f"+OK {int(rest)} {self._letter(rest).mark}")
        else:
            self._lines("+OK", [f"{number} {one.mark}" for number, one in self._present()])

    def _retr(self, rest: str) -> None:
        self._content(self._letter(rest).content)

    def _top(self, rest: str) -> None:
        number, _space, lines = rest.partition(" ")
        head, edge, body = self._letter(number).content.partition(b"\r\n\r\n")
        self._content(head + edge + b"\r\n".join(body.split(b"\r\n")[: int(lines)]))

    def _dele(self, rest: str) -> None:
        self._letter(rest)
        self._deleted.add(int(rest))
        self._say("+OK")

    def _reset(self) -> None:
        self._deleted.clear()
        self._say("+OK")

    def _quit(self) -> None:
        if self._mailbox is not None:
            gone = [self._letters[number - 1].mark for number in self._deleted]
            self._mailbox.inbox.remove(gone)
        self._say("+OK")

    def _present(self) -> list[tuple[int, Letter]]:
        return [(number, one) for number, one in enumerate(self._letters, 1) if number not in self._deleted]

    def _letter(self, text: str) -> Letter:
        number = int(text)
        if number < 1 or number in self._deleted:
            raise IndexError
        return self._letters[number - 1]

    def _content(self, content: bytes) -> None:
        self._say("+OK")
        for line in content.removesuffix(b"\r\n").split(b"\r\n"):
            self._writer.write((b"." if line.startswith(b".") else b"") + line + b"\r\n")
        self._say(".")

    def _lines(self, first: str, rest: list[str]) -> None:
        for line in (first, *rest, "."):
            self._say(line)

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")
