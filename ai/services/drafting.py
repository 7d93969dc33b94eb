"""Answers that people gave and that helped become proposed articles: a person reads, changes and publishes them, or declines.

An answer is proposed when an agent says so, or by itself when it answered what the knowledge could not, the conversation is
resolved and that is confirmed or nothing came for 72 hours, and people have asked for the same twice or more. Personal data
are taken out with the sentences that hold them. What was proposed from a person's words goes with the person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ai.models import Origin, Proposal, Reading
from ai.purposes import Purpose, Subject
from ai.replies.drafts import body_of, title_of
from ai.replies.small_talk import SmallTalk, small_talk_of
from ai.services.gathering import is_closed
from ai.services.masking import masker_of
from ai.services.resolving import SILENCE
from ai.switching import closed_by
from conversations.models import Contact, Conversation, Message
from core.audit import Actor, record
from core.tenancy import scope
from core.tenancy.workspaces import workspace_ids
from core.vault import keyring
from knowledge.models import Article, Gap, UnansweredQuestion
from knowledge.services.articles import propose_article
from knowledge.services.gaps import link
from knowledge.services.proposals import drop_proposal

Kind = Message.Kind
#: People who have asked for the same before an article is proposed by itself.
FEWEST_PEOPLE = 2
#: Gaps that one sweep looks at, the most asked first, and how long a question may lie back.
_GAPS, _RECENT = 50, timedelta(days=180)
#: What a colleague's name becomes, so that its sentence is left out; shorter parts of names are words too.
_COLLEAGUE, _SHORTEST_NAME = "<PERSON_0>", 3


@dataclass(frozen=True, slots=True)
class Draft:
    """What one conversation would contribute: a masked question and answer, and the message that answered."""

    conversation: Conversation
    message: Message
    title: str
    body: str
    language: str


@transaction.atomic
def propose_by_hand(message: Message, *, by: User) -> Article:
    """Propose the article that this answer of a colleague would make; asked twice, the same one. In the scope.

    Raises ValidationError, in words, for what is no answer, says too little, or is a customer's that AI may not learn from.
    """
    conversation = message.conversation
    if message.kind != Kind.OUTBOUND or message.author_user_id is None or message.deleted_at is not None:
        raise ValidationError(_("Choose an answer that a colleague wrote."))
    if closed_by(Purpose.LEARN, Subject.of(conversation)) is not None:
        raise ValidationError(_("Learning is switched off here, or this customer does not want it."))
    known = Origin.objects.filter(message=message, is_text=True).select_related("article").first()
    if known is not None:
        return known.article
    draft = _draft(conversation, [message], _asked_before(message))
    if draft is None:
        raise ValidationError(_("Too little is left of this answer without personal data. Write the article by hand."))
    article = _propose(draft, [draft], by=by)
    questions = UnansweredQuestion.objects.filter(conversation=conversation, gap__state=Gap.State.OPEN, gap__article=None)
    if (question := questions.select_related("gap").order_by("-id").first()) is not None:
        link(question.gap, article)
    record("ai.article_proposed", actor=Actor.user(by.pk), target=article)
    return article


def sweep() -> int:
    """Every hour, in all workspaces: propose what was asked and answered again and again; return how many."""
    return sum(_propose_repeated(workspace_id) for workspace_id in workspace_ids())


def sweep_erased() -> int:
    """Every hour, in all workspaces: drop proposals in the words of people who are erased or have objected; return how many."""
    dropped = 0
    for workspace_id in workspace_ids():
        with scope(workspace_id):
            waiting = Article.objects.filter(state__in=(Article.State.PROPOSED, Article.State.ARCHIVED), published_at=None)
            for article in waiting.filter(created_by=None, origin_conversation_id__isnull=False):
                if not _may_stay(article):
                    drop_proposal(article)
                    dropped += 1
    return dropped


def _propose_repeated(workspace_id: UUID) -> int:
    count = 0
    with scope(workspace_id):
        if closed_by(Purpose.LEARN, Subject(workspace_id)) is not None:
            return 0
        gaps = Gap.objects.filter(state=Gap.State.OPEN, article=None, count__gte=FEWEST_PEOPLE)
        for gap in gaps.order_by("-count", "-last_at")[:_GAPS]:
            drafts = _answered(gap)
            if len({_person(one.conversation.contact) for one in drafts}) >= FEWEST_PEOPLE:
                link(gap, _propose(drafts[0], drafts, by=None))
                count += 1
    return count


def _propose(draft: Draft, origins: Sequence[Draft], *, by: User | None) -> Article:
    article = propose_article(
        title=draft.title, body=draft.body, language=draft.language, origin_conversation_id=draft.conversation.pk
    )
    for one in origins:
        Origin.objects.create(article=article, conversation=one.conversation, message=one.message, is_text=one is draft, user=by)
    return article


def _answered(gap: Gap) -> list[Draft]:
    """What people answered to a gap's questions and customers were content with, the newest first, one a conversation."""
    since = timezone.now() - _RECENT
    questions = UnansweredQuestion.objects.filter(gap=gap, conversation__isnull=False, created_at__gte=since)
    found: dict[UUID, Draft] = {}
    for question in questions.select_related("conversation__contact").order_by("-created_at"):
        conversation = question.conversation
        if conversation is None or conversation.pk in found or not question.text:
            continue
        if closed_by(Purpose.LEARN, Subject.of(conversation)) is not None:
            continue
        answer = _answer_after(question)
        if answer and _was_content(conversation, answer[-1]):
            draft = _draft(conversation, answer, question.text, language=question.language)
            if draft is not None:
                found[conversation.pk] = draft
    return list(found.values())


def _answer_after(question: UnansweredQuestion) -> list[Message]:
    """What a person wrote next, until the customer wrote again; nothing where that was a suggestion sent as it was."""
    rows = Message.objects.filter(conversation=question.conversation, created_at__gt=question.created_at, deleted_at=None)
    found: list[Message] = []
    for message in rows.filter(kind__in=(Kind.INBOUND, Kind.OUTBOUND)).select_related("author_user").order_by("seq"):
        if message.kind == Kind.OUTBOUND and message.author_user_id is not None:
            found.append(message)
        elif message.kind == Kind.INBOUND and found:
            break
    taken = Proposal.objects.filter(message__in=[one.pk for one in found], state=Proposal.State.ACCEPTED)
    return [] if taken.exists() else found


def _was_content(conversation: Conversation, answer: Message) -> bool:
    """Resolved, and the customer said thanks, or has not written for 72 hours."""
    if conversation.status != Conversation.Status.RESOLVED:
        return False
    later = Message.objects.filter(conversation=conversation, kind=Kind.INBOUND, seq__gt=answer.seq).order_by("seq")
    first = later.first()
    if first is None:
        return answer.created_at < timezone.now() - SILENCE
    return small_talk_of(first.body) == SmallTalk.THANKS


def _draft(conversation: Conversation, answer: Sequence[Message], question: str, *, language: str = "") -> Draft | None:
    """The masked question and answer; None where nothing is left. Colleagues' names go too: articles are the company's."""
    masker = masker_of(conversation)
    masked = masker.mask("\n".join(one.body for one in answer)).text
    for name in _names(answer):
        masked = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _COLLEAGUE, masked)
    # A question that is nothing but a greeting, or a file, leaves the answer to name itself.
    title, body = title_of(masker.mask(question).text) or title_of(masked), body_of(masked)
    if not title or not body:
        return None
    return Draft(conversation, answer[-1], title, body, language or _language(conversation))


def _names(answer: Sequence[Message]) -> list[str]:
    """The writers' names and their parts, the longest first."""
    whole = {one.author_user.name for one in answer if one.author_user}
    parts = {part for name in whole for part in name.split() if len(part) >= _SHORTEST_NAME}
    return sorted(whole | parts, key=len, reverse=True)


def _asked_before(answer: Message) -> str:
    """What the customer wrote last before an answer, as one text."""
    rows = Message.objects.filter(conversation=answer.conversation, seq__lt=answer.seq, deleted_at=None)
    found: list[str] = []
    for message in rows.filter(kind__in=(Kind.INBOUND, Kind.OUTBOUND)).order_by("-seq")[:40]:
        if message.kind == Kind.INBOUND:
            found.append(message.body)
        elif found:
            break
    return "\n".join(reversed(found))


def _language(conversation: Conversation) -> str:
    newest = Reading.objects.filter(conversation=conversation).order_by("-seq").values_list("language", flat=True).first()
    return newest or conversation.contact.language[:2] or "en"


def _may_stay(article: Article) -> bool:
    """Whether the person whose words a proposal holds is still there and may be learned from."""
    origin = Origin.objects.filter(article=article, is_text=True).select_related("message", "conversation").first()
    if origin is None:
        return False
    keyring.load({origin.message.key_id})
    contact_id = origin.conversation.contact_id
    return not origin.message.is_erased and not is_closed(contact_id)


def _person(contact: Contact) -> UUID:
    """A contact, or the one that it became part of."""
    return contact.merged_into_id or contact.pk
