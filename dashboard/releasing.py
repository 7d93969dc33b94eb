"""Articles whose change is measured before it is made, in words for their editor."""

from django.utils.translation import gettext as _

from ai.models import Change
from ai.selectors.evaluation import name_of, names_of, open_change
from dashboard.evaluation_words import measured_first
from knowledge.models import Article
from knowledge.releases import Act


def change_of(article: Article) -> Change | None:
    """The newest change of an article that is measured or held: of its text and state, its readers or its language."""
    return open_change(*names_of(article))


def audience_shown(article: Article) -> str:
    """Who may read the article once that has been measured, as whoever changes it must see it."""
    change = open_change(name_of(Act.AUDIENCE, article))
    return str(change.payload["to"]) if change is not None else article.audience


def is_waiting(article: Article) -> bool:
    """Whether a change of the article's text or state is being measured."""
    change = open_change(name_of(Act.PUBLISH, article))
    return change is not None and change.state == Change.State.MEASURING


def is_held(article: Article) -> bool:
    """Whether the newest change of the article is held."""
    change = change_of(article)
    return change is not None and change.state == Change.State.HELD


def waiting_words(article: Article) -> str:
    """What became of the newest change of an article."""
    change = Change.objects.filter(target__in=names_of(article)).order_by("-id").first()
    if change is None or change.state in (Change.State.MEASURING, Change.State.HELD):
        return measured_first(change) if change is not None else ""
    if change.state == Change.State.DISCARDED:
        return _("The change was discarded.")
    made = {
        Change.Kind.PUBLISH: _("Measured, and published."),
        Change.Kind.WITHDRAW: _("Measured, and taken from its readers."),
    }
    return made.get(Change.Kind(change.kind), _("Measured, and made."))
