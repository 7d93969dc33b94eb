"""What the company wrote to a contact by the channel itself, past the product: it belongs into the thread all the same."""

from conversations.identities import provider_index
from conversations.models import Contact, Inbox, Message, MessageAlias
from conversations.normalised import Echo
from conversations.services import attachments
from conversations.services.contacts import resolve_identity
from conversations.services.messages import Draft, add_message
from conversations.services.opening import live_conversation, past_conversation


def apply_echo(inbox: Inbox, event: Echo) -> Contact | None:
    """Add an echo to its contact's conversation; None when the message is known, as all are that the product sent."""
    index = provider_index(event.provider_id)
    if Message.objects.filter(inbox=inbox, provider_index=index).exists():
        return None
    if MessageAlias.objects.filter(inbox=inbox, provider_index=index).exists():
        return None
    identity = resolve_identity(inbox, event.to)
    draft = Draft(
        kind=Message.Kind.OUTBOUND,
        body=event.text,
        content_type=event.content_type,
        data={**event.data, "echo": True},
        provider_id=event.provider_id,
        provider_index=index,
        occurred_at=event.occurred_at,
        status=Message.Status.SENT,
        has_files=bool(event.files),
        is_silent=event.is_past,
    )
    place = past_conversation if event.is_past else live_conversation
    message = add_message(place(inbox, identity), draft)
    attachments.attach_files(message, event.files)
    return identity.contact
