"""Articles: written without losing anything, published, archived, proposed; the search finds what readers may see."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import Actor, record
from core.ids import new_id
from knowledge.content import blocks_of, clean
from knowledge.models import Article, ArticleVersion, Category, Document
from knowledge.models.article import MAX_TITLE
from knowledge.releases import Act, is_held
from knowledge.services import gaps, pictures
from knowledge.services.centres import next_number, speak, touch_centre
from knowledge.services.indexing import Text, forget_document, index_document, index_trial

#: What one person types within this time is one version.
SITTING = timedelta(minutes=30)
MAX_BODY = 400_000
State = Article.State


@dataclass(frozen=True, slots=True)
class Measured:
    """The text of an article as it was measured."""

    title: str
    body: str


class StaleArticleError(Exception):
    """Somebody else changed the article meanwhile: `article` is how it stands now. Nothing was stored."""

    def __init__(self, article: Article) -> None:
        super().__init__(f"{article} has moved on to revision {article.revision}.")
        self.article = article


@transaction.atomic
def create_article(
    *,
    language: str,
    by: User | None,
    title: str = "",
    body: str = "",
    category: Category | None = None,
    audience: str = Article.Audience.PUBLIC,
    translation_of: Article | None = None,
    state: str = State.DRAFT,
    origin_conversation_id: UUID | None = None,
) -> Article:
    """A new draft. Raises ValidationError where the article has a translation in that language already."""
    group = translation_of.group if translation_of is not None else new_id()
    if translation_of is not None and Article.objects.filter(group=group, language=language).exists():
        raise ValidationError(_("There is a translation into this language already."))
    article = Article(
        number=next_number(),
        group=group,
        language=language,
        category=category,
        audience=audience,
        state=state,
        title=_title(title),
        body=_body(body),
        origin_conversation_id=origin_conversation_id,
        created_by=by,
        updated_by=by,
        updated_at=timezone.now(),
    )
    article.save(force_insert=True)
    if article.title or article.body:
        _keep_version(article, by)
    record("article.created", actor=_actor(by), target=article)
    return article


def propose_article(
    *, title: str, body: str, language: str, origin_conversation_id: UUID | None = None, category: Category | None = None
) -> Article:
    """An article that waits for a person to read, change and publish it; nothing finds it until then. `body` is HTML."""
    return create_article(
        language=language,
        by=None,
        title=title,
        body=body,
        category=category,
        state=State.PROPOSED,
        origin_conversation_id=origin_conversation_id,
    )


@transaction.atomic
def save_draft(article: Article, *, title: str, body: str, revision: int, by: User) -> Article:
    """Keep what has been typed; readers go on seeing the published version. What one person types is one version for a while.

    `revision` is the one that the writer began with. Raises StaleArticleError when somebody else was faster.
    """
    found = _locked(article)
    if found.revision != revision:
        raise StaleArticleError(found)
    title, body = _title(title), _body(body)
    if (title, body) == (found.title, found.body):
        return found
    found.title, found.body, found.revision = title, body, found.revision + 1
    found.updated_by, found.updated_at = by, timezone.now()
    found.save(update_fields=["title", "body", "revision", "updated_by", "updated_at"])
    _keep_version(found, by)
    return found


@transaction.atomic
def publish_article(article: Article, *, by: User, measured: Measured | None = None) -> Article:
    """Show the working copy to its readers, and index it. Raises ValidationError, in words, for an empty one.

    Where changes are measured first (`knowledge.releases`) it is given back as it was, and published once that is done: as the
    text that was measured, whatever has been typed meanwhile.
    """
    found = _locked(article)
    if not found.title.strip():
        raise ValidationError(_("Give the article a title before you publish it."))
    if not found.body.strip():
        raise ValidationError(_("Write something before you publish the article."))
    if measured is None and is_held(Act.PUBLISH, found, by=by):
        return found
    version = _measured_version(found, measured, by) if measured else _newest(found) or _keep_version(found, by)
    version.is_published = True
    version.save(update_fields=["is_published"])
    now = timezone.now()
    found.published, found.state, found.updated_by = version, State.PUBLISHED, by
    found.published_at, found.reviewed_at = now, now
    found.save(update_fields=["published", "state", "updated_by", "published_at", "reviewed_at"])
    _index(found)
    gaps.close_by(found)
    speak(found.language)
    touch_centre()
    record("article.published", actor=Actor.user(by.pk), target=found, version=version.number)
    return found


@transaction.atomic
def archive_article(article: Article, *, by: User, is_measured: bool = False) -> Article:
    """Take an article from its readers and from the search; it stays with all its versions. It may be held as in publishing."""
    if not is_measured and is_held(Act.ARCHIVE, article, by=by):
        return article
    return _withdraw(article, State.ARCHIVED, "article.archived", by)


@transaction.atomic
def return_to_draft(article: Article, *, by: User, is_measured: bool = False) -> Article:
    """Make a published, archived or proposed article a draft again; readers no longer see it. It may be held likewise."""
    if not is_measured and is_held(Act.DRAFT, article, by=by):
        return article
    return _withdraw(article, State.DRAFT, "article.withdrawn", by)


@transaction.atomic
def delete_article(article: Article, *, by: User, is_measured: bool = False) -> bool:
    """Remove an article for good, with its versions and feedback. Its translations stay. False: it is held likewise."""
    if not is_measured and is_held(Act.DELETE, article, by=by):
        return False
    forget_document(article)
    record("article.deleted", actor=Actor.user(by.pk), target=article)
    Article.objects.filter(pk=article.pk).update(published=None)
    article.delete()
    touch_centre()
    return True


@transaction.atomic
def place_article(article: Article, *, category: Category | None, by: User) -> Article:
    """Put an article on a shelf. Its translations go along."""
    Article.objects.filter(group=article.group).update(category=category)
    touch_centre()
    record("article.placed", actor=Actor.user(by.pk), target=article)
    article.refresh_from_db()
    return article


@transaction.atomic
def open_article(article: Article, *, audience: str, by: User, is_measured: bool = False) -> Article:
    """Say who may read an article. Its translations go along. It may be held as in publishing."""
    if not is_measured and is_held(Act.AUDIENCE, _locked(article), by=by, to=audience):
        return article
    for one in Article.objects.select_for_update(no_key=True).filter(group=article.group).exclude(audience=audience):
        one.audience = audience
        one.save(update_fields=["audience"])
        if one.state == State.PUBLISHED:
            _index(one)
        record("article.opened", actor=Actor.user(by.pk), target=one, audience=audience)
    touch_centre()
    article.refresh_from_db()
    return article


@transaction.atomic
def change_language(article: Article, language: str, *, by: User, is_measured: bool = False) -> Article:
    """Say that an article is in another language than was noted. Raises ValidationError where it has a translation there.

    It may be held as in publishing.
    """
    found = _locked(article)
    if Article.objects.filter(group=found.group, language=language).exclude(pk=found.pk).exists():
        raise ValidationError(_("There is a translation into this language already."))
    if not is_measured and is_held(Act.LANGUAGE, found, by=by, to=language):
        return found
    if found.language == language:
        return found
    found.language, found.updated_by = language, by
    found.save(update_fields=["language", "updated_by"])
    if found.state == State.PUBLISHED:
        _index(found)
        speak(language)
    touch_centre()
    record("article.language_changed", actor=Actor.user(by.pk), target=found, language=language)
    return found


@transaction.atomic
def restore_version(article: Article, version: ArticleVersion, *, by: User) -> Article:
    """Make an earlier version the working copy, as a new version: what stood there before stays in the history."""
    found = _locked(article)
    found.title, found.body, found.revision = version.title, version.body, found.revision + 1
    found.updated_by, found.updated_at = by, timezone.now()
    found.save(update_fields=["title", "body", "revision", "updated_by", "updated_at"])
    _keep_version(found, by, is_own=True)
    record("article.restored", actor=Actor.user(by.pk), target=found, version=version.number)
    return found


@transaction.atomic
def mark_reviewed(article: Article, *, by: User) -> None:
    """Note that somebody has read an article and found it right."""
    article.reviewed_at = timezone.now()
    article.save(update_fields=["reviewed_at"])
    record("article.reviewed", actor=Actor.user(by.pk), target=article)


def count_use(document_ids: "list[UUID]", *, is_rejected: bool) -> None:
    """Count that an answer was taken from documents: sent or accepted, or rejected by an agent."""
    for document in Document.objects.select_for_update(no_key=True).filter(id__in=document_ids).order_by("id"):
        document.cited_count += 1
        document.rejected_count += int(is_rejected)
        document.save(update_fields=["cited_count", "rejected_count"])


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)


def _withdraw(article: Article, state: str, action: str, by: User) -> Article:
    found = _locked(article)
    found.state, found.published, found.published_at, found.updated_by = state, None, None, by
    found.save(update_fields=["state", "published", "published_at", "updated_by"])
    forget_document(found)
    touch_centre()
    record(action, actor=Actor.user(by.pk), target=found)
    return found


def index_measured(article: Article, measured: Measured) -> Document:
    """A trial document of what an article would say, which only those find who measure."""
    return index_trial(_text(article, measured.title, measured.body))


def index_opened(article: Article) -> list[Document]:
    """Trial documents of what an article that only the team reads would say to everybody, in each language."""
    published = Article.objects.filter(group=article.group, state=State.PUBLISHED).select_related("published")
    return [index_trial(replace(_published_text(one), is_public=True)) for one in published]


def index_in_language(article: Article, language: str) -> Document:
    """A trial document of what a published article says, in another language."""
    return index_trial(replace(_published_text(article), language=language))


def _index(article: Article) -> None:
    """Index the published version, for the public or for agents only."""
    index_document(_published_text(article))


def _published_text(article: Article) -> Text:
    version = article.published
    assert version is not None
    return _text(article, version.title, version.body)


def _text(article: Article, title: str, body: str) -> Text:
    return Text(
        owner=article,
        kind=Document.Kind.ARTICLE,
        title=title,
        blocks=blocks_of(body),
        language=article.language,
        is_public=article.audience == Article.Audience.PUBLIC,
    )


def _measured_version(article: Article, measured: Measured, by: User | None) -> ArticleVersion:
    """The newest version, where it is what was measured; else one of its own, beside what has been typed since."""
    newest = _newest(article)
    if newest is not None and (newest.title, newest.body) == (measured.title, measured.body):
        return newest
    return _add_version(article, measured.title, measured.body, by)


def _keep_version(article: Article, by: User | None, *, is_own: bool = False) -> ArticleVersion:
    """Keep the working copy as a version: the newest one goes on while the same person is at it, unless it was published."""
    newest, now = _newest(article), timezone.now()
    if newest is not None and not is_own and not newest.is_published and _is_sitting(newest, by):
        newest.title, newest.body, newest.updated_at = article.title, article.body, now
        newest.save(update_fields=["title", "body", "updated_at"])
        pictures.note_uses(newest)
        return newest
    return _add_version(article, article.title, article.body, by)


def _add_version(article: Article, title: str, body: str, by: User | None) -> ArticleVersion:
    newest = _newest(article)
    number = newest.number + 1 if newest is not None else 1
    version = ArticleVersion(article=article, number=number, title=title, body=body, author=by, updated_at=timezone.now())
    version.save(force_insert=True)
    pictures.note_uses(version)
    return version


def _is_sitting(version: ArticleVersion, by: User | None) -> bool:
    return version.author_id == (by.pk if by else None) and timezone.now() - version.created_at < SITTING


def _newest(article: Article) -> ArticleVersion | None:
    return ArticleVersion.objects.filter(article=article).order_by("-number").first()


def _title(title: str) -> str:
    return " ".join(title.split())[:MAX_TITLE]


def _body(body: str) -> str:
    if len(body) > MAX_BODY:
        raise ValidationError(_("The article is too long. Split it into several."))
    return pictures.keep_known(clean(body))


def _actor(by: User | None) -> Actor:
    return Actor.system() if by is None else Actor.user(by.pk)
