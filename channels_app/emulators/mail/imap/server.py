"""Connections by IMAP, and what goes wrong with them."""

import asyncio
from argparse import Namespace
from asyncio import StreamReader, StreamWriter
from contextlib import AsyncExitStack
from io import BytesIO

from proxyprotocol.sock import SocketInfo
from pymap.config import BackendCapability, IMAPConfig
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command import Command
from pymap.parsing.response import Response
from pymap.parsing.response.code import Capability
from pysasl import SASLAuth
from pysasl.mechanism.plain import PlainMechanism

from channels_app.emulators.mail.imap.signing_in import Login, XOAuth2
from channels_app.emulators.mail.imap.store import Session
from channels_app.emulators.mail.state import ImapFaults, Mailbox, World

#: What is written at a time, in bytes, where it does not come in pieces; seconds between two pieces.
MAX_WRITE = 1024 * 1024
PAUSE = 0.002


class Config(IMAPConfig):
    """The server's abilities. It has no TLS: it is on this machine only."""

    def __init__(self, world: World) -> None:
        super().__init__(Namespace(passlib_cfg=None, proxy_protocol=None), host=None, port=0, tls_enabled=False)
        self._ways_in = SASLAuth([PlainMechanism(), XOAuth2(world)])

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=True, object_id=False, multi_append=True)

    @property
    def tls_auth(self) -> SASLAuth:
        return self._ways_in

    @property
    def greeting(self) -> bytes:
        return b"Emulated mailboxes"


class _State(ConnectionState):
    """How far a connection has come, and whose mailbox it is in by then."""

    @property
    def mailbox(self) -> Mailbox | None:
        session = self._session
        return session.mailbox if isinstance(session, Session) else None

    @property
    def faults(self) -> ImapFaults:
        return self.mailbox.imap if self.mailbox else ImapFaults()

    @property
    def capability(self) -> Capability:
        able = super().capability.capabilities
        return Capability([one for one in able if one != b"IDLE" or self.faults.has_idle])


class _Connection(IMAPConnection):
    """A connection that is slow, and ends in the middle of an answer, where that is wanted."""

    def __init__(self, config: Config, reader: StreamReader, writer: StreamWriter, state: _State) -> None:
        super().__init__(config.commands, config, reader, writer, SocketInfo.get(writer, None))
        self.state = state
        self._doing, self._said = b"", 0

    async def read_command(self, state: ConnectionState) -> Command:
        command = await super().read_command(state)
        self._doing, self._said = bytes(command.command).rpartition(b" ")[2], 0
        await asyncio.sleep(self.state.faults.latency_ms / 1000)
        return command

    async def write_response(self, resp: Response) -> None:
        if self.writer.is_closing():  # uvloop's streams raise what nobody expects
            raise ConnectionAbortedError
        faults = self.state.faults
        is_cut = bool(faults.times and faults.cut_in and faults.cut_in.encode() == self._doing)
        if not is_cut and not faults.piece:
            await super().write_response(resp)
            return
        answer = BytesIO()
        await resp.async_write(answer)
        part = answer.getvalue()[: faults.after - self._said if is_cut else None]
        await self._write(part, faults.piece or MAX_WRITE)
        self._said += len(part)
        if is_cut and self._said >= faults.after:
            faults.times -= 1
            self.close()
            raise ConnectionAbortedError

    async def _write(self, part: bytes, size: int) -> None:
        """Write so much at a time, each on its own."""
        for place in range(0, len(part), size):
            self.writer.write(part[place : place + size])
            await self.writer.drain()
            await asyncio.sleep(PAUSE)


class Imap:
    """The server. `port` is 0 for a free one; what it became stands there."""

    def __init__(self, world: World, port: int) -> None:
        self.port = port
        self._config = Config(world)
        self._login = Login(self._config, world, self._count)
        self._live: set[_Connection] = set()

    async def start(self, host: str) -> asyncio.Server:
        """Listen."""
        server = await asyncio.start_server(self._serve, host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def cut(self, mailbox: Mailbox | None = None) -> int:
        """End the connections of a mailbox, or all, without a word; how many."""
        found = [one for one in self._live if mailbox is None or one.state.mailbox is mailbox]
        for one in found:
            one.close()
        return len(found)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        state = _State(self._login, self._config)
        connection = _Connection(self._config, reader, writer, state)
        self._live.add(connection)
        try:
            async with AsyncExitStack() as stack:
                connection_exit.set(stack)
                await connection.run(state)
        except (ConnectionError, ValueError):
            pass  # cut, or a line without end
        finally:
            self._live.discard(connection)
            connection.close()

    def _count(self, mailbox: Mailbox) -> int:
        return sum(1 for one in self._live if one.state.mailbox is mailbox)
