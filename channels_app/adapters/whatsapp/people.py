"""Who wrote, as the platform tells it.

A person is known by a business-scoped id (`CC.…`), which changes with their telephone number, and by the digits of that
number, which the platform may hide from people with a username. The two are told apart by how they look: sometimes an id
stands where a number is expected.
"""

import re
from collections.abc import Iterable, Sequence

from channels_app.adapters.meta.fields import ident
from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import Claim, Sender

KIND = "channel"
MAX_NAME = 120
#: Under which names the platform tells a person's values.
NAMES = ("user_id", "wa_id", "parent_user_id")
_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_DIGITS = re.compile(r"[0-9]{5,20}")


def is_scoped(value: str) -> bool:
    """Whether a value is a business-scoped id."""
    return _SCOPED.fullmatch(value) is not None


def is_phone(value: str) -> bool:
    """Whether a value is the digits of a telephone number."""
    return _DIGITS.fullmatch(value) is not None


def values_in(found: Fields, names: Iterable[str]) -> list[str]:
    """The values of a person under these names, each once and the best first: of this business, the number, of all of them."""
    return _best_first(ident(found, name, 160).lstrip("+") for name in names)


def _best_first(values: Iterable[str]) -> list[str]:
    known = [one for one in dict.fromkeys(values) if is_scoped(one) or is_phone(one)]
    return sorted(known, key=lambda one: 1 if is_phone(one) else 2 if ".ENT." in one else 0)


def contact_of(values: Sequence[str], contacts: Sequence[Fields]) -> Fields:
    """What the webhook says of a person among those it speaks of."""
    for contact in contacts:
        if not set(values).isdisjoint(values_in(contact, NAMES)):
            return contact
    return {}


def sender_of(found: Fields, names: Sequence[str], contacts: Sequence[Fields] = ()) -> Sender:
    """The person whom the values under `names` mean. Raises UnparsableError when there is none."""
    values = values_in(found, names)
    contact = contact_of(values, contacts) or (contacts[0] if len(contacts) == 1 and not values else {})
    values = _best_first([*values, *values_in(contact, NAMES)])
    if not values:
        raise UnparsableError("Nobody is named")
    profile, phones = part(contact, "profile"), [one for one in values if is_phone(one)]
    username = words(profile, "username", 64) or words(contact, "username", 64)
    return Sender(
        kind=KIND,
        value=values[0],
        name=words(profile, "name", MAX_NAME).strip(),
        claims=tuple(Claim("phone", f"+{one}", is_verified=True) for one in phones[:1]),
        also=tuple(values[1:]),
        attributes={"WhatsApp": f"@{username.removeprefix('@')}"} if username else {},
    )


def contacts_in(value: Fields) -> list[Fields]:
    """The people of a webhook, without what nobody needs."""
    return [{name: one[name] for name in ("profile", "username", *NAMES) if name in one} for one in parts(value, "contacts")]
