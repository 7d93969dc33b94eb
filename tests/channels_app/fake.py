"""A channel for tests: what it is told to do is scripted, what it was asked is kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import orjson
from django import forms

from channels_app.contract import (
    Action,
    Adapter,
    Capabilities,
    ChannelError,
    Connection,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    Post,
    RawRequest,
    Sent,
)
from conversations.normalised import Errand, InboundMessage, Normalised, RemoteFile, Sender


class FakeAdapter(Adapter):
    """`script` is what the next calls answer, in turn: an error to raise or a value; then everything works."""

    slug = "fake"
    name = "Fake"
    icon = "inbox"
    capabilities = Capabilities(features=frozenset({Feature.ATTACHMENTS}), max_text=100, max_file=1000)
    errors: ClassVar[Mapping[str, str]] = {"void": "The token is void.", "down": "The platform is down."}
    config_form = forms.Form
    listens = True
    connects = True

    def __init__(self) -> None:
        self.script: list[ChannelError | Any] = []
        self.sent: list[Outgoing] = []
        self.acted: list[Action] = []
        self.asked: list[Outgoing] = []
        self.found: Sent | None = None
        self.mails: list[bytes] = []

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        return [Envelope(key=request.body.hex(), sender="someone", body=request.body)]

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        said = orjson.loads(body)
        if said.get("errand"):
            return [Errand(said["errand"], {"about": said["id"]})]
        files = tuple(RemoteFile({"id": one}, name=one) for one in said.get("files", ()))
        at = datetime.fromisoformat(said["at"])
        return [InboundMessage(Sender("channel", said["from"]), said["id"], at, said.get("text", ""), files=files)]

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        self.sent.append(outgoing)
        answer = self._next()
        return answer if isinstance(answer, Sent) else Sent(provider_id=f"p-{outgoing.reference}")

    def act(self, action: Action, inbox: InboxConfig) -> None:
        self.acted.append(action)
        self._next()

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        answer = self._next()
        return answer if isinstance(answer, bytes) else f"bytes of {file.reference['id']}".encode()

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        self._next()
        return Connection(settings={"hook": hook_url}, words="Fake shop")

    def find_sent(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent | None:
        self.asked.append(outgoing)
        return self.found

    def listen(self, inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
        self._next()
        place = cursor.get("place", 0)
        post([Envelope(key=body.hex(), sender="someone", body=body) for body in self.mails[place:]], {"place": len(self.mails)})

    def _next(self) -> Any:
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, ChannelError):
            raise answer
        return answer
