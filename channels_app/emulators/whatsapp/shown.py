"""The chat as the customer sees it on their phone: bubbles with ticks, buttons, files."""

from channels_app.emulators.whatsapp.state import Chat, Fields, Message, Number
from channels_app.emulators.whatsapp.templates import shown_text
from channels_app.emulators.whatsapp.world import World

_FILES = ("image", "video", "audio", "document", "sticker")


def chat_as_seen(world: World, number: Number, chat: Chat) -> Fields:
    """A chat. Of the business's messages the customer sees those that reached the phone."""
    messages = [_bubble(world, number, one) for one in chat.messages.values() if not _is_hidden(one)]
    return {
        "number": {"id": number.id, "name": number.name, "phone": number.phone},
        "customer": {"id": chat.customer.user_id, "name": chat.customer.name, "phone": chat.customer.phone},
        "is_typing": chat.typing_until > world.now(),
        "messages": messages[-100:],
    }


def _is_hidden(message: Message) -> bool:
    return message.is_ours and (message.type == "reaction" or message.tick in ("accepted", "sent", "failed"))


def _bubble(world: World, number: Number, message: Message) -> Fields:
    """`tick` of what the customer wrote: delivered at once, read when the business marks it so."""
    tick = message.tick if message.is_ours else "read" if message.is_seen else "delivered"
    found: Fields = {"id": message.id, "is_mine": not message.is_ours, "type": message.type, "at": message.at, "tick": tick,
                     "text": "" if message.is_deleted else _text(number, message), "is_edited": message.is_edited,
                     "is_deleted": message.is_deleted, "reply_to": message.reply_to,
                     "reactions": {who: emoji for who, emoji in message.reactions.items() if emoji}}  # fmt: skip
    file = _file_of(message)
    media = world.business.media.get(str(file.get("id") or ""))
    if media is not None:
        found["file"] = {"id": media.id, "name": media.name, "type": media.content_type, "size": len(media.content)}
    return {**found, **_choices(message)}


def _text(number: Number, message: Message) -> str:
    content = message.content
    if message.type == "template":
        language = content["language"].get("code")
        template = next(
            (one for one in number.account.templates.values() if (one.name, one.language) == (content["name"], language)), None
        )
        return shown_text(template, content.get("components") or []) if template else str(content["name"])
    if message.type == "interactive":
        reply = content.get(str(content.get("type")), {})
        return str((content.get("body") or {}).get("text") or reply.get("title") or reply.get("body") or "")
    if message.type == "location":
        return f"📍 {content.get('latitude')}, {content.get('longitude')}"
    return str(content.get("body") or content.get("caption") or content.get("text") or "")


def _file_of(message: Message) -> Fields:
    if message.type in _FILES:
        return message.content
    header = message.content.get("header") if message.type == "interactive" else None
    if isinstance(header, dict):
        return header.get(str(header.get("type"))) or {}
    for component in message.content.get("components") or [] if message.type == "template" else []:
        for one in component.get("parameters") or []:
            if one.get("type") in _FILES:
                return one.get(one["type"]) or {}
    return {}


def _choices(message: Message) -> Fields:
    """The buttons under a message, and the rows of its list."""
    action = message.content.get("action") if message.type == "interactive" else None
    if not isinstance(action, dict):
        return {}
    if "buttons" in action:
        return {"buttons": [one["reply"] for one in action["buttons"]]}
    return {"list": {"button": action["button"], "rows": [row for one in action["sections"] for row in one["rows"]]}}
