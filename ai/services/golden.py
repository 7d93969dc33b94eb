"""Golden questions: written by hand, or kept from what customers asked, with what is right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from ai import switching
from ai.models import GoldenCase, GoldenSource, Intent, Proposal
from ai.models.evaluation import MAX_QUESTION
from ai.purposes import Purpose, Subject
from ai.services.masking import masker_of
from conversations.models import Conversation, Message
from core.audit import Actor, record
from knowledge.languages import CODES
from knowledge.models import Article, Document, SourceItem, UnansweredQuestion

MOST, MOST_WORDS, LONGEST_WORD = 500, 10, 200
Expected, Origin = GoldenCase.Expected, GoldenCase.Origin


@dataclass(slots=True)
class Wanted:
    """What a golden question says. `conversation` where a customer asked it: their personal data are placeholders then."""

    question: str
    language: str
    expected: str = Expected.ANSWER
    must_say: Sequence[str] = ()
    articles: Sequence[Article] = ()
    items: Sequence[SourceItem] = ()
    intent: Intent | None = None
    origin: str = Origin.HAND
    conversation: Conversation | None = field(default=None)


@transaction.atomic
def add_case(wanted: Wanted, *, by: User | None) -> GoldenCase:
    """Keep a golden question. Raises ValidationError, in words."""
    if GoldenCase.objects.count() >= MOST:
        raise ValidationError(
            _("A workspace has at most %(count)d golden questions. Delete some that ask for the same.") % {"count": MOST}
        )
    _check_allowed(wanted.conversation)
    case = GoldenCase(conversation=wanted.conversation, origin=wanted.origin, user=by)
    _fill(case, wanted)
    case.save(force_insert=True)
    _set_sources(case, wanted)
    record("ai.golden_added", actor=_actor(by), target=case, origin=str(wanted.origin))
    return case


@transaction.atomic
def change_case(case: GoldenCase, wanted: Wanted, *, by: User) -> GoldenCase:
    """Say a golden question differently. Raises ValidationError, in words."""
    _fill(case, wanted)
    case.save(update_fields=["question", "language", "expected", "must_say", "intent", "updated_at"])
    _set_sources(case, wanted)
    record("ai.golden_changed", actor=_actor(by), target=case)
    return case


@transaction.atomic
def delete_case(case: GoldenCase, *, by: User) -> None:
    """Forget a golden question, with what was measured of it."""
    record("ai.golden_deleted", actor=_actor(by), target=case)
    case.delete()


def from_gap(question: UnansweredQuestion) -> Wanted:
    """What an unanswered question would be as a golden one: it belongs to a person as long as no article answers it."""
    text = question.text
    if question.conversation is not None:
        text = masker_of(question.conversation).mask(text).text
    return Wanted(
        question=text[:MAX_QUESTION],
        language=question.language[:2],
        expected=Expected.PERSON,
        origin=Origin.GAP,
        conversation=question.conversation,
    )


def from_proposal(proposal: Proposal) -> Wanted:
    """What the question behind an answer would be as a golden one, with the sources that the answer took."""
    conversation = proposal.conversation
    rows = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, deleted_at=None)
    asked = rows.filter(seq__gte=proposal.from_seq, seq__lte=proposal.to_seq).order_by("seq")
    text = "\n".join(one.body for one in asked if one.body)
    documents = Document.objects.filter(id__in={str(one["document"]) for one in proposal.sources}).select_related(
        "article", "item"
    )
    return Wanted(
        question=masker_of(conversation).mask(text).text[:MAX_QUESTION],
        language=proposal.language[:2] or "en",
        expected=Expected.PERSON if proposal.review == Proposal.Review.WRONG else Expected.ANSWER,
        articles=[one.article for one in documents if one.article is not None],
        items=[one.item for one in documents if one.item is not None],
        intent=proposal.intent,
        origin=Origin.REVIEW,
        conversation=conversation,
    )


def words_of(text: str) -> list[str]:
    """What an answer must hold, one to a line. Raises ValidationError for too many and too long ones."""
    found = list(dict.fromkeys(" ".join(one.split()) for one in text.splitlines() if one.strip()))
    if len(found) > MOST_WORDS or any(len(one) > LONGEST_WORD for one in found):
        words = _("Name at most %(count)d pieces of text, of at most %(length)d characters each.")
        raise ValidationError({"must_say": words % {"count": MOST_WORDS, "length": LONGEST_WORD}})
    return found


def _fill(case: GoldenCase, wanted: Wanted) -> None:
    question = wanted.question.strip()
    if not question:
        raise ValidationError({"question": _("Write the question as a customer would ask it.")})
    if len(question) > MAX_QUESTION:
        raise ValidationError({"question": _("This is too long for a question. Keep what is asked.")})
    if wanted.language not in CODES:
        raise ValidationError({"language": _("Choose the language of the question.")})
    if wanted.expected not in Expected.values:
        raise ValidationError({"expected": _("Say whether it has an answer or belongs to a person.")})
    if wanted.expected == Expected.ANSWER and not (wanted.articles or wanted.items):
        raise ValidationError({"sources": _("Choose what answers it, or say that it belongs to a person.")})
    case.question, case.language, case.expected = question, wanted.language, wanted.expected
    case.must_say, case.intent = list(wanted.must_say), wanted.intent


def _set_sources(case: GoldenCase, wanted: Wanted) -> None:
    GoldenSource.objects.filter(case=case).delete()
    if case.expected == Expected.PERSON:
        return
    found: list[dict[str, Any]] = [{"article": one} for one in dict.fromkeys(wanted.articles)]
    found += [{"item": one} for one in dict.fromkeys(wanted.items)]
    GoldenSource.objects.bulk_create([GoldenSource(workspace_id=case.workspace_id, case=case, **one) for one in found])


def _check_allowed(conversation: Conversation | None) -> None:
    """Questions of people who objected, whose data are restricted, or for whom AI is off, are not kept for it."""
    if conversation is not None and switching.closed_by(Purpose.ANALYSE, Subject.of(conversation)) is not None:
        raise ValidationError(
            _("AI is off for this customer or conversation, so their question is not kept. Write one of your own.")
        )


def _actor(by: User | None) -> Actor:
    return Actor.system() if by is None else Actor.user(by.pk)
