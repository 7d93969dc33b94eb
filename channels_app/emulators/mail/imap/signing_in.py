"""Who may sign in: by the mailbox's password, or by an access token of its grant (XOAUTH2)."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from pymap.config import IMAPConfig
from pymap.exceptions import InvalidAuth, NotSupportedError, ResponseError
from pymap.interfaces.login import IdentityInterface, LoginInterface
from pymap.interfaces.session import SessionInterface
from pymap.parsing.response import ResponseCode, ResponseNo
from pymap.token import AllTokens
from pymap.user import UserMetadata
from pysasl.creds.plain import PlainCredentials
from pysasl.creds.server import ServerCredentials
from pysasl.identity import ClearIdentity
from pysasl.mechanism import ChallengeResponse, ServerChallenge, ServerMechanism

from channels_app.emulators.mail.imap.store import session_of
from channels_app.emulators.mail.smtp import REFUSAL, said_by
from channels_app.emulators.mail.state import Mailbox, World


class TooManyError(ResponseError):
    """More connections than the mailbox allows, in Dovecot's words."""

    def get_response(self, tag: bytes) -> ResponseNo:
        return ResponseNo(tag, b"Maximum number of connections from user+IP exceeded", ResponseCode.of(b"LIMIT"))


class XOAuth2(ServerMechanism):
    """XOAUTH2 as Google and Microsoft have it: a refusal is JSON that wants an empty answer, and only then NO."""

    def __init__(self, world: World) -> None:
        super().__init__(b"XOAUTH2")
        self._world = world

    def server_attempt(self, responses: Sequence[ChallengeResponse]) -> tuple[ServerCredentials, bytes | None]:
        if not responses:
            raise ServerChallenge(b"")
        user, token = said_by(b64encode(responses[0].response).decode())
        if not self._world.is_token(user, token) and len(responses) == 1:
            raise ServerChallenge(b64decode(REFUSAL))
        return TokenCredentials(user, token), None


class TokenCredentials(PlainCredentials):
    """A user with an access token for a password."""

    def __init__(self, user: str, token: str) -> None:
        super().__init__(user, token)
        self.token = token


class Login(LoginInterface):
    """Lets people in. `count` tells how many connections a mailbox has."""

    def __init__(self, config: IMAPConfig, world: World, count: Callable[[Mailbox], int]) -> None:
        self._config, self._world, self._count = config, world, count
        self._tokens = AllTokens(config)

    @property
    def tokens(self) -> AllTokens:
        return self._tokens

    async def authenticate(self, credentials: ServerCredentials) -> "Identity":
        mailbox = self._world.mailboxes.get(credentials.authcid.lower())
        if mailbox is None or not self._is_right(credentials, mailbox):
            raise InvalidAuth("Authentication failed.")
        most = mailbox.imap.max_connections
        if most is not None and self._count(mailbox) >= most:
            raise TooManyError
        return Identity(self._config, self._world, mailbox)

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> IdentityInterface:
        return authenticated

    def _is_right(self, credentials: ServerCredentials, mailbox: Mailbox) -> bool:
        if isinstance(credentials, TokenCredentials):
            return self._world.is_token(credentials.authcid, credentials.token)
        return not mailbox.is_locked and credentials.verify(ClearIdentity(credentials.authcid, mailbox.password))


class Identity(IdentityInterface):
    """Whose mailbox it is. Accounts are made by the control API, not by IMAP."""

    def __init__(self, config: IMAPConfig, world: World, mailbox: Mailbox) -> None:
        self._config, self._world, self._mailbox = config, world, mailbox

    @property
    def name(self) -> str:
        return self._mailbox.address

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()

    def new_session(self) -> AbstractAsyncContextManager[SessionInterface]:
        return session_of(self._config, self._world, self._mailbox)

    async def new_token(self, *, expiration: datetime | None = None) -> str | None:
        return None

    async def get(self) -> UserMetadata:
        raise NotSupportedError

    async def set(self, metadata: UserMetadata) -> int | None:
        raise NotSupportedError

    async def delete(self) -> None:
        raise NotSupportedError
