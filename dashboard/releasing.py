"""Articles whose change is measured before it is made, in words for their editor."""

from django.utils.translation import gettext as _

from ai.models import Change
from ai.selectors.evaluation import open_change
from dashboard.evaluation_words import measured_first
from knowledge.models import Article


def is_waiting(article: Article) -> bool:
    """Whether a change of the article is being measured."""
    change = open_change(f"article:{article.pk}")
    return change is not None and change.state == Change.State.MEASURING


def is_held(article: Article) -> bool:
    """Whether a change of the article is held."""
    change = open_change(f"article:{article.pk}")
    return change is not None and change.state == Change.State.HELD


def waiting_words(article: Article) -> str:
    """What became of the newest change of an article."""
    change = Change.objects.filter(target=f"article:{article.pk}").order_by("-id").first()
    if change is None or change.state in (Change.State.MEASURING, Change.State.HELD):
        return measured_first(change) if change is not None else ""
    if change.state == Change.State.DISCARDED:
        return _("The change was discarded.")
    made = {
        Change.Kind.PUBLISH: _("Measured, and published."),
        Change.Kind.WITHDRAW: _("Measured, and taken from its readers."),
    }
    return made.get(Change.Kind(change.kind), _("Measured, and made."))
