"""Who wrote, as the platform tells it."""

from channels_app.adapters.telegram.addresses import Address
from channels_app.adapters.telegram.fields import number
from channels_app.json_fields import Fields, part, words
from conversations.normalised import Sender

KIND = "channel"
MAX_NAME = 120
MAX_LANGUAGE = 8


def full_name(user: Fields) -> str:
    """A person's or chat's name."""
    names = (words(user, "first_name", MAX_NAME), words(user, "last_name", MAX_NAME))
    name = " ".join(one for one in names if one) or words(user, "title", MAX_NAME)
    return name.strip()[:MAX_NAME]


def sender_of(address: Address, user: Fields, chat: Fields) -> Sender:
    """The contact behind a chat: the person in a private one, the group as a whole in a group."""
    is_group = words(chat, "type") in ("group", "supergroup")
    about = chat if is_group else (user or chat)
    username = words(about, "username", 64)
    return Sender(
        kind=KIND,
        value=address.value,
        name=full_name(about),
        language="" if is_group else words(user, "language_code", MAX_LANGUAGE),
        attributes={"Telegram": f"@{username}"} if username else {},
    )


def author_of(message: Fields) -> dict[str, str]:
    """Who of a group wrote: a member, or the group or channel in whose name they write."""
    who = part(message, "sender_chat") or part(message, "from")
    found = {"id": str(number(who, "id")), "name": full_name(who), "username": words(who, "username", 64)}
    return {name: value for name, value in found.items() if value}


def origin_of(origin: Fields) -> dict[str, str]:
    """Where a forwarded or quoted message comes from: what kind of author, and their name where it is told."""
    who = part(origin, "sender_user") or part(origin, "sender_chat") or part(origin, "chat")
    name = full_name(who) or words(origin, "sender_user_name", MAX_NAME)
    found = {"kind": words(origin, "type", 32), "name": name, "username": words(who, "username", 64)}
    return {key: value for key, value in found.items() if value}
