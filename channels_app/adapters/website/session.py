"""What the widget is told when it starts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from accounts.presence import is_staffed
from channels_app.adapters.website import tokens, wire
from channels_app.adapters.website.config import DEFAULT_COLOR, in_words_of_visitor
from channels_app.adapters.website.history import conversation_of, history, identity_of, unread_of
from channels_app.adapters.website.tokens import TokenError, Visitor
from channels_app.contract import InboxConfig
from conversations.assistant import assistant_of
from conversations.models import Inbox, InboxMember
from conversations.selectors.conversations import assignable_users
from core.events.models import EventHead


def boot_answer(inbox: InboxConfig, origin: str) -> dict[str, Any]:
    """How the launcher looks on an allowed page, and the ticket for its frame."""
    color = inbox.settings.get("color", DEFAULT_COLOR)
    return {
        "ticket": tokens.make_ticket(inbox.key, origin),
        "color": color,
        "text_color": text_color(color),
        "name": inbox.settings.get("title", ""),
        "position": inbox.settings.get("position", "right"),
        "lang": get_language() or "en",
        "open_label": gettext("Open the chat"),
        "close_label": gettext("Close the chat"),
        "consent": bool(inbox.settings.get("consent_text")),
    }


def visitor_for(inbox: InboxConfig, origin: str, body: Mapping[str, Any]) -> Visitor:
    """The visitor that a session request proves: a renewed one, a new one, or the one whom the company names.

    A token of somebody else is left behind when an identity is given: histories never merge by themselves.
    Raises TokenError for an identity that does not hold.
    """
    try:
        visitor = tokens.read_token(str(body.get("token") or ""), inbox.key)
        visitor = Visitor(visitor.id, origin, visitor.identity)
    except TokenError:
        visitor = tokens.new_visitor(origin)
    if body.get("identity"):
        identity = tokens.read_identity(str(body["identity"]), inbox.settings.get("identity_secret", ""))
        is_same = visitor.identity is not None and visitor.identity.id == identity.id
        visitor = Visitor(visitor.id if is_same else tokens.new_visitor(origin).id, origin, identity)
    if inbox.settings.get("requires_identity") and visitor.identity is None:
        raise TokenError("identity")
    return visitor


def session_answer(inbox: InboxConfig, visitor: Visitor) -> dict[str, Any]:
    """Everything the frame shows at first. Inside the workspace's scope; reads only."""
    # First: what is committed while the rest is read must come after the position, not be missed by both.
    head = EventHead.objects.first()
    conversation = conversation_of(identity_of(inbox, visitor))
    page = history(conversation)
    return {
        "token": tokens.make_token(inbox.key, visitor),
        "visitor": visitor.value,
        "agents_online": is_staffed(inbox.workspace_id),
        "reply_time": in_words_of_visitor(inbox.settings.get("reply_time", "")),
        "inbox": _inbox_json(inbox),
        "agents": _agents(inbox),
        "verified": {"name": visitor.identity.name} if visitor.identity else None,
        "messages": wire.page_json(page.messages, conversation),
        "more": page.has_more,
        "unread": unread_of(conversation),
        "pos": head.position if head else 0,
    }


def text_color(color: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG relative luminance)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _inbox_json(inbox: InboxConfig) -> dict[str, Any]:
    settings = inbox.settings
    asked = []
    if settings.get("asks_name"):
        asked.append({"name": "name", "label": gettext("Your name"), "type": "text", "required": True})
    if settings.get("asks_email"):
        asked.append({"name": "email", "label": gettext("E-mail address"), "type": "email", "required": True})
    consent = settings.get("consent_text")
    return {
        "name": Inbox.objects.get(pk=inbox.id).name if not settings.get("title") else settings["title"],
        "greeting": in_words_of_visitor(settings.get("greeting", "")),
        "color": settings.get("color", DEFAULT_COLOR),
        "locale": get_language() or "en",
        "prechat": asked,
        "consent": {"text": consent, "url": settings.get("consent_url", "")} if consent else None,
        "ai_named": assistant.name if (assistant := assistant_of(inbox.id)) else False,
    }


def _agents(inbox: InboxConfig) -> list[dict[str, str]]:
    """Up to three faces: the people who answer this inbox, by first name."""
    members = InboxMember.objects.filter(inbox_id=inbox.id, user__in=assignable_users()).select_related("user")[:3]
    names = [member.user.get_short_name() for member in members]
    return [{"name": name, "initials": wire.initials(name)} for name in names if name]
