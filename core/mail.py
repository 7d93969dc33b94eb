"""Django's mailer: the server or folder that CHATZEE_MAIL_URL names.

`smtp://user:password@host:587` (STARTTLS), `smtps://user:password@host:465`, or `file:///folder`, one `.eml` per mail.
"""

import email.policy
import os
import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from chatzee.env import env
from core.ids import new_id
from core.observability.metrics import MAILS

log = structlog.get_logger(__name__)

#: Seconds for connecting and for each answer of the mail server.
TIME_LIMIT = 15


class Backend(BaseEmailBackend):
    """Sends mails one after another over one connection; TLS is always used and verified.

    Raises smtplib.SMTPException or OSError when the mail server is away.
    """

    def __init__(self, *, alias: str | None = None, url: str | None = None, **kwargs: Any) -> None:
        super().__init__(alias=alias, **kwargs)
        self.mailer = alias or "default"
        self.url = urlsplit(url or env.mail_url.get_secret_value())

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            match self.url.scheme:
                case "file":
                    sent = _write(Path(unquote(self.url.path)), email_messages)
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

    def _send(self, messages: Sequence[EmailMessage]) -> int:
        server = _server(self.url, alias=self.mailer)
        try:
            return server.send_messages(messages) or 0
        finally:
            # Django leaves the connection open when STARTTLS or the sign-in fails.
            server.close()


def _server(url: SplitResult, *, alias: str) -> SmtpBackend:
    is_tls_from_the_start = url.scheme == "smtps"
    return SmtpBackend(
        alias=alias,
        host=url.hostname or "",
        port=url.port or (465 if is_tls_from_the_start else 587),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_ssl=is_tls_from_the_start,
        use_tls=not is_tls_from_the_start,
        timeout=TIME_LIMIT,
    )


def _write(folder: Path, messages: Sequence[EmailMessage]) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for message in messages:
        draft = folder / f".{new_id()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.message(policy=email.policy.default).as_bytes())
        draft.rename(folder / f"{draft.name[1:]}.eml")
    return len(messages)
