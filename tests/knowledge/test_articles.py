"""Articles: nothing typed is lost, readers see what was published, the search finds it, versions come back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from knowledge.models import Article, ArticleVersion, Document, HelpCentre
from knowledge.retrieval import Audience, candidates
from knowledge.services.articles import (
    StaleArticleError,
    archive_article,
    count_use,
    create_article,
    delete_article,
    open_article,
    propose_article,
    publish_article,
    restore_version,
    return_to_draft,
    save_draft,
)
from tests.factories import make_user

BODY = "<h2>How long it takes</h2><p>Refunds take a week.</p>"


@pytest.fixture
def writer(agent: Membership) -> User:
    return agent.user


@pytest.fixture
def article(scoped: Workspace, writer: User) -> Article:
    return create_article(language="en", by=writer, title="Refunds", body=BODY)


def found(question: str, audience: Audience = Audience.PUBLIC) -> list[str]:
    return [one.title for one in candidates(question, language="en", audience=audience)]


def test_draft_is_found_by_nobody_and_published_by_everybody(article: Article, writer: User) -> None:
    assert found("refunds", Audience.AGENTS) == []
    published = publish_article(article, by=writer)
    assert published.is_public
    assert found("refunds") == ["Refunds"]
    archive_article(published, by=writer)
    assert found("refunds", Audience.AGENTS) == []
    assert Document.objects.count() == 0


def test_readers_see_the_published_version_while_the_next_is_written(article: Article, writer: User) -> None:
    published = publish_article(article, by=writer)
    changed = save_draft(published, title="Money back", body="<p>Soon.</p>", revision=published.revision, by=writer)
    assert changed.published is not None
    assert (changed.title, changed.published.title) == ("Money back", "Refunds")
    assert found("refunds") == ["Refunds"]
    publish_article(changed, by=writer)
    assert found("refunds") == []
    assert found("money") == ["Money back"]


def test_later_of_two_editors_is_told_and_nothing_is_overwritten(article: Article, writer: User) -> None:
    other = make_user("Kwame")
    save_draft(article, title="Refunds", body="<p>Mine.</p>", revision=0, by=writer)
    with pytest.raises(StaleArticleError) as error:
        save_draft(article, title="Refunds", body="<p>Theirs.</p>", revision=0, by=other)
    assert error.value.article.updated_by == writer
    assert Article.objects.get().body == "<p>Mine.</p>"


def test_one_sitting_is_one_version_and_another_author_another(article: Article, writer: User) -> None:
    first = save_draft(article, title="Refunds", body="<p>One.</p>", revision=0, by=writer)
    assert ArticleVersion.objects.count() == 1
    second = save_draft(first, title="Refunds", body="<p>Two.</p>", revision=1, by=make_user("Kwame"))
    assert ArticleVersion.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        save_draft(second, title="Refunds", body="<p>Three.</p>", revision=2, by=second.updated_by)  # type: ignore[arg-type]  # just written
    assert [one.body for one in ArticleVersion.objects.order_by("number")] == ["<p>One.</p>", "<p>Two.</p>", "<p>Three.</p>"]


def test_restored_version_stands_beside_what_it_replaced(article: Article, writer: User) -> None:
    publish_article(article, by=writer)
    changed = save_draft(article, title="Other", body="<p>Other.</p>", revision=0, by=writer)
    first = ArticleVersion.objects.get(number=1)
    restored = restore_version(changed, first, by=writer)
    assert (restored.title, restored.body) == ("Refunds", BODY)
    assert list(ArticleVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_internal_article_is_for_agents(article: Article, writer: User) -> None:
    open_article(publish_article(article, by=writer), audience="internal", by=writer)
    assert found("refunds") == []
    assert found("refunds", Audience.AGENTS) == ["Refunds"]


def test_scripts_and_handlers_are_gone(scoped: Workspace, writer: User) -> None:
    hostile = (
        '<h1 onclick="x()">Hi</h1><script>alert(1)</script><p style="x">a<img src=x onerror=y></p><a href="javascript:1">b</a>'
    )
    kept = create_article(language="en", by=writer, title="T", body=hostile).body
    assert kept == '<h2>Hi</h2><p>a</p><a rel="noopener noreferrer">b</a>'


def test_empty_article_cannot_be_published(scoped: Workspace, writer: User) -> None:
    with pytest.raises(ValidationError, match="Give the article a title"):
        publish_article(create_article(language="en", by=writer), by=writer)
    with pytest.raises(ValidationError, match="Write something"):
        publish_article(create_article(language="en", by=writer, title="T", body="<p> </p>"), by=writer)


def test_translations_are_linked_and_one_a_language(article: Article, writer: User) -> None:
    other = create_article(language="pt", by=writer, translation_of=article)
    assert other.group == article.group
    with pytest.raises(ValidationError, match="translation into this language"):
        create_article(language="pt", by=writer, translation_of=article)


def test_proposed_article_waits_for_a_person(scoped: Workspace, writer: User) -> None:
    proposed = propose_article(title="Teapots", body="<p>They hold a litre.</p>", language="en")
    assert (proposed.state, proposed.created_by) == ("proposed", None)
    assert found("teapots", Audience.AGENTS) == []
    assert publish_article(proposed, by=writer).state == "published"
    assert return_to_draft(proposed, by=writer).state == "draft"


def test_uses_are_counted_and_deleting_takes_everything_along(article: Article, writer: User) -> None:
    publish_article(article, by=writer)
    document = Document.objects.get()
    count_use([document.pk], is_rejected=False)
    count_use([document.pk], is_rejected=True)
    document.refresh_from_db()
    assert (document.cited_count, document.rejected_count) == (2, 1)
    delete_article(article, by=writer)
    assert Document.objects.count() == Article.objects.count() == ArticleVersion.objects.count() == 0


def test_help_centre_is_closed_until_somebody_opens_it(article: Article) -> None:
    centre = HelpCentre.objects.get()
    assert (centre.slug, centre.is_published, centre.last_number) == ("loja-azul", False, 1)
