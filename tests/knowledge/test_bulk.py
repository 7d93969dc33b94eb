"""Many articles at once: the same rules as for one, and a word for each that stayed."""

import pytest
from django.test import Client

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from core.audit import Actor
from core.tenancy import scope
from knowledge import releases
from knowledge.models import Article, Source
from knowledge.releases import Act as Release
from knowledge.retrieval import Audience, candidates
from knowledge.services.articles import create_article
from knowledge.services.bulk import Act, Wanted, act_on
from knowledge.services.categories import add_category
from tests.factories import make_member


@pytest.fixture
def admin(company: Workspace) -> Membership:
    return make_member(company, Role.ADMIN)


@pytest.fixture
def browser(admin: Membership) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


def make_articles(by: User, *titles: str, body: str = "<p>A week.</p>") -> list[Article]:
    return [create_article(language="en", by=by, title=title, body=body) for title in titles]


def states() -> dict[int, str]:
    return {one.number: one.state for one in Article.objects.order_by("number")}


def test_each_goes_by_itself_and_says_why_it_stays(scoped: Workspace, agent: Membership) -> None:
    good, untitled, other = make_articles(agent.user, "Refunds", "", "Delivery")
    outcome = act_on([good, untitled, other], Wanted(Act.PUBLISH, agent.user))
    assert (outcome.done, outcome.waiting) == (2, 0)
    assert [(one.article, one.why) for one in outcome.refused] == [(untitled, "Give the article a title before you publish it.")]
    assert list(states().values()) == ["published", "draft", "published"]
    assert len(candidates("week", language="en", audience=Audience.PUBLIC)) == 2
    assert act_on([good, other], Wanted(Act.ARCHIVE, agent.user)).done == 2
    assert candidates("week", language="en", audience=Audience.PUBLIC) == []


def test_what_is_measured_first_is_counted_apart(scoped: Workspace, agent: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    class Keeper:
        def measures(self) -> bool:
            return True

        def holds(self, act: Release, target: Article | Source, *, by: User | None, to: str = "") -> bool:
            return isinstance(target, Article) and target.title == "Refunds"

    articles = make_articles(agent.user, "Refunds", "Delivery")
    monkeypatch.setattr(releases, "_keepers", [Keeper()])
    for act in (Act.PUBLISH, Act.ARCHIVE, Act.DELETE):
        outcome = act_on(articles, Wanted(act, agent.user))
        assert (act, outcome.done, outcome.waiting, outcome.refused) == (act, 1, 1, [])
    assert [one.title for one in Article.objects.all()] == ["Refunds"]


def test_language_and_category_change_and_the_search_follows(scoped: Workspace, agent: Membership) -> None:
    first, second = make_articles(agent.user, "Devoluções", "Entrega", body="<p>Devoluções em uma semana.</p>")
    create_article(language="pt", by=agent.user, title="Entrega", body="<p>x</p>", translation_of=second)
    act_on([first], Wanted(Act.PUBLISH, agent.user))
    outcome = act_on([first, second], Wanted(Act.LANGUAGE, agent.user, language="pt"))
    assert (outcome.done, [one.why for one in outcome.refused]) == (1, ["There is a translation into this language already."])
    assert [one.language for one in candidates("devolução", language="pt", audience=Audience.PUBLIC)] == ["pt"]
    shelf = add_category({"en": {"name": "Orders", "description": ""}}, icon="package", actor=Actor.system())
    assert act_on([first, second], Wanted(Act.CATEGORY, agent.user, category=shelf)).done == 2
    assert {one.category_id for one in Article.objects.all()} == {shelf.pk}
    assert act_on([first], Wanted(Act.CATEGORY, agent.user)).done == 1
    assert Article.objects.get(pk=first.pk).category is None


def test_the_list_does_it_and_tells(browser: Client, company: Workspace, admin: Membership) -> None:
    with scope(company.pk):
        numbers = [one.number for one in make_articles(admin.user, "Refunds", "", "Delivery")]
    place = f"/w/{company.pk}/knowledge/articles/together/"
    told = browser.post(place, {"article": numbers[:2], "act": "published"}).content.decode()
    assert "1 article published." in told
    assert "Give the article a title before you publish it." in told
    with scope(company.pk):
        assert states() == dict(zip(numbers, ["published", "draft", "draft"], strict=True))
    told = browser.post(place, {"article": numbers, "act": "deleted"}).content.decode()
    assert "3 articles deleted." in told
    for wrong, words in (
        ({"article": [numbers[0]], "act": "published"}, "Choose at least one article."),
        ({"act": "published"}, "Choose at least one article."),
    ):
        answer = browser.post(place, wrong)
        assert (answer.status_code, answer.json()["message"]) == (422, words)


def test_acts_that_are_not_there_are_refused(browser: Client, company: Workspace, admin: Membership) -> None:
    with scope(company.pk):
        (article,) = make_articles(admin.user, "Refunds")
    place = f"/w/{company.pk}/knowledge/articles/together/"
    for asked in ({"act": "burn"}, {"to_language": "xx"}, {"category": str(article.pk)}):
        assert browser.post(place, {"article": [article.number], **asked}).status_code == 422
    with scope(company.pk):
        assert list(states().values()) == ["draft"]


def test_agents_may_not(company: Workspace, agent: Membership) -> None:
    client = Client()
    client.force_login(agent.user)
    with scope(company.pk):
        make_articles(agent.user, "Refunds")
    assert "article-picks" not in client.get(f"/w/{company.pk}/knowledge/").content.decode()
    assert client.post(f"/w/{company.pk}/knowledge/articles/together/", {"act": "published"}).status_code == 403
