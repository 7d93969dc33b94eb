"""Messenger as a part of the emulator."""

from channels_app.emulators.graph.messaging.core import Core
from channels_app.emulators.graph.messaging.provider import Messaging


class Messenger(Messaging):
    """The provider `messenger` of the emulator: pages."""

    def __init__(self, core: Core) -> None:
        super().__init__(core, "page")
