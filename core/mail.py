"""Django's e-mail backend: the server or folder that CHATZEE_MAIL_URL names.

`smtp://user:password@host:587` (STARTTLS), `smtps://user:password@host:465`, or `file:///folder`, one `.eml` per mail.
"""

import os
import smtplib
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from chatzee.env import env
from core.ids import new_id
from core.observability.metrics import MAILS

log = structlog.get_logger(__name__)

#: Seconds for connecting and for each answer of the mail server.
TIME_LIMIT = 15


class Backend(BaseEmailBackend):
    """Sends mails one after another over one connection; TLS is always verified.

    Raises smtplib.SMTPException or OSError when the mail server is away.
    """

    def __init__(self, *, alias: str | None = None, url: str | None = None, **kwargs: object) -> None:
        super().__init__(alias=alias, **kwargs)
        self.url = urlsplit(url or env.mail_url.get_secret_value())

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not email_messages:
            return 0
        try:
            match self.url.scheme:
                case "file":
                    sent = self._write(email_messages)
                case "smtp" | "smtps":
                    sent = self._send(email_messages)
                case _:
                    raise ImproperlyConfigured("CHATZEE_MAIL_URL must start with smtp://, smtps:// or file://.")
        except (smtplib.SMTPException, OSError) as error:
            MAILS.labels("failed").inc(len(email_messages))
            log.warning("mail.failed", error=type(error).__name__, count=len(email_messages))
            raise
        MAILS.labels("sent").inc(sent)
        return sent

    def _write(self, messages: Sequence[EmailMessage]) -> int:
        folder = Path(unquote(self.url.path))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            draft = folder / f".{new_id()}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            draft.rename(folder / f"{draft.name[1:]}.eml")
        return len(messages)

    def _send(self, messages: Sequence[EmailMessage]) -> int:
        sent = 0
        with self._connect() as server:
            for message in messages:
                recipients = [sanitize_address(address, "utf-8") for address in message.recipients()]
                if recipients:
                    sender = sanitize_address(message.from_email, "utf-8")
                    server.sendmail(sender, recipients, message.message().as_bytes(linesep="\r\n"))
                    sent += 1
        return sent

    def _connect(self) -> smtplib.SMTP:
        host = self.url.hostname or ""
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.url.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, self.url.port or 465, timeout=TIME_LIMIT, context=context)
        else:
            server = smtplib.SMTP(host, self.url.port or 587, timeout=TIME_LIMIT)
        try:
            if self.url.scheme == "smtp":
                server.starttls(context=context)
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
        except BaseException:
            server.close()
            raise
        return server
