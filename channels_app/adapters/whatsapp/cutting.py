"""A webhook's entries cut into events: messages, statuses, echoes, pieces of history, news of the account.

Not kept at all, only counted: messages of groups (docs/adr/0031-whatsapp-groups.md), and the address book of the
business's phone, which holds people who never wrote to the company.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from channels_app import metrics
from channels_app.adapters.meta.cutting import Piece, digest
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.whatsapp.people import NAMES as PERSON, contact_of, contacts_in, values_in
from channels_app.json_fields import Fields, part, parts

#: Under which names a person stands in each kind of event.
AUTHOR = ("from_user_id", "from", "from_parent_user_id")
RECIPIENT = ("to_user_id", "to", "to_parent_user_id")
STATUS_OF = ("recipient_user_id", "recipient_id", "recipient_parent_user_id")


def pieces(entry: Fields) -> Iterable[Piece]:
    """The events of one entry, each for the number or, where none is named, for the business account it is of."""
    for change in parts(entry, "changes"):
        field, value = ident(change, "field", 64), part(change, "value")
        phone = ident(part(value, "metadata"), "phone_number_id", 64)
        account = phone or ident(part(value, "waba_info"), "waba_id", 64) or ident(entry, "id", 64)
        yield from _CUTTERS.get(field, _other)(field, value, account)


def _messages(field: str, value: Fields, account: str) -> Iterator[Piece]:
    contacts, errors = contacts_in(value), parts(value, "errors")
    messages, statuses = parts(value, "messages"), parts(value, "statuses")
    for message in messages:
        if ident(message, "group_id"):
            metrics.INTAKE.labels("whatsapp", "group").inc()
            continue
        event: dict[str, Any] = {"message": message, "contacts": _of(message, AUTHOR, contacts)}
        yield _piece(account, "message", message, AUTHOR, {**event, **({"errors": errors} if errors else {})})
    for status in statuses:
        if ident(status, "recipient_type") == "group":
            metrics.INTAKE.labels("whatsapp", "group").inc()
            continue
        key = ("status", ident(status, "id") or digest(status), ident(status, "status"), ident(status, "timestamp"))
        event = {"status": status, "contacts": _of(status, STATUS_OF, contacts)}
        yield Piece(account, key, _line(status, STATUS_OF), event)
    if errors and not messages and not statuses:
        yield Piece(account, ("errors", digest(value)), "account", {"field": "errors", "value": {"errors": errors}})


def _echoes(field: str, value: Fields, account: str) -> Iterator[Piece]:
    contacts = contacts_in(value)
    for message in parts(value, "message_echoes"):
        event = {"echo": message, "contacts": _of(message, RECIPIENT, contacts)}
        yield _piece(account, "echo", message, RECIPIENT, event)


def _history(field: str, value: Fields, account: str) -> Iterator[Piece]:
    """Past messages by their chats, then, in later webhooks, the messages whose files could be had."""
    contacts, own = contacts_in(value), ident(part(value, "metadata"), "display_phone_number", 32)
    for chunk in parts(value, "history"):
        facts = part(chunk, "metadata")
        for thread in parts(chunk, "threads"):
            person = {"from": ident(thread, "id", 160), **part(thread, "context")}
            for message in parts(thread, "messages"):
                event = {"past": message, "person": person, "own": own, "contacts": _of(person, ("from", *PERSON), contacts)}
                yield Piece(account, _key("past", message), _line(person, ("from", *PERSON)), event)
        progress = {"metadata": facts, "errors": parts(chunk, "errors")}
        yield Piece(account, ("history", digest(progress)), "account", {"field": "history", "value": progress})
    for message in parts(value, "messages"):
        event = {"past": message, "person": {}, "own": own, "contacts": contacts}
        yield _piece(account, "past-file", message, AUTHOR, event)


def _people(name: str) -> "Cutter":
    """The cutter of a field that is a list of news, each of one person."""

    def cut(field: str, value: Fields, account: str) -> Iterator[Piece]:
        contacts = contacts_in(value)
        for one in parts(value, name):
            event = {"field": field, "value": one, "contacts": _of(one, PERSON, contacts) or contacts[:1]}
            yield Piece(account, (field, digest(one)), _line(one, PERSON), event)

    return cut


def _address_book(field: str, value: Fields, account: str) -> Iterator[Piece]:
    metrics.INTAKE.labels("whatsapp", "address_book").inc(len(parts(value, "state_sync")))
    yield from ()


def _other(field: str, value: Fields, account: str) -> Iterator[Piece]:
    """News of the account, a template or of a kind that does not exist yet."""
    yield Piece(account, (field or "unknown", digest(value)), "account", {"field": field, "value": value})


def _piece(account: str, kind: str, message: Fields, names: tuple[str, ...], event: dict[str, Any]) -> Piece:
    return Piece(account, _key(kind, message), _line(message, names), event)


def _key(kind: str, message: Fields) -> tuple[str, str]:
    return kind, ident(message, "id") or digest(message)


def _line(found: Fields, names: tuple[str, ...]) -> str:
    return next(iter(values_in(found, names)), "none")


def _of(found: Fields, names: tuple[str, ...], contacts: list[Fields]) -> list[Fields]:
    """The one contact whom an event is about: other people's facts do not belong to it."""
    contact = contact_of(values_in(found, names), contacts)
    return [contact] if contact else []


type Cutter = Callable[[str, Fields, str], Iterator[Piece]]

_CUTTERS: dict[str, Cutter] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "history": _history,
    "smb_app_state_sync": _address_book,
    "user_preferences": _people("user_preferences"),
    "user_id_update": _people("user_id_update"),
}
