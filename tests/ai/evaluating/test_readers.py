"""Who may read an article, and in which language it is looked up: measured like its text."""

from django.test import Client

from accounts.models import Membership
from ai.models import Change
from ai.selectors.evaluation import name_of, open_change
from ai.services.changes import discard, override
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Article, Document
from knowledge.releases import Act
from knowledge.retrieval import Audience, candidates
from knowledge.services.articles import create_article, open_article, place_article, publish_article
from knowledge.services.bulk import Act as Many, Wanted, act_on
from knowledge.services.categories import add_category
from tests.ai.evaluating.measuring import BICYCLE, Shop

REFUNDS, HOURS = "Returns and refunds", "Opening hours of the studio"
REPAIRS = "<p>Yes, we repair bicycles of every brand. Bring your bicycle to our studio and we repair it within a day.</p>"


def waiting(shop: Shop, act: Act, article: Article) -> Change:
    with scope(shop.workspace.pk):
        found = open_change(name_of(act, article))
    assert found is not None
    return found


def opened(shop: Shop, title: str, audience: str) -> Change:
    with scope(shop.workspace.pk):
        before = shop.articles[title].audience
        assert open_article(shop.articles[title], audience=audience, by=shop.author).audience == before
    return waiting(shop, Act.AUDIENCE, shop.articles[title])


def test_article_that_answers_is_kept_for_the_team_only_by_an_owners_word(shop: Shop, owner: Membership) -> None:
    shop.knows_usual()
    change = opened(shop, REFUNDS, "internal")
    shop.works()
    held = shop.change(change)
    assert (held.kind, held.state, held.why) == ("audience", "held", "worse")
    assert shop.article(REFUNDS).audience == "public"
    with scope(shop.workspace.pk):
        override(held, reason="This is for the team alone.", membership=owner)
        assert not Document.objects.get(article=shop.articles[REFUNDS]).is_public
    assert shop.article(REFUNDS).audience == "internal"


def test_article_that_answers_nothing_is_kept_for_the_team_by_itself(shop: Shop) -> None:
    shop.knows_usual()
    change = opened(shop, HOURS, "internal")
    shop.works()
    assert shop.change(change).state == "published"
    assert shop.article(HOURS).audience == "internal"


def test_article_of_the_team_is_opened_in_all_its_languages_once_it_is_measured(shop: Shop) -> None:
    shop.knows(BICYCLE)
    with scope(shop.workspace.pk):
        harmless = create_article(
            language="en", by=shop.author, title="Gift cards", body="<p>They never end.</p>", audience="internal"
        )
        other = create_article(
            language="pt",
            by=shop.author,
            title="Cartões",
            body="<p>Nunca acabam.</p>",
            audience="internal",
            translation_of=harmless,
        )
        wrong = create_article(language="en", by=shop.author, title=BICYCLE, body=REPAIRS, audience="internal")
        for one in (harmless, other, wrong):
            shop.articles[one.title] = publish_article(one, by=shop.author)
    good, bad = opened(shop, "Gift cards", "public"), opened(shop, BICYCLE, "public")
    with scope(shop.workspace.pk):
        assert Document.objects.filter(kind="trial").count() == 3
        assert "Gift cards" not in {one.title for one in candidates("gift cards", language="en", audience=Audience.PUBLIC)}
    shop.works()
    assert (shop.change(good).state, shop.change(bad).why) == ("published", "worse")
    with scope(shop.workspace.pk):
        assert {one.audience for one in Article.objects.filter(group=harmless.group)} == {"public"}
        assert Document.objects.filter(article__group=harmless.group, is_public=True).count() == 2
        assert Document.objects.filter(kind="trial").count() == 1
        discard(shop.change(bad), by=shop.author)
        assert not Document.objects.filter(kind="trial").exists()


def test_what_nobody_finds_and_where_it_stands_change_at_once(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        draft = create_article(language="en", by=shop.author, title="Gift cards", body="<p>They never end.</p>")
        assert open_article(draft, audience="internal", by=shop.author).audience == "internal"
        shelf = add_category({"en": {"name": "Orders", "description": ""}}, icon="package", actor=Actor.system())
        assert place_article(shop.articles[REFUNDS], category=shelf, by=shop.author).category == shelf
        assert not Change.objects.exists()


def test_readers_are_asked_for_once_and_taken_back_at_once(shop: Shop) -> None:
    shop.knows_usual()
    change = opened(shop, REFUNDS, "internal")
    assert opened(shop, REFUNDS, "internal").pk == change.pk
    with scope(shop.workspace.pk):
        open_article(shop.articles[REFUNDS], audience="public", by=shop.author)
    assert shop.change(change).state == "discarded"


def test_language_is_measured_and_made_likewise(shop: Shop, owner: Membership) -> None:
    shop.knows_usual()
    both = [shop.articles[REFUNDS], shop.articles[HOURS]]
    with scope(shop.workspace.pk):
        outcome = act_on(both, Wanted(Many.LANGUAGE, shop.author, language="ja"))
        assert (outcome.done, outcome.waiting) == (0, 2)
    held, made = (waiting(shop, Act.LANGUAGE, one) for one in both)
    shop.works()
    assert (shop.change(held).state, shop.change(made).state) == ("held", "published")
    assert (shop.article(REFUNDS).language, shop.article(HOURS).language) == ("en", "ja")
    with scope(shop.workspace.pk):
        override(shop.change(held), reason="It is Japanese, after all.", membership=owner)
        assert Document.objects.get(article=both[0]).language == "ja"


def test_language_of_what_is_no_source_changes_at_once(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        draft = create_article(language="en", by=shop.author, title="Cartões", body="<p>Nunca acabam.</p>")
        assert act_on([draft], Wanted(Many.LANGUAGE, shop.author, language="pt")).done == 1


def test_editor_says_that_the_readers_are_measured_first(shop: Shop) -> None:
    shop.knows_usual()
    client = Client()
    client.force_login(shop.author)
    article = shop.articles[REFUNDS]
    place = f"/w/{shop.workspace.pk}/knowledge/articles/{article.number}"
    answer = client.post(f"{place}/placing/", {"category": "", "audience": "internal"}, headers={"HX-Request": "true"})
    assert "It is measured first" in answer["HX-Trigger"]
    shown = answer.content.decode()
    assert 'value="internal" checked' in shown
    assert "Not yet: it is measured first." in shown
    assert "Measuring…" in shown
    answer = client.post(f"{place}/placing/", {"category": "", "audience": "internal"}, headers={"HX-Request": "true"})
    shop.works()
    told = client.get(f"{place}/release/", headers={"HX-Request": "true"})
    assert "Held, not made: Answers get worse." in told["HX-Trigger"]
    held = waiting(shop, Act.AUDIENCE, article)
    page = client.get(f"/w/{shop.workspace.pk}/settings/ai/evaluation/changes/{held.pk}/").content.decode()
    assert "Readers of an article: Returns and refunds" in page
    assert "Only your team" in page
    back = client.post(f"{place}/placing/", {"category": "", "audience": "public"}, headers={"HX-Request": "true"})
    assert "Saved." in back["HX-Trigger"]
    assert "Not yet" not in back.content.decode()
