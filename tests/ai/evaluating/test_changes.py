"""Changes are measured before they are made: harmless ones go through, worse ones wait for an owner's written word."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Membership
from ai.models import Change, Evaluation, Intent, Switch
from ai.selectors.evaluation import comparison_of, flips_of, open_change
from ai.services.changes import discard, measure_again, override, settle_late, workspaces_late
from ai.services.settings import settings_of
from ai.services.submitting import change_intent, change_settings, remove_intent, settings_shown
from ai.services.switches import switch_off, switch_on
from core.audit import Actor
from core.audit.models import AuditEntry
from core.tenancy import scope
from knowledge.models import Article, Document
from knowledge.retrieval import Audience, candidates
from knowledge.services.articles import archive_article, create_article, delete_article, publish_article, save_draft
from knowledge.services.imports import add_file, delete_source
from knowledge.services.reading import read_source
from tests.ai.evaluating.measuring import REFUND, Shop

WHY = "The old policy ends today."


def archived(shop: Shop, title: str) -> Change:
    """The change that archiving an article became."""
    with scope(shop.workspace.pk):
        archive_article(shop.articles[title], by=shop.author)
        found = open_change(f"article:{shop.articles[title].pk}")
        assert found is not None
        return found


def test_without_golden_questions_everything_acts_at_once(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        assert archive_article(shop.articles["Shipping"], by=shop.author).state == Article.State.ARCHIVED
        assert change_settings({"forbidden_topics": ["refund"]}, by=shop.author) is None
        assert settings_of().forbidden_topics == ["refund"]
        assert not Change.objects.exists()
        assert not Evaluation.objects.exists()


def test_worse_change_is_held_and_says_which_questions_it_spoils(shop: Shop) -> None:
    refund, *_others = shop.knows_usual()
    change = archived(shop, "Returns and refunds")
    assert shop.article("Returns and refunds").state == Article.State.PUBLISHED
    shop.works()
    held = shop.change(change)
    assert (held.state, held.why) == ("held", "worse")
    assert shop.article("Returns and refunds").state == Article.State.PUBLISHED
    with scope(shop.workspace.pk):
        evaluation = Evaluation.objects.get(change=held)
        found = comparison_of(evaluation)
        assert (found.paired, found.worse, found.better) == (4, [refund.pk], [])
        ((now, then),) = flips_of(evaluation, found.worse)
        assert (now.outcome, then.outcome) == ("right", "missed")
        assert "5 to 7 business days" in now.answer


def test_harmless_change_is_made_in_its_authors_name(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        archive_article(shop.articles["Opening hours of the studio"], by=shop.author)
    shop.works()
    assert shop.newest_change().state == "published"
    assert shop.article("Opening hours of the studio").state == Article.State.ARCHIVED
    with scope(shop.workspace.pk):
        assert AuditEntry.objects.get(action="article.archived").actor_id == shop.author.pk


def test_only_an_owner_with_a_written_reason_makes_a_worse_change(shop: Shop, owner: Membership, admin: Membership) -> None:
    shop.knows_usual()
    change = archived(shop, "Returns and refunds")
    shop.works()
    with scope(shop.workspace.pk):
        with pytest.raises(PermissionDenied):
            override(change, reason=WHY, membership=admin)
        with pytest.raises(ValidationError, match="at least 10"):
            override(change, reason="  because  ", membership=owner)
        assert shop.change(change).state == "held"
        override(change, reason=WHY, membership=owner)
        with pytest.raises(ValidationError, match="decided already"):
            discard(change, by=owner.user)
        entry = AuditEntry.objects.get(action="ai.change_overridden")
        assert (entry.actor_id, entry.data["why"]) == (owner.user_id, "worse")
        assert WHY not in str(entry.data)
    decided = shop.change(change)
    assert (decided.state, decided.reason, decided.decided_by_id) == ("overridden", WHY, owner.user_id)
    assert shop.article("Returns and refunds").state == Article.State.ARCHIVED


def test_article_is_published_as_it_was_measured_and_nothing_typed_since_is_lost(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        article = create_article(language="en", by=shop.author, title="Gift cards", body="<p>Gift cards never end.</p>")
        publish_article(article, by=shop.author)
        assert Article.objects.get(pk=article.pk).state == Article.State.DRAFT
        trial = Document.objects.get(kind="trial")
        assert "Gift cards" not in {one.title for one in candidates("gift cards", language="en", audience=Audience.AGENTS)}
        save_draft(article, title="Gift cards", body="<p>Gift cards end after a year.</p>", revision=0, by=shop.author)
    shop.works()
    with scope(shop.workspace.pk):
        found = Article.objects.select_related("published").get(pk=article.pk)
        assert found.published is not None
        assert (found.state, found.published.body) == ("published", "<p>Gift cards never end.</p>")
        assert found.body == "<p>Gift cards end after a year.</p>"
        assert not Document.objects.filter(pk=trial.pk).exists()
        assert "Gift cards" in {one.title for one in candidates("gift cards", language="en", audience=Audience.AGENTS)}


def test_article_that_answers_wrongly_is_held_before_anybody_reads_it(shop: Shop) -> None:
    shop.knows("Do you repair bicycles?")
    with scope(shop.workspace.pk):
        body = "<p>Yes, we repair bicycles of every brand. Bring your bicycle to our studio and we repair it within a day.</p>"
        article = create_article(language="en", by=shop.author, title="Do you repair bicycles?", body=body)
        publish_article(article, by=shop.author)
    shop.works()
    assert (shop.newest_change().state, shop.newest_change().why) == ("held", "worse")
    with scope(shop.workspace.pk):
        assert Article.objects.get(pk=article.pk).state == Article.State.DRAFT


def test_two_changes_that_are_harmless_alone_are_not_both_made(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        text = "<p>A refund takes 5 to 7 business days after we have received the parcel.</p>"
        second = create_article(language="en", by=shop.author, title="How long does a refund take", body=text)
        shop.articles["Refunds again"] = publish_article(second, by=shop.author)
    shop.knows(REFUND, "Returns and refunds", "Refunds again")
    first, other = archived(shop, "Returns and refunds"), archived(shop, "Refunds again")
    shop.works()
    assert {shop.change(first).state, shop.change(other).state} == {"published", "held"}
    with scope(shop.workspace.pk):
        assert Article.objects.filter(title__isnull=False, state="published").count() == 4


def test_settings_are_measured_kept_for_whoever_edits_them_and_joined(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        first = change_settings({"forbidden_topics": ["refund"], "greeting": "Hello"}, by=shop.author)
        assert first is not None
        assert (settings_of().forbidden_topics, settings_of().greeting) == ([], "Hello")
        assert settings_shown().forbidden_topics == ["refund"]
    shop.works()
    assert shop.change(first).why == "worse"
    with scope(shop.workspace.pk):
        joined = change_settings({"languages": ["en"]}, by=shop.author)
        assert joined is not None
        assert joined.payload == {"forbidden_topics": ["refund"], "languages": ["en"]}
        assert shop.change(first).state == "discarded"
        discard(joined, by=shop.author)
        assert settings_shown().forbidden_topics == []
    shop.works()
    with scope(shop.workspace.pk):
        assert (shop.change(joined).state, settings_of().forbidden_topics) == ("discarded", [])


def test_thresholds_of_intents_are_measured_and_where_they_lead_is_not(shop: Shop) -> None:
    shop.knows_usual()
    values = {
        "name": "Refund",
        "description": "How long does a refund take?",
        "may_be_automatic": True,
        "minimum_confidence": 0.5,
    }
    with scope(shop.workspace.pk):
        added = change_intent(Intent(), values, by=shop.author)
        assert added is not None
        assert not Intent.objects.exists()
    shop.works()
    assert shop.change(added).state == "published"
    with scope(shop.workspace.pk):
        other = {"name": "Bowls", "description": "Can the bowls go into the dishwasher?", "may_be_automatic": True}
        Intent.objects.create(**other)
        intent = Intent.objects.get(name="Refund")
        assert change_intent(intent, values | {"priority": 2}, by=shop.author) is None
        assert Intent.objects.get(pk=intent.pk).priority == 2
        by_people = change_intent(intent, values | {"may_be_automatic": False}, by=shop.author)
    assert by_people is not None
    shop.works()
    assert (shop.change(by_people).state, shop.change(by_people).why) == ("held", "worse")
    with scope(shop.workspace.pk):
        assert remove_intent(intent, by=shop.author) is not None
    shop.works()
    with scope(shop.workspace.pk):
        assert shop.newest_change().state == "published"
        assert not Intent.objects.filter(pk=intent.pk).exists()


def test_what_cannot_be_measured_is_held_never_passed_silently(shop: Shop, owner: Membership) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        switch_off(Switch.Level.WORKSPACE, None, actor=Actor.system())
    off = archived(shop, "Opening hours of the studio")
    assert (off.state, off.why) == ("held", "off")
    with scope(shop.workspace.pk):
        switch_on(Switch.Level.WORKSPACE, None, actor=Actor.system())
        measure_again(off, by=owner.user)
    late = archived(shop, "Shipping")
    with scope(shop.workspace.pk):
        long_ago = timezone.now() - timedelta(minutes=3)
        Change.objects.filter(pk=late.pk).update(created_at=long_ago)
        Evaluation.objects.filter(change=late).update(created_at=long_ago)
    assert workspaces_late() == [shop.workspace.pk]
    assert settle_late(shop.workspace.pk) == 1
    assert (shop.change(late).state, shop.change(late).why) == ("held", "late")
    assert shop.article("Shipping").state == Article.State.PUBLISHED
    shop.works()
    assert shop.change(off).state == "published"


def test_deleting_waits_too_and_a_deleted_author_makes_nothing(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        assert delete_article(shop.articles["Opening hours of the studio"], by=shop.author) is False
        Change.objects.update(user=None)
    shop.works()
    assert (shop.newest_change().state, shop.newest_change().why) == ("held", "failed")
    assert shop.article("Opening hours of the studio").state == Article.State.PUBLISHED


def test_import_is_found_only_once_it_has_been_measured(shop: Shop, owner: Membership) -> None:
    shop.knows("Do you repair bicycles?")
    table = b"question,answer\nDo you repair bicycles?,We repair bicycles of every brand in our studio within a day.\n"
    with scope(shop.workspace.pk):
        source = add_file(table, name="more.csv", language="en", is_public=True, by=owner.user)
    read_source(shop.workspace.pk, source.pk)
    with scope(shop.workspace.pk):
        assert [one.kind for one in Document.objects.filter(trial_of__source=source)] == ["trial"]
        assert not Document.objects.filter(item__source=source).exists()
    shop.works()
    change = shop.newest_change()
    assert (change.kind, change.why) == ("import", "worse")
    with scope(shop.workspace.pk):
        override(change, reason="We do repair bicycles now.", membership=owner)
        assert {one.kind for one in Document.objects.filter(item__source=source)} == {"question"}
        assert delete_source(source, by=owner.user) is False
    shop.works()
    with scope(shop.workspace.pk):
        assert not Document.objects.filter(item__source=source).exists()
