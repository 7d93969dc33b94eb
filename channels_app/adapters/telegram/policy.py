"""Which messages of a group concern the company (see docs/adr/0030-telegram-groups.md)."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels_app.adapters.telegram.entities import offsets
from channels_app.adapters.telegram.fields import number
from channels_app.json_fields import Fields, part, parts, words


class Groups(models.TextChoices):
    """What an inbox takes from the groups its bot is in."""

    MENTIONS = "mentions", _("Only messages that mention the bot or answer it")
    EVERYTHING = "everything", _("Every message")
    NOTHING = "nothing", _("Nothing")


def is_group(chat: Fields) -> bool:
    """Whether a chat has more than one customer in it."""
    return words(chat, "type") in ("group", "supergroup")


def concerns_us(message: Fields, settings: Mapping[str, Any]) -> bool:
    """Whether a message is for the company. In a private chat all are; channels are not written to us at all."""
    chat = part(message, "chat")
    if not is_group(chat):
        return words(chat, "type") == "private"
    policy = settings.get("groups", Groups.MENTIONS)
    if policy == Groups.EVERYTHING:
        return True
    return policy == Groups.MENTIONS and (_answers_bot(message, settings) or _mentions_bot(message, settings))


def _answers_bot(message: Fields, settings: Mapping[str, Any]) -> bool:
    author = part(part(message, "reply_to_message"), "from")
    return number(author, "id") != 0 and str(number(author, "id")) == str(settings.get("bot_id", ""))


def _mentions_bot(message: Fields, settings: Mapping[str, Any]) -> bool:
    name = f"@{settings.get('username', '')}".lower()
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        for entity in parts(message, entities):
            kind, user = words(entity, "type"), part(entity, "user")
            shown = _shown(words(message, text), number(entity, "offset"), number(entity, "length")).lower()
            if kind == "text_mention" and str(number(user, "id")) == str(settings.get("bot_id", "")):
                return True
            if (kind == "mention" and shown == name) or (kind == "bot_command" and shown.endswith(name) and len(name) > 1):
                return True
    return False


def _shown(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity of these UTF-16 units covers."""
    places = {place: index for index, place in enumerate(offsets(text))}
    start, end = places.get(offset), places.get(offset + length)
    return text[start:end] if start is not None and end is not None else ""
