"""What the try-out page compares: past conversations, and what the AI kept in the shadow beside what people wrote."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Membership
from ai.models import Proposal
from conversations.models import Conversation, Inbox, Message
from conversations.selectors.conversations import conversations_visible_to

PAST, SHADOWS = 10, 20
#: Agreement is counted on so many of the newest.
_COUNTED = 500


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation, how it began, and what a person answered first (empty: nobody did)."""

    conversation: Conversation
    asked: str
    answered: str


@dataclass(frozen=True, slots=True)
class Shadow:
    """What the AI would have said, and what a person said."""

    proposal: Proposal
    asked: str
    answered: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the newest in the shadow: how many had an answer, how many people reviewed, how many of those were right."""

    written: int
    answered: int
    reviewed: int
    right: int


def past_conversations(membership: Membership, inbox: Inbox) -> list[Past]:
    """The newest conversations of an inbox that the member may see."""
    newest = conversations_visible_to(membership).filter(inbox=inbox).select_related("contact").order_by("-last_activity_at")
    found = [_past(one) for one in newest[:PAST]]
    return [one for one in found if one.asked]


def shadows(membership: Membership, inbox: Inbox) -> list[Shadow]:
    """The newest answers that stayed in the shadow, beside what people wrote."""
    visible = conversations_visible_to(membership).filter(inbox=inbox)
    rows = Proposal.objects.filter(conversation__in=visible, state=Proposal.State.SHADOW).select_related("conversation__contact")
    return [_shadow(one) for one in rows.order_by("-id")[:SHADOWS]]


def agreement(inbox: Inbox) -> Agreement:
    """How the shadow has done so far in an inbox."""
    kept = (Proposal.State.SHADOW, Proposal.State.WITHHELD)
    rows = Proposal.objects.filter(conversation__inbox=inbox, purpose="answer", state__in=kept).order_by("-id")
    pairs = list(rows.values_list("state", "review")[:_COUNTED])
    reviews = [review for state, review in pairs if review and state == Proposal.State.SHADOW]
    answered = sum(state == Proposal.State.SHADOW for state, _review in pairs)
    return Agreement(len(pairs), answered, len(reviews), reviews.count(Proposal.Review.RIGHT))


def _past(conversation: Conversation) -> Past:
    reply = _first_reply(conversation, after=0)
    asked = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, deleted_at=None).order_by("seq")
    if reply is not None:
        asked = asked.filter(seq__lt=reply.seq)
    return Past(conversation, _joined(asked[:4]), reply.body if reply else "")


def _shadow(proposal: Proposal) -> Shadow:
    asked = Message.objects.filter(conversation=proposal.conversation, kind=Message.Kind.INBOUND, deleted_at=None)
    waiting = asked.filter(seq__gte=proposal.from_seq, seq__lte=proposal.to_seq).order_by("seq")
    reply = _first_reply(proposal.conversation, after=proposal.to_seq)
    return Shadow(proposal, _joined(waiting), reply.body if reply else "")


def _first_reply(conversation: Conversation, *, after: int) -> Message | None:
    rows = Message.objects.filter(conversation=conversation, kind=Message.Kind.OUTBOUND, author_user__isnull=False)
    return rows.filter(seq__gt=after, deleted_at=None).order_by("seq").first()


def _joined(messages: Iterable[Message]) -> str:
    return "\n".join(one.body for one in messages if one.body)
