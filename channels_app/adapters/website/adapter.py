"""The website channel behind the adapter contract."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from django.utils.translation import gettext_lazy as _

from channels_app.adapters.website.config import ConfigForm, is_allowed
from channels_app.adapters.website.parse import MAX_TEXT, parse
from channels_app.adapters.website.shape import KEPT, is_well_formed
from channels_app.adapters.website.tokens import TokenError, Visitor, read_token
from channels_app.contract import (
    Adapter,
    Capabilities,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    RawRequest,
    RefusedError,
    Sent,
)
from conversations.files import MAX_SIZE
from conversations.normalised import Normalised

MAX_BODY = 64 * 1024


class WebsiteAdapter(Adapter):
    """Visitors write through the widget; replies are taken from the conversation by the visitor's own socket."""

    slug = "website"
    name = _("Website chat")
    icon = "message-circle"
    capabilities = Capabilities(
        features=frozenset(
            {Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.TYPING, Feature.DELIVERED, Feature.READ, Feature.EDIT,
             Feature.DELETE, Feature.REACTIONS, Feature.CONTINUES, Feature.SOURCES}
        ),
        max_text=20_000,
        max_file=MAX_SIZE,
        is_idempotent=True,
    )  # fmt: skip
    errors: ClassVar[dict[str, Any]] = {
        "deleted": _("The message was deleted before it was sent."),
        "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    }
    config_form = ConfigForm

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "identity_secret": secrets.token_urlsafe(32)}

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise RefusedError(401, "token", "Open the chat again: its token is missing.")
        return [self.envelope(visitor_of(token, inbox), self.checked(request.body), inbox)]

    def checked(self, body: bytes) -> dict[str, Any]:
        """A widget's message as an object. Raises RefusedError for what is none."""
        if len(body) > MAX_BODY:
            raise RefusedError(413, "too_long", "This message is too long. Send it in parts.")
        try:
            event = orjson.loads(body)
        except ValueError:
            raise RefusedError(400, "malformed", "This is not a message of the chat.") from None
        if not is_well_formed(event):
            raise RefusedError(400, "malformed", "This is not a message of the chat.")
        if event["t"] == "message":
            self._check_message(event)
        return dict(event)

    def _check_message(self, event: dict[str, Any]) -> None:
        text, files = event.get("text", ""), event.get("attachments", [])
        if not text.strip() and not files:
            raise RefusedError(400, "empty", "Write something first.")
        if len(text) > MAX_TEXT:
            raise RefusedError(413, "too_long", "This message is too long. Send it in parts.")

    def envelope(self, visitor: Visitor, event: dict[str, Any], inbox: InboxConfig) -> Envelope:
        """What is stored of a widget's event: with the visitor whom the token proves, whatever the body claims."""
        kept = {name: event[name] for name in KEPT if name in event}
        who = visitor.identity
        kept |= {
            "visitor": visitor.id,
            "who": {"id": who.id, "name": who.name, "email": who.email} if who else None,
            "at": datetime.now(UTC).isoformat(),
        }
        key = f"{event['t']}:{visitor.value}:{event['id'] if event['t'] == 'message' else event['seq']}"
        return Envelope(key=key, sender=f"{visitor.kind}:{visitor.value}", body=orjson.dumps(kept))

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return parse(body)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        """Nothing to call: the committed message is what the visitor's socket and history show."""
        return Sent(provider_id=str(outgoing.reference))


def visitor_of(token: str, inbox: InboxConfig) -> Visitor:
    """The visitor behind a token, if the inbox still lets them in. Raises RefusedError."""
    try:
        visitor = read_token(token, inbox.key)
    except TokenError:
        raise RefusedError(401, "token", "Open the chat again: its token has ended.") from None
    check_admitted(visitor, inbox)
    return visitor


def check_admitted(visitor: Visitor, inbox: InboxConfig) -> None:
    """Raise RefusedError when the inbox no longer lets a visitor in: switched off, website removed, sign-in required."""
    if not inbox.is_enabled:
        raise RefusedError(403, "closed", "This chat is closed.")
    if not is_allowed(inbox.settings, visitor.origin):
        raise RefusedError(403, "origin", "This chat does not open on this website.")
    if inbox.settings.get("requires_identity") and visitor.identity is None:
        raise RefusedError(401, "identity", "Sign in to write to us.")


ADAPTER = WebsiteAdapter()
