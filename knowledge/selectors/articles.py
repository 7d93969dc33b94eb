"""Articles as the team sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from knowledge.addresses import article_address
from knowledge.models import Article, ArticleVersion, Document, Feedback, HelpCentre
from knowledge.retrieval import Audience, candidates
from knowledge.selectors.centre import centre_of_workspace

State = Article.State
#: From so many answers on, and this share of "no", an article does not help.
FEWEST_ANSWERS, MOST_UNHELPFUL = 5, 0.4
#: From so many uses on, and this share of rejected ones, answers out of an article are not wanted.
FEWEST_USES, MOST_REJECTED = 5, 0.4
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """What of the list is shown; empty means all. `words` are looked up in the published texts and in all titles."""

    state: str = ""
    language: str = ""
    attention: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the list, with what asks for attention: `stale`, `unhelpful`, `rejected`."""

    article: Article
    languages: list[str]
    attention: list[str]
    has_changes: bool
    category: str


@dataclass(frozen=True, slots=True)
class Link:
    """An article that an agent may send: where customers read it, "" where they cannot."""

    article_id: UUID
    number: int
    title: str
    language: str
    url: str
    text: str


def list_articles(chosen: ArticleFilter) -> list[Row]:
    """The articles, newest change first, those that need attention as asked for."""
    found: QuerySet[Article] = Article.objects.select_related("category", "published", "updated_by").order_by("-updated_at")
    found = found.filter(state=chosen.state) if chosen.state else found.exclude(state=State.ARCHIVED)
    if chosen.language:
        found = found.filter(language=chosen.language)
    articles = list(found)
    if chosen.words:
        articles = _matching(articles, chosen.words)
    languages = _languages(articles)
    rejected = _rejected()
    stale_before = _stale_before()
    rows = [_row(one, languages, rejected, stale_before) for one in articles]
    return [one for one in rows if not chosen.attention or chosen.attention in one.attention]


def counts() -> dict[str, int]:
    """How many articles there are in each state, and under "" those that are not archived."""
    held = dict.fromkeys(State.values, 0)
    for state in Article.objects.values_list("state", flat=True):
        held[state] += 1
    return {**held, "": sum(held.values()) - held[State.ARCHIVED]}


def languages_in_use() -> list[str]:
    return sorted(set(Article.objects.values_list("language", flat=True)))


def translations_of(article: Article) -> list[Article]:
    """The article in its other languages, in whatever state."""
    return list(Article.objects.filter(group=article.group).exclude(pk=article.pk).order_by("language"))


def versions_of(article: Article) -> list[ArticleVersion]:
    """The newest first."""
    return list(ArticleVersion.objects.filter(article=article).select_related("author").order_by("-number"))


def comments_on(article: Article) -> list[Feedback]:
    """What readers wrote, the newest first."""
    return list(Feedback.objects.filter(article=article, comment__isnull=False).order_by("-created_at")[:20])


def uses_of(article: Article) -> tuple[int, int]:
    """How often answers were taken from an article, and how often agents rejected them."""
    found = Document.objects.filter(article=article).values_list("cited_count", "rejected_count").first()
    return found or (0, 0)


def find_for_agents(question: str, *, language: str, limit: int = 8) -> list[Link]:
    """Published articles that answer a question, best first; without words the newest. Public ones have an address to send."""
    centre = centre_of_workspace()
    published = Article.objects.filter(state=State.PUBLISHED, published__isnull=False).select_related("published")
    if not question.strip():
        return [_link(one, centre, "") for one in published.order_by("-published_at")[:limit]]
    found = candidates(question, language=language, audience=Audience.AGENTS)
    owners = dict(Document.objects.filter(id__in={one.document_id for one in found}).values_list("id", "article_id"))
    texts: dict[UUID, str] = {}
    for one in found:
        owner = owners.get(one.document_id)
        if owner is not None:
            texts.setdefault(owner, one.text)
    known = {one.pk: one for one in published.filter(id__in=texts)}
    return [_link(known[one], centre, text) for one, text in texts.items() if one in known][:limit]


def _link(article: Article, centre: HelpCentre | None, text: str) -> Link:
    assert article.published is not None
    title = article.published.title
    is_shown = article.is_public and centre is not None and centre.is_published
    url = article_address(centre, article, title) if is_shown and centre is not None else ""
    return Link(article.pk, article.number, title, article.language, url, text)


def _matching(articles: list[Article], words: str) -> list[Article]:
    wanted = words.casefold().split()
    titled = {one.pk for one in articles if all(word in one.title.casefold() for word in wanted)}
    languages = {one.language for one in articles}
    held = {one.document_id for code in languages for one in candidates(words, language=code, audience=Audience.AGENTS, limit=30)}
    found = titled | set(Document.objects.filter(id__in=held, article__isnull=False).values_list("article_id", flat=True))
    return [one for one in articles if one.pk in found]


def _languages(articles: list[Article]) -> dict[UUID, list[str]]:
    held: dict[UUID, list[str]] = {}
    pairs = Article.objects.filter(group__in={one.group for one in articles}).values_list("group", "language")
    for group, language in pairs.order_by("language"):
        held.setdefault(group, []).append(language)
    return held


def _rejected() -> set[UUID]:
    often = Document.objects.filter(cited_count__gte=FEWEST_USES, rejected_count__gte=F("cited_count") * MOST_REJECTED)
    return set(often.exclude(article=None).values_list("article_id", flat=True))


def _stale_before() -> datetime:
    centre = centre_of_workspace()
    return timezone.now() - _MONTH * (centre.review_months if centre is not None else 6)


def _row(article: Article, languages: dict[UUID, list[str]], rejected: set[UUID], stale_before: datetime) -> Row:
    answers = article.helpful_count + article.unhelpful_count
    attention = []
    if article.state == State.PUBLISHED and article.reviewed_at is not None and article.reviewed_at < stale_before:
        attention.append("stale")
    if answers >= FEWEST_ANSWERS and article.unhelpful_count >= answers * MOST_UNHELPFUL:
        attention.append("unhelpful")
    if article.pk in rejected:
        attention.append("rejected")
    others = [one for one in languages.get(article.group, []) if one != article.language]
    category = article.category.named(article.language) if article.category is not None else ""
    return Row(article, others, attention, has_changes(article), category)


def has_changes(article: Article) -> bool:
    """Whether the working copy says something else than readers see."""
    shown = article.published
    return shown is not None and (shown.title, shown.body) != (article.title, article.body)
