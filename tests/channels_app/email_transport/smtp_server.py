"""A mail server that does what a test tells it."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Taken:
    """A mail that the server took, as it came."""

    sender: str
    recipients: list[str]
    content: bytes
    options: list[str]


@dataclass
class Behaviour:
    """`answers`: what a step (`MAIL`, `DATA`, `END`, `RCPT:<address>`) is answered with, else it works.

    `cuts`: a step after which the connection ends without an answer. `passwords` and `tokens` that sign in.
    """

    answers: dict[str, str] = field(default_factory=dict)
    cuts: str = ""
    passwords: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    refused: int = 0
    taken: list[Taken] = field(default_factory=list)


def cut(server: SMTP) -> None:
    """End a connection without a word."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class Handler:
    """The server's hooks."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.transport: Any = None

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.behaviour.answers:
            return self.behaviour.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.behaviour.answers.get(f"RCPT:{address}", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        assert envelope.mail_from is not None
        content = envelope.original_content or b""
        answer = self.behaviour.answers.get("END", "250 2.0.0 Taken")
        if answer.startswith("250"):
            taken = Taken(envelope.mail_from, list(envelope.rcpt_tos), content, list(envelope.mail_options))
            self.behaviour.taken.append(taken)
        if self.behaviour.cuts == "END":
            cut(server)
        return answer


class Server(SMTP):
    """aiosmtpd with XOAUTH2, and steps that it has no hook for."""

    def __init__(self, handler: Handler, **options: Any) -> None:
        self._behaviour = handler.behaviour
        super().__init__(handler, authenticator=self._knows, auth_require_tls=False, hostname="mx.test", **options)

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        if isinstance(given, LoginPassword) and self._behaviour.passwords.get(given.login.decode()) == given.password.decode():
            return AuthResult(success=True)
        answer = self._behaviour.answers.get("AUTH")
        return AuthResult(success=False, handled=False, message=answer)

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        import base64

        said = base64.b64decode(args[1]).decode()
        if any(said.endswith(f"auth=Bearer {token}\x01\x01") for token in self._behaviour.tokens):
            return AuthResult(success=True)
        self._behaviour.refused += 1
        await self.push("334 " + base64.b64encode(b'{"status":"400"}').decode())
        assert await self._reader.readline() == b"\r\n"
        await self.push("535 5.7.8 Bad credentials")
        return AuthResult(success=False, handled=True)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # likewise
        if "DATA" in self._behaviour.answers:
            await self.push(self._behaviour.answers["DATA"])
            return
        if self._behaviour.cuts == "DATA":
            cut(self)
            return
        await super().smtp_DATA(arg)


@contextmanager
def smtp_server(behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """Serve on a free port of 127.0.0.1 until the block ends; give the port. `tls`: from the first byte."""
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: Server(Handler(behaviour), loop=loop, **options), "127.0.0.1", 0, ssl=tls)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_closed(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _closed(listening: asyncio.Server) -> None:
    listening.close()
    others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)
