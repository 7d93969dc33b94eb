"""Where a mail belongs, by what it says itself. Whether it may go there is for the services to judge."""

from collections.abc import Sequence
from uuid import UUID

from channels_app.adapters.email.envelope import Head
from channels_app.adapters.email.message_ids import ids_in, normal_id, own_reference
from channels_app.adapters.email.mime.addresses import Address, addresses, is_own, key_of
from channels_app.adapters.email.mime.reading import Part, raw_value, raw_values, value
from channels_app.adapters.email.own import OwnMail
from channels_app.adapters.email.reply_tokens import bounced_in, conversation_in
from conversations.normalised import Person, Thread

#: Answers to more than this are answers to nothing.
MAX_ANSWERS = 30
MAX_OTHERS = 50
MAX_SUBJECT = 255
_RECIPIENT_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "to", "cc")


def thread_of(mail: Part, head: Head, own: OwnMail, sender: str) -> Thread:
    """What a mail says of its place: by the token in an address, then In-Reply-To, then References from the right."""
    return Thread(
        subject=value(mail, "subject")[:MAX_SUBJECT],
        conversation=conversation_in(recipients(mail, head), own.secret),
        answers=answers(mail, own),
        others=_others(mail, own, sender),
    )


def bounced_message(mail: Part, head: Head, own: OwnMail) -> UUID | None:
    """The message of ours to whose bounce address the mail came."""
    return bounced_in(recipients(mail, head), own.secret)


def recipients(mail: Part, head: Head) -> list[str]:
    """Everybody for whom the mail came: the envelope's own word first, then the fields where servers and writers put it."""
    return [*head.recipients, *(one.value for one in addresses(mail, *_RECIPIENT_FIELDS))]


def answers(mail: Part, own: OwnMail) -> tuple[str, ...]:
    """The platform ids of what the mail answers, nearest first. Ours are brought back to the form in which we sent them."""
    named = ids_in(raw_value(mail, "in-reply-to"))
    for field in raw_values(mail, "references"):
        named += reversed(ids_in(field))
    itself = normal_id(raw_value(mail, "message-id"))
    found = dict.fromkeys(_as_sent(one, own) for one in named[: MAX_ANSWERS * 4])
    return tuple([one for one in found if one != itself][:MAX_ANSWERS])


def _as_sent(message_id: str, own: OwnMail) -> str:
    reference = own_reference(message_id, own.secret)
    return own.message_id(reference) if reference else message_id


def _others(mail: Part, own: OwnMail, sender: str) -> tuple[Person, ...]:
    """Who else the mail names, without the sender and the inbox itself."""
    named: Sequence[Address] = addresses(mail, "to", "cc")
    kept = [one for one in named if not is_own(one.value, own.addresses) and key_of(one.value) != key_of(sender)]
    return tuple(Person(address=one.value, name=one.name) for one in kept[:MAX_OTHERS])
