"""The team's pages: each is served, and what they write arrives."""

import pytest
from django.test import Client

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Article, ArticleVersion, Category, Gap, HelpCentre
from knowledge.services.articles import create_article, publish_article
from knowledge.services.categories import add_category
from knowledge.services.gaps import note_unanswered
from tests.factories import make_member


@pytest.fixture
def admin(company: Workspace) -> Membership:
    return make_member(company, Role.ADMIN)


@pytest.fixture
def browser(company: Workspace, admin: Membership) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


@pytest.fixture
def base(company: Workspace) -> str:
    return f"/w/{company.pk}/knowledge"


@pytest.fixture
def article(company: Workspace, admin: Membership) -> Article:
    with scope(company.pk):
        shelf = add_category({"en": {"name": "Orders", "description": ""}}, icon="package", actor=Actor.system())
        made = create_article(language="en", by=admin.user, title="Refunds", body="<p>A week.</p>", category=shelf)
        note_unanswered("Do you ship to Norway?", conversation_id=None, language="en", reason="no_evidence")
        return made


def test_pages_are_served_empty_and_full(browser: Client, base: str) -> None:
    for path in ("/", "/gaps/", "/imports/", "/categories/", "/help-centre/"):
        assert browser.get(f"{base}{path}").status_code == 200, path


def test_article_is_written_published_and_found(browser: Client, base: str, company: Workspace) -> None:
    made = browser.post(f"{base}/articles/new/")
    assert made.status_code == 302
    place = made.headers["Location"]
    answer = browser.post(f"{place}text/", {"title": "Refunds", "body": "<p>A week.</p>", "revision": "0"})
    assert answer.json() == {"revision": 1, "has_changes": False}
    stale = browser.post(f"{place}text/", {"title": "Other", "body": "<p>Other.</p>", "revision": "0"})
    assert (stale.status_code, stale.json()["revision"]) == (409, 1)
    browser.post(f"{place}state/", {"state": "published"})
    with scope(company.pk):
        assert Article.objects.get().state == "published"
    assert [one["title"] for one in browser.get(f"{base}/articles/found/?q=refund").json()["articles"]] == ["Refunds"]
    assert "Refunds" in browser.get(f"{base}/?q=refund").content.decode()
    assert "Refunds" not in browser.get(f"{base}/?q=bicycle").content.decode()
    for part in ("", "preview/", "versions/"):
        assert "A week" in browser.get(f"{place}{part}").content.decode()


def test_versions_are_compared_and_restored(
    browser: Client, base: str, company: Workspace, article: Article, admin: Membership
) -> None:
    with scope(company.pk):
        publish_article(article, by=admin.user)
    place = f"{base}/articles/{article.number}/"
    browser.post(f"{place}text/", {"title": "Refunds", "body": "<p>Two weeks.</p>", "revision": "0"})
    text = browser.get(f"{place}versions/").content.decode()
    assert "<del>" in text
    assert "Two weeks." in text
    with scope(company.pk):
        first = ArticleVersion.objects.get(number=1)
    browser.post(f"{place}versions/{first.pk}/restoration/")
    with scope(company.pk):
        assert Article.objects.get().body == "<p>A week.</p>"


def test_gap_becomes_an_article_that_closes_it(browser: Client, base: str, company: Workspace, article: Article) -> None:
    assert "Do you ship to Norway?" in browser.get(f"{base}/gaps/").content.decode()
    with scope(company.pk):
        gap = Gap.objects.get()
    place = browser.post(f"{base}/gaps/{gap.pk}/article/").headers["Location"]
    assert "Do you ship to Norway?" in browser.get(place).content.decode()
    browser.post(f"{place}text/", {"title": "Norway", "body": "<p>Yes.</p>", "revision": "0"})
    browser.post(f"{place}state/", {"state": "published"})
    with scope(company.pk):
        assert Gap.objects.get().state == "closed"


def test_categories_are_added_moved_and_deleted(browser: Client, base: str, company: Workspace, article: Article) -> None:
    browser.post(f"{base}/categories/", {"icon": "truck", "name_en": "Delivery", "description_en": "Where it is"})
    with scope(company.pk):
        added = Category.objects.get(place=1)
    browser.post(f"{base}/categories/order/", {"up": str(added.pk)})
    with scope(company.pk):
        names = [one.named("en") for one in Category.objects.order_by("place")]
    assert names == ["Delivery", "Orders"]
    browser.post(f"{base}/categories/{added.pk}/", {"delete": "1"})
    with scope(company.pk):
        assert [one.named("en") for one in Category.objects.all()] == ["Orders"]


def test_help_centre_is_opened_named_and_coloured(browser: Client, base: str, company: Workspace, article: Article) -> None:
    given = {
        "name": "Loja", "slug": "loja-help", "color": "#aa3300", "default_language": "en", "languages": ["en", "pt"],
        "headline": "Hello", "intro": "", "review_months": "3",
    }  # fmt: skip
    assert browser.post(f"{base}/help-centre/", {**given, "color": "red"}).status_code == 422
    assert "reserved" in browser.post(f"{base}/help-centre/", {**given, "slug": "support"}).content.decode()
    assert browser.post(f"{base}/help-centre/", given).status_code == 302
    browser.post(f"{base}/help-centre/opening/", {"on": "1"})
    assert Client().get("/help/loja-help/en/").status_code == 200
    answer = browser.post(f"{base}/help-centre/domain/", {"domain": "not a domain"})
    assert (answer.status_code, answer.json()["message"]) == (422, "Write only the domain, such as help.example.com.")
    browser.post(f"{base}/help-centre/domain/", {"domain": "https://Help.Loja.example/"})
    with scope(company.pk):
        centre = HelpCentre.objects.get()
    assert (centre.domain, centre.domain_verified_at) == ("help.loja.example", None)
    assert f"chatzee={centre.domain_token}" in browser.get(f"{base}/help-centre/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_agents_write_but_do_not_publish(base: str, company: Workspace, agent: Membership, article: Article) -> None:
    client = Client()
    client.force_login(agent.user)
    place = f"{base}/articles/{article.number}/"
    assert client.post(f"{place}text/", {"title": "Better", "body": "<p>x</p>", "revision": "0"}).status_code == 200
    assert client.post(f"{place}state/", {"state": "published"}).status_code == 403
    assert client.get(f"{base}/imports/").status_code == 403
