"""Whether a message may go out now: the platform's message window, the contact's consent.

The composer shows it, the services refuse by it, and the outbox asks once more in the moment of sending: a window may
have closed and a stop word may have come while the message waited.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.contract import Capabilities, Window
from channels_app.registry import all_adapters, config_of, error_words
from conversations.models import ContactIdentity, Conversation, Message

OPTED_OUT, MARKETING_STOPPED, WINDOW_CLOSED = "opted_out", "marketing_stopped", "window_closed"
#: Categories of templates that are offers.
_OFFERS = frozenset({"MARKETING"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be written to an identity now, and until when.

    `closes_at`: the end of the message window, None where the channel has none or nothing was ever written to us;
    `is_closed`: only templates go out. `is_late`: only people may still write, until `closes_at`.
    """

    has_window: bool = False
    closes_at: datetime | None = None
    is_closed: bool = False
    is_late: bool = False
    is_stopped: bool = False
    is_marketing_stopped: bool = False


def standing_of(identity: ContactIdentity, capabilities: Capabilities, *, now: datetime | None = None) -> Standing:
    """How an identity stands on a channel with these capabilities."""
    now = now or timezone.now()
    standing = _of_window(identity.wrote_at, capabilities.window, now)
    return replace(
        standing, is_stopped=identity.stopped_at is not None, is_marketing_stopped=identity.marketing_stopped_at is not None
    )


def _of_window(wrote_at: datetime | None, window: Window | None, now: datetime) -> Standing:
    if window is None:
        return Standing()
    if wrote_at is None:
        return Standing(has_window=True, is_closed=True)
    standard = wrote_at + window.standard
    if now < standard:
        return Standing(has_window=True, closes_at=standard)
    late = wrote_at + window.human if window.human else standard
    is_late = now < late
    return Standing(has_window=True, closes_at=late, is_closed=not is_late, is_late=is_late)


def refusal(message: Message, standing: Standing) -> str:
    """Why a message may not go out, as a code of the error table; empty where it may."""
    template = message.data.get("template")
    if standing.is_stopped:
        return OPTED_OUT
    if template and template.get("category") in _OFFERS and standing.is_marketing_stopped:
        return MARKETING_STOPPED
    # The second window is for people: what no person wrote keeps to the first.
    is_ours = message.is_ai or message.author_user_id is None
    if not template and (standing.is_closed or (standing.is_late and is_ours)):
        return WINDOW_CLOSED
    return ""


def check(message: Message) -> None:
    """Refuse a message that may not go out. Raises ValidationError, in words for the agent."""
    conversation: Conversation = message.conversation
    adapter = all_adapters().get(conversation.inbox.channel)
    if adapter is None:
        return
    standing = standing_of(conversation.identity, adapter.capabilities)
    code = refusal(message, standing) or adapter.refusal(conversation.identity.value, config_of(conversation.inbox))
    if code:
        raise ValidationError(str(error_words(conversation.inbox.channel, code)), code=code)
    check_length(message.body, adapter.capabilities)


def check_length(text: str, capabilities: Capabilities) -> None:
    """Refuse a text that is too long for a channel. Raises ValidationError, in words for the agent."""
    if excess := _excess(text, capabilities):
        raise ValidationError(_("This is %(count)d characters too long for this channel. Shorten it.") % {"count": excess})


def _excess(text: str, capabilities: Capabilities) -> int:
    """How much a text is too long for a channel, in its own unit."""
    return max((len(text.encode()) if capabilities.is_text_in_bytes else len(text)) - capabilities.max_text, 0)
