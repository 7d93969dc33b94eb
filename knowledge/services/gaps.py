"""Questions without an answer: noted, and put to those that ask for the same."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from conversations.models import Conversation
from core.audit import Actor, record
from core.tenancy import current_workspace_id
from knowledge.models import Article, Gap, UnansweredQuestion
from knowledge.words import asked_stems, tokens

#: From this cosine on two questions ask for the same (multilingual vectors: paraphrases lie above, the rest of a topic below).
NEAR = 0.62
#: From this share of common stems on, as long as there are no vectors.
ALIKE = 0.5
#: A question is compared with this many of the newest gaps' newest questions.
COMPARED = 300
MAX_TEXT = 2000


@transaction.atomic
def note_unanswered(question: str, *, conversation_id: UUID | None, language: str, reason: str) -> UnansweredQuestion | None:
    """Keep a question that could not be answered, with those like it; None for one without words.

    `reason` is a code (no enum here: who gives up names it). It is compared by words now and by meaning once embedded.
    """
    text = question.strip()[:MAX_TEXT]
    stems = tokens(dict.fromkeys(asked_stems(text, language)), workspace_id=current_workspace_id())
    if not stems:
        return None
    conversation = Conversation.objects.select_related("contact").get(pk=conversation_id) if conversation_id else None
    gap = _most_alike(stems, language) or Gap.objects.create(first_at=timezone.now(), last_at=timezone.now())
    noted = UnansweredQuestion(gap=gap, conversation=conversation, text=text, language=language, reason=reason[:40], stems=stems)
    noted.save(force_insert=True)
    _recount([gap.pk])
    return noted


def questions_to_embed(limit: int) -> list[UnansweredQuestion]:
    """The oldest questions of the workspace in scope whose meaning is not known yet, locked: others take the next ones."""
    waiting = UnansweredQuestion.objects.filter(is_embedded=False).order_by("id")
    return list(waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)[:limit])


@transaction.atomic
def place_question(question: UnansweredQuestion, vector: NDArray[np.float32]) -> None:
    """Keep a question's meaning (a unit vector), and move it to the gap that asks for the same, or to one of its own."""
    was = question.gap_id
    question.vector, question.is_embedded = [round(float(value), 5) for value in vector], True
    near = _nearest(question, vector)
    if near is not None:
        question.gap = near
    elif UnansweredQuestion.objects.filter(gap_id=was).exclude(pk=question.pk).exists():
        question.gap = Gap.objects.create(first_at=question.created_at, last_at=question.created_at)
    question.save(update_fields=["vector", "is_embedded", "gap"])
    _recount([was, question.gap_id])


@transaction.atomic
def dismiss(gap: Gap, *, actor: Actor) -> None:
    """Say that no article is wanted; the same question asked again stays with it."""
    gap.state = Gap.State.DISMISSED
    gap.save(update_fields=["state"])
    record("gap.dismissed", actor=actor, target=gap)


@transaction.atomic
def reopen(gap: Gap, *, actor: Actor) -> None:
    """Take back a dismissal."""
    gap.state = Gap.State.OPEN
    gap.save(update_fields=["state"])
    record("gap.reopened", actor=actor, target=gap)


def link(gap: Gap, article: Article) -> None:
    """Note which article is written for a gap."""
    gap.article = article
    gap.save(update_fields=["article"])


def close_by(article: Article) -> None:
    """An article that was written for gaps is published: they are closed."""
    Gap.objects.filter(article=article, state=Gap.State.OPEN).update(state=Gap.State.CLOSED)


def _most_alike(stems: Sequence[int], language: str) -> Gap | None:
    asked = set(stems)
    best, best_share = None, ALIKE
    for one in _compared(language=language):
        other = set(one.stems)
        share = len(asked & other) / max(1, len(asked | other))
        if share >= best_share:
            best, best_share = one.gap, share
    return best


def _nearest(question: UnansweredQuestion, vector: NDArray[np.float32]) -> Gap | None:
    rows = [one for one in _compared(is_embedded=True) if len(one.vector) == len(vector) and one.pk != question.pk]
    if not rows:
        return None
    near = np.array([one.vector for one in rows], dtype=np.float32) @ vector
    best = int(near.argmax())
    return rows[best].gap if float(near[best]) >= NEAR else None


def _compared(**conditions: object) -> list[UnansweredQuestion]:
    """The newest questions of gaps that are not answered."""
    found = UnansweredQuestion.objects.filter(**conditions).exclude(gap__state=Gap.State.CLOSED)
    return list(found.select_related("gap").order_by("-id")[:COMPARED])


def _recount(gap_ids: Sequence[UUID]) -> None:
    """Counts and times as the questions say; a gap without questions goes."""
    for gap in Gap.objects.select_for_update(no_key=True).filter(id__in=set(gap_ids)).order_by("id"):
        times = list(UnansweredQuestion.objects.filter(gap=gap).order_by("created_at").values_list("created_at", flat=True))
        if not times:
            gap.delete()
            continue
        gap.count, gap.first_at, gap.last_at = len(times), times[0], times[-1]
        gap.save(update_fields=["count", "first_at", "last_at"])
