"""Instagram as a part of the emulator: accounts of a page, and accounts of its own log-in."""

from typing import Any

from channels_app.emulators.graph.messaging.core import Core
from channels_app.emulators.graph.messaging.provider import Messaging
from channels_app.emulators.graph.messaging.state import Fields
from channels_app.emulators.instagram.login import Login
from channels_app.emulators.web import Request, Response


class Instagram(Messaging):
    """The provider `instagram` of the emulator."""

    def __init__(self, core: Core) -> None:
        super().__init__(core, "instagram")
        self._login = Login(core.login)

    def handle(self, request: Request) -> Response | None:
        """The log-in; None for another address."""
        return self._login.handle(request)

    def change(self, what: str, wanted: Fields) -> Any:
        """What the platform's own people do, and with `apps` and `tokens` those of the log-in. Raises BadRequestError."""
        if what in ("apps", "tokens", "deauthorisations", "deletions"):
            return self.core.login.change(what, wanted)
        return super().change(what, wanted)

    def add(self, wanted: Fields) -> Fields:
        return self.core.accounts.add_instagram(wanted, self.core.login)
