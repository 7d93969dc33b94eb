"""What the public may read: published, public articles of an open help centre, on their shelves. Nothing else comes out."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from conversations.words import words_of
from knowledge.models import Article, ArticleVersion, Category, Document, HelpCentre
from knowledge.retrieval import Audience, candidates

RELATED = 4
FOUND = 12
#: Passages that one search reads: several may be of one article.
READ = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as readers see it."""

    article: Article
    version: ArticleVersion

    @property
    def title(self) -> str:
        return self.version.title


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with its articles in one language; without a category those that stand on none."""

    category: Category | None
    readings: list[Reading]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, and the words it was found by."""

    reading: Reading
    text: str


def readable(language: str | None = None) -> "QuerySet[Article]":
    """The articles that anybody may read."""
    found = Article.objects.filter(state=Article.State.PUBLISHED, audience=Article.Audience.PUBLIC, published__isnull=False)
    found = found.select_related("published", "category")
    return found if language is None else found.filter(language=language)


def readings(language: str) -> list[Reading]:
    """All that may be read in a language, in the order of the shelves."""
    return [_reading(one) for one in readable(language).order_by("category__place", "place", "number")]


def shelves(language: str) -> list[Shelf]:
    """The shelves that hold something in a language."""
    held: defaultdict[UUID | None, list[Reading]] = defaultdict(list)
    for one in readings(language):
        held[one.article.category_id].append(one)
    ordered = Category.objects.order_by("place", "number")
    found = [Shelf(category, held[category.pk]) for category in ordered if category.pk in held]
    return found + ([Shelf(None, held[None])] if None in held else [])


def languages_of(centre: HelpCentre) -> list[str]:
    """The languages in which there is something to read, in the centre's order; never none."""
    there = set(readable().values_list("language", flat=True).distinct())
    return [one for one in centre.languages if one in there] or [centre.default_language]


def reading_of(number: int) -> Reading | None:
    """One article by its number."""
    found = readable().filter(number=number).first()
    return None if found is None else _reading(found)


def translations(article: Article) -> list[Reading]:
    """The article in all its languages that may be read, itself among them."""
    return [_reading(one) for one in readable().filter(group=article.group).order_by("language")]


def related(article: Article) -> list[Reading]:
    """Others of its shelf."""
    found = readable(article.language).filter(category=article.category_id).exclude(pk=article.pk).order_by("place", "number")
    return [_reading(one) for one in found[:RELATED]]


def search(centre: HelpCentre, question: str, language: str) -> list[Hit]:
    """Articles in a language: those whose title begins with what is being typed, then those whose text holds it, best first."""
    found: dict[UUID, str] = dict.fromkeys(_titled(centre, question, language), "")
    passages = candidates(question, language=language, audience=Audience.PUBLIC, limit=READ)
    owners = dict(
        Document.objects.filter(
            id__in={one.document_id for one in passages}, article__isnull=False, language=language
        ).values_list("id", "article_id")
    )
    for one in passages:
        owner = owners.get(one.document_id)
        if owner is not None and not found.get(owner):
            found[owner] = one.text
    known = {one.pk: _reading(one) for one in readable(language).filter(id__in=found)}
    return [Hit(known[one], text) for one, text in found.items() if one in known][:FOUND]


def _titled(centre: HelpCentre, question: str, language: str) -> list[UUID]:
    words = list(words_of(question))
    if not words:
        return []
    titles = _titles(centre.pk, centre.changed_at.isoformat(), language)
    return [
        article_id
        for article_id, held in titles
        if all(word in held for word in words[:-1]) and any(one.startswith(words[-1]) for one in held)
    ][:FOUND]


@lru_cache(maxsize=256)
def _titles(centre_id: UUID, changed_at: str, language: str) -> list[tuple[UUID, frozenset[str]]]:
    """The words of the titles in a language, kept until something changes."""
    return [(one.article.pk, frozenset(words_of(one.title))) for one in readings(language)]


def _reading(article: Article) -> Reading:
    assert article.published is not None
    return Reading(article, article.published)
