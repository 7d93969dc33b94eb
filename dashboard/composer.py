"""What the composer of a conversation shows: what its channel can carry, and what may be sent now."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.access import WorkspaceRequest
from accounts.permissions import Permission
from ai.services.assisting import Tone
from channels_app.contract import Adapter, Capabilities, Feature
from channels_app.registry import adapter_of, all_adapters, config_of, error_words
from channels_app.services.rules import Standing, standing_of
from conversations.models import Conversation, Draft
from dashboard.helping import LANGUAGES
from knowledge import languages

#: Emoji that agents choose from.
REACTIONS = ("👍", "❤️", "🙏", "🎉", "👏", "😁", "😢", "🤔", "🔥", "👌", "💯", "👎")
#: What a channel can do that is gone.
_NOTHING = Capabilities(features=frozenset(), max_text=0, max_file=0)
#: What a list's rows may be called, in characters; WhatsApp's own bound.
ROW_LABEL = 24


def composer_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """Everything that the composer needs."""
    adapter = all_adapters().get(conversation.inbox.channel)
    capabilities = _capabilities_of(adapter)
    features = capabilities.features
    return {
        "channel_name": adapter.name if adapter else conversation.inbox.channel,
        "can_attach": Feature.ATTACHMENTS in features,
        "can_copy": Feature.COPIES in features,
        "copies": ", ".join(one.address for one in conversation.participants.order_by("id")) if conversation.is_threaded else "",
        "reactions": REACTIONS if Feature.REACTIONS in features else (),
        "max_choices": capabilities.max_choices if Feature.LISTS in features else capabilities.max_buttons,
        "max_buttons": capabilities.max_buttons,
        "max_label": capabilities.max_label,
        "row_label": ROW_LABEL,
        "counts_segments": capabilities.counts_segments,
        "is_text_in_bytes": capabilities.is_text_in_bytes,
        "max_text": capabilities.max_text,
        "idempotency_key": uuid4(),
        "ai_tones": [(str(tone), tone.words) for tone in Tone],
        "ai_languages": [(code, languages.name_of(code)) for code in _languages(conversation)],
        "drafts": {draft.mode: draft.body for draft in Draft.objects.filter(conversation=conversation, user=request.user)},
        **standing_context(request, conversation),
    }


def _languages(conversation: Conversation) -> list[str]:
    """What a text can be translated into: the customer's language first."""
    own = conversation.contact.language[:2]
    return list(dict.fromkeys([*([own] if own else []), *LANGUAGES]))


def standing_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """What may be sent now, and what stands in the way: also shown anew when the customer writes."""
    adapter = all_adapters().get(conversation.inbox.channel)
    capabilities = _capabilities_of(adapter)
    standing = standing_of(conversation.identity, capabilities)
    refusal = adapter.refusal(conversation.identity.value, config_of(conversation.inbox)) if adapter else ""
    return {
        "standing": standing,
        "standing_name": "closed" if refusal and not standing.is_stopped else name_of(standing),
        "refusal": error_words(conversation.inbox.channel, refusal),
        "standing_is_live": standing.has_window or standing.is_stopped or Feature.STOP_WORDS in capabilities.features,
        "can_reply": request.membership.can(Permission.CONVERSATIONS_REPLY),
        "can_edit_contact": request.membership.can(Permission.CONTACTS_EDIT),
        "has_templates": Feature.TEMPLATES in capabilities.features,
    }


def name_of(standing: Standing) -> str:
    """One word for where a contact stands, by which the composer opens and closes."""
    if standing.is_stopped:
        return "stopped"
    if standing.is_closed:
        return "closed"
    return "late" if standing.is_late else "open"


def _capabilities_of(adapter: Adapter | None) -> Capabilities:
    return adapter.capabilities if adapter else _NOTHING


def choices_in(conversation: Conversation, post: QueryDict) -> dict[str, Any]:
    """The answers that a customer is to choose from: buttons, or a list where they are more. Raises ValidationError."""
    titles = [one.strip() for one in post.getlist("choice") if one.strip()]
    if not titles:
        return {}
    capabilities = adapter_of(conversation.inbox.channel).capabilities
    is_list = len(titles) > capabilities.max_buttons and Feature.LISTS in capabilities.features
    most, longest = (capabilities.max_choices, ROW_LABEL) if is_list else (capabilities.max_buttons, capabilities.max_label)
    if len(titles) > most:
        raise ValidationError(_("This channel takes %(limit)d answers to choose from at most.") % {"limit": most})
    if len(set(titles)) < len(titles):
        raise ValidationError(_("Two answers are the same. Make them differ."))
    if too_long := next((one for one in titles if len(one) > longest), ""):
        raise ValidationError(
            _("“%(answer)s” is too long: %(limit)d characters at most.") % {"answer": too_long, "limit": longest}
        )
    choices = [{"title": one} for one in titles]
    return {"list": {"button": _("Choose"), "rows": choices}} if is_list else {"buttons": choices}
