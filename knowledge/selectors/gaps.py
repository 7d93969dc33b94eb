"""Gaps as the team sees them."""

from dataclasses import dataclass

from knowledge.models import Gap, UnansweredQuestion

SHOWN = 60
EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A gap, in the words of those who asked: the newest question that can still be read stands for it."""

    gap: Gap
    title: str
    examples: list[UnansweredQuestion]
    languages: list[str]


def gaps(state: str = Gap.State.OPEN) -> list[Asked]:
    """The gaps in a state, the most asked first. Those whose words are all gone (their people were erased) are left out."""
    found = list(Gap.objects.filter(state=state).select_related("article").order_by("-count", "-last_at")[:SHOWN])
    questions: dict[object, list[UnansweredQuestion]] = {}
    for one in UnansweredQuestion.objects.filter(gap__in=found).select_related("conversation").order_by("-created_at"):
        if one.text:
            questions.setdefault(one.gap_id, []).append(one)
    return [_asked(one, questions[one.pk]) for one in found if one.pk in questions]


def asked_in(gap: Gap) -> Asked | None:
    """One gap with its words, None when there are none any more."""
    questions = [one for one in UnansweredQuestion.objects.filter(gap=gap).order_by("-created_at")[:EXAMPLES] if one.text]
    return _asked(gap, questions) if questions else None


def _asked(gap: Gap, questions: list[UnansweredQuestion]) -> Asked:
    shown = list({one.text: one for one in questions}.values())
    languages = list(dict.fromkeys(one.language for one in questions))
    # The longest of the newest says best what is wanted.
    title = max((one.text for one in shown[:EXAMPLES]), key=len)
    return Asked(gap, title, [one for one in shown if one.text != title][: EXAMPLES - 1], languages)
