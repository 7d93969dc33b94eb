"""The conversation with an SMTP server, step by step, so that it is always known what has been said."""

import re
import smtplib
import socket
from base64 import b64encode
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from channels_app.adapters.email.accounts import Account
from channels_app.adapters.email.lines import STARTTLS, Patience, Server, connected, secured
from channels_app.adapters.email.sasl import with_token
from channels_app.adapters.email.sending.answers import mail_error, sender_error, sign_in_error
from channels_app.adapters.email.sending.building import Mail
from channels_app.contract import ChannelError
from chatzee.env import env

#: Seconds for one answer; the last one may take longer: servers look into the mail before they take it.
STEP_SECONDS, LAST_SECONDS = 25.0, 60.0
_LOST = (smtplib.SMTPException, OSError, EOFError)


class _Client(smtplib.SMTP):
    """smtplib's client on a connection that is made elsewhere."""

    def __init__(self, made: socket.socket, server: Server) -> None:
        super().__init__(local_hostname=_own_name())
        self._made = made
        self._host = server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._made


class Post:
    """A signed-in connection to a mail server. Every method raises ChannelError."""

    def __init__(self, server: Server, account: Account, seconds: float) -> None:
        self._patience = Patience(seconds)
        self._server, self._account = server, account

    def __enter__(self) -> Self:
        made = connected(self._server)
        self._client = _Client(made, self._server)
        try:
            self._greet()
            self._sign_in()
        except ChannelError:
            self._client.close()
            raise
        except _LOST:
            self._client.close()
            raise ChannelError("no_connection", is_inbox_wide=True) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._step(2.0)
                self._client.docmd("QUIT")
        except _LOST:
            pass  # the mail is settled by now
        finally:
            self._client.close()

    def hand_over(self, mail: Mail, sender: str) -> tuple[str, ...]:
        """Hand a mail over; return the copies that the server did not take. Raises ChannelError."""
        try:
            refused = self._envelope(mail, sender)
            self._step(STEP_SECONDS)
            code, words = self._said(self._client.docmd("DATA"))
            if code != 354:
                raise mail_error(code, words)
            self._step(LAST_SECONDS)
            self._client.send(_dotted(mail.content))
        except _LOST:
            raise ChannelError("no_connection", is_inbox_wide=True) from None
        self._end()
        return refused

    def _end(self) -> None:
        """The final dot. From here on, silence may mean that the mail was taken."""
        try:
            self._step(LAST_SECONDS)
            self._client.send(b".\r\n")
            code, words = self._said(self._client.getreply())
        except _LOST:
            raise ChannelError("unconfirmed", is_ambiguous=True, is_inbox_wide=True) from None
        if code != 250:
            raise mail_error(code, words)

    def _greet(self) -> None:
        self._step(STEP_SECONDS)
        code, words = self._said(self._client.connect(self._server.host, self._server.port))
        if code != 220:
            raise ChannelError("server_busy", is_inbox_wide=True, detail=f"{code} {words}")
        self._hello()
        if self._server.security == STARTTLS:
            if not self._client.has_extn("starttls"):
                raise ChannelError("tls_failed", permanent=True, is_inbox_wide=True)
            self._secure()

    def _hello(self) -> None:
        self._step(STEP_SECONDS)
        code, words = self._said(self._client.ehlo())
        if code != 250:
            raise ChannelError("server_busy", is_inbox_wide=True, detail=f"{code} {words}")

    def _secure(self) -> None:
        code, words = self._said(self._client.docmd("STARTTLS"))
        if code != 220 or self._client.sock is None:
            raise ChannelError("tls_failed", is_inbox_wide=True, detail=f"{code} {words}")
        # What was read ahead in the clear is dropped with the old file, or it would count as the server's own word.
        self._client.sock = secured(self._client.sock, self._server.host)
        if self._client.file is not None:
            self._client.file.close()
        self._client.file = None
        self._client.helo_resp = self._client.ehlo_resp = None
        self._client.esmtp_features = {}
        self._client.does_esmtp = False
        self._hello()

    def _sign_in(self) -> None:
        if self._account.is_open:
            return
        if self._account.token is not None:
            with_token(self._account, self._exchange_token)
            return
        mechanisms = self._client.esmtp_features.get("auth", "").upper().split()
        user, password = self._account.user, self._account.password
        if "PLAIN" in mechanisms or "LOGIN" not in mechanisms:
            code, words = self._say(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
        else:
            code, words = self._say(f"AUTH LOGIN {_base64(user)}")
            if code == 334:
                code, words = self._say(_base64(password))
        if code != 235:
            raise sign_in_error(code, words)

    def _exchange_token(self, first: str) -> None:
        code, words = self._say(f"AUTH XOAUTH2 {_base64(first)}")
        if code == 334:  # a refusal comes as JSON, and is only told after an empty answer
            code, words = self._say("")
        if code != 235:
            raise sign_in_error(code, words)

    def _say(self, line: str) -> tuple[int, str]:
        self._step(STEP_SECONDS)
        return self._said(self._client.docmd(line))

    def _envelope(self, mail: Mail, sender: str) -> tuple[str, ...]:
        """MAIL and RCPT; the copies that were refused. The one for whom the mail is must be taken."""
        options = self._options(mail, sender)
        self._step(STEP_SECONDS)
        code, words = self._said(self._client.mail(sender, options))
        if code != 250:
            raise sender_error(code, words)
        refused = []
        for address in (mail.to, *mail.copies):
            self._step(STEP_SECONDS)
            code, words = self._said(self._client.rcpt(address))
            if code in (250, 251):
                continue
            if address == mail.to or code == 421:
                raise mail_error(code, words)
            refused.append(address)
        return tuple(refused)

    def _options(self, mail: Mail, sender: str) -> list[str]:
        client = self._client
        options = []
        if client.has_extn("size"):
            limit = client.esmtp_features["size"].strip()
            if limit.isdigit() and 0 < int(limit) < len(mail.content):
                raise ChannelError("too_large", permanent=True, detail=f"SIZE {limit}")
            options.append(f"SIZE={len(mail.content)}")
        if mail.needs_utf8 or not sender.isascii():
            if not client.has_extn("smtputf8"):
                raise ChannelError("address_unsupported", permanent=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    def _step(self, seconds: float) -> None:
        """Give the next step its time."""
        left = self._patience.left(seconds)
        if self._client.sock is not None:
            self._client.sock.settimeout(left)

    @staticmethod
    def _said(answer: tuple[int, bytes]) -> tuple[int, str]:
        code, words = answer
        if code == -1:
            raise smtplib.SMTPServerDisconnected
        return code, words.decode("utf-8", "replace")


def _own_name() -> str:
    return urlsplit(env.public_url).hostname or "localhost"


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _dotted(content: bytes) -> bytes:
    """The content as it goes over the line: dots doubled, a line's end at its end."""
    return re.sub(rb"(?m)^\.", b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n")
