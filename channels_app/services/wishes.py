"""Stop and start words on the channels where they count."""

from channels_app.contract import Feature
from channels_app.registry import adapter_of
from conversations.identities import provider_index
from conversations.models import Inbox, Message
from conversations.normalised import InboundMessage
from conversations.services import consent, stop_words


def wish_in(inbox: Inbox, event: InboundMessage) -> bool | None:
    """Whether a message withdraws (False) or gives (True) consent; None for any other, and where words do not count."""
    if event.is_past or event.is_automatic or Feature.STOP_WORDS not in adapter_of(inbox.channel).capabilities.features:
        return None
    return stop_words.wish_of(event.text)


def obey(inbox: Inbox, event: InboundMessage) -> None:
    """Do what a contact's stop or start word asks."""
    wish = wish_in(inbox, event)
    if wish is None:
        return
    message = Message.objects.select_related("conversation__identity__contact").get(
        inbox=inbox, provider_index=provider_index(event.provider_id)
    )
    consent.change(
        message.conversation.identity,
        purpose=consent.Purpose.MESSAGES,
        is_given=wish,
        source=consent.Source.WORD,
        occurred_at=event.occurred_at,
        message=message,
    )
