"""A server that takes mail for everybody, as the addresses behave."""

import asyncio
import base64
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from channels_app.emulators.mail.behaviours import TARPIT, answer_to, behaviour_of
from channels_app.emulators.mail.state import MAX_KEPT, Taken, World

MAX_SIZE = 30 * 1024 * 1024


class _Hooks:
    """What the world does at each step."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if behaviour_of(self._world, address).is_slow:
            await asyncio.sleep(TARPIT)
        answer = answer_to(self._world, address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        account = str(session.auth_data)
        content = envelope.original_content or b""
        taken = Taken(account, envelope.mail_from or "", tuple(envelope.rcpt_tos), content, self._world.now())
        self._world.taken.append(taken)
        del self._world.taken[:-MAX_KEPT]
        for recipient in taken.recipients:
            self._world.put(taken.sender, recipient, content)
            reaction = behaviour_of(self._world, recipient).reaction
            if reaction is not None:
                reaction(self._world, taken, recipient)
        return f"250 2.0.0 Taken as {len(self._world.taken)}"


class Smtp(SMTP):
    """One connection. Passwords are those of the mailboxes, tokens those of the grants."""

    def __init__(self, world: World) -> None:
        self._world = world
        super().__init__(
            _Hooks(world),
            authenticator=self._knows,
            auth_require_tls=False,
            data_size_limit=MAX_SIZE,
            enable_SMTPUTF8=True,
            hostname="mx.emulated",
        )

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        if isinstance(given, LoginPassword):
            user = given.login.decode(errors="replace")
            if self._world.is_password(user, given.password.decode(errors="replace")):
                return AuthResult(success=True, auth_data=user)
        return AuthResult(success=False, handled=False)

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        user, token = said_by(args[1] if len(args) > 1 else "")
        if self._world.is_token(user, token):
            return AuthResult(success=True, auth_data=user)
        await self.push("334 " + REFUSAL)
        await self._reader.readline()
        await self.push("535 5.7.8 Username and Password not accepted")
        return AuthResult(success=False, handled=True)


#: The JSON with which servers refuse a token, before they say so.
REFUSAL = base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}').decode()


def said_by(text: str) -> tuple[str, str]:
    """User and token in what a client says by XOAUTH2; both empty for what is none."""
    try:
        fields = dict(one.split("=", 1) for one in base64.b64decode(text).decode().split("\x01") if "=" in one)
    except ValueError:
        return "", ""
    return fields.get("user", ""), fields.get("auth", "").removeprefix("Bearer ")
