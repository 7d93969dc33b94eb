"""From the widget's stored events to normalised ones. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from channels_app.contract import UnparsableError
from conversations.normalised import Claim, DeliveredUpTo, InboundMessage, Normalised, ReadUpTo, Sender

MAX_TEXT = 8000


def parse(body: bytes) -> Sequence[Normalised]:
    """The normalised events of one stored widget event. Raises UnparsableError."""
    try:
        event: dict[str, Any] = orjson.loads(body)
        at = datetime.fromisoformat(event["at"])
        kind = event["t"]
        sender = _sender(event)
        if kind == "message":
            return [_message(event, sender, at)]
        if kind == "read":
            return [ReadUpTo(sender, int(event["seq"]), at)]
        if kind == "delivered":
            return [DeliveredUpTo(sender, int(event["seq"]), at)]
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise UnparsableError(f"{type(error).__name__} in a widget event") from error
    raise UnparsableError("An unknown kind of widget event")


def _message(event: dict[str, Any], sender: Sender, at: datetime) -> InboundMessage:
    text = str(event.get("text", ""))[:MAX_TEXT].replace("\x00", "")
    page = event.get("page") or {}
    data: dict[str, Any] = (
        {"page": {"url": str(page.get("url", ""))[:500], "title": str(page.get("title", ""))[:200]}} if page else {}
    )
    if event.get("consent"):
        data["consented_at"] = at.isoformat()
    return InboundMessage(
        sender=sender,
        provider_id=str(UUID(event["id"])),
        occurred_at=at,
        text=text,
        data=data,
        uploads=tuple(UUID(one) for one in event.get("attachments", ())[:10]),
        reply_to=str(event.get("reply_to") or ""),
    )


def _sender(event: dict[str, Any]) -> Sender:
    fields = event.get("fields") or {}
    typed_email = str(fields.get("email", "")).strip()[:254]
    claims = [Claim("email", typed_email)] if typed_email else []
    who = event.get("who")
    if who:
        if who["email"]:
            claims.insert(0, Claim("email", who["email"], is_verified=True))
        return Sender(
            "external", who["id"], name=who["name"], is_verified=True, claims=tuple(claims), language=event.get("lang", "")
        )
    name = str(fields.get("name", "")).strip()[:120]
    return Sender("visitor", event["visitor"], name=name, claims=tuple(claims), language=event.get("lang", ""))
