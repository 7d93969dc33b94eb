"""The public help centre: what may be read is found and shown, nothing else is, and nobody is followed."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from chatzee.env import env
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Article, Feedback, HelpCentre
from knowledge.services.articles import create_article, open_article, publish_article, return_to_draft
from knowledge.services.categories import add_category
from knowledge.services.centres import ensure_centre, open_to_public
from tests.factories import make_member, make_workspace

BODY = "<h2>How long it takes</h2><p>Refunds take a week & more.</p><h2>Abroad</h2><p>Two.</p><h2>Lost</h2><p>Ask us.</p>"
BASE = "/help/loja-azul"


@pytest.fixture
def writer(company: Workspace, agent: Membership) -> User:
    return agent.user


@pytest.fixture
def article(company: Workspace, writer: User) -> Article:
    """A published article of an open help centre."""
    with scope(company.pk):
        shelf = add_category({"en": {"name": "Orders", "description": "From cart to door"}}, icon="package", actor=Actor.system())
        made = create_article(language="en", by=writer, title="When is my refund here?", body=BODY, category=shelf)
        open_to_public(ensure_centre(), is_open=True, actor=Actor.system())
        return publish_article(made, by=writer)


@pytest.fixture
def reader() -> Client:
    return Client()


def address(article: Article) -> str:
    return f"{BASE}/en/articles/{article.number}-when-is-my-refund-here/"


def data_of(text: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_closed_help_centre_answers_nobody(reader: Client, company: Workspace, writer: User, article: Article) -> None:
    with scope(company.pk):
        open_to_public(ensure_centre(), is_open=False, actor=Actor.system())
    for path in ("/", "/en/", "/en/search/?q=refund", "/sitemap.xml", "/robots.txt"):
        assert reader.get(f"{BASE}{path}").status_code == 404
    assert reader.get(address(article)).status_code == 404


def test_pages_show_what_is_published(reader: Client, article: Article) -> None:
    assert reader.get(f"{BASE}/").headers["Location"] == f"{BASE}/en/"
    home = reader.get(f"{BASE}/en/").content.decode()
    assert "Orders" in home
    assert address(article) in home
    shown = reader.get(address(article))
    text = shown.content.decode()
    assert '<h2 id="part-1">How long it takes</h2>' in text
    assert f'<link rel="canonical" href="{env.public_url}{address(article)}">' in text
    graph = {one["@type"]: one for one in data_of(text)["@graph"]}
    assert set(graph) == {"Article", "BreadcrumbList", "FAQPage"}
    assert graph["FAQPage"]["mainEntity"][0]["acceptedAnswer"]["text"].startswith("Refunds take a week & more.")
    assert shown.cookies == {}


def test_wrong_words_in_an_address_lead_to_the_right_ones(reader: Client, article: Article) -> None:
    answer = reader.get(f"{BASE}/en/articles/{article.number}-old-title/")
    assert (answer.status_code, answer.headers["Location"]) == (301, address(article))
    assert reader.get(f"{BASE}/pt/").status_code == 404
    assert reader.get(f"{BASE}/en/articles/99-nothing/").status_code == 404
    missing = reader.get(f"{BASE}/en/articles/x/")
    assert (missing.status_code, missing.cookies) == (404, {})
    assert "This page is not here" in missing.content.decode()


@pytest.mark.parametrize("hide", ["internal", "draft"])
def test_what_is_not_public_is_nowhere(reader: Client, company: Workspace, writer: User, article: Article, hide: str) -> None:
    with scope(company.pk):
        create_article(language="en", by=writer, title="Never published refund", body="<p>x</p>")
        if hide == "internal":
            open_article(article, audience="internal", by=writer)
        else:
            return_to_draft(article, by=writer)
    assert reader.get(address(article)).status_code == 404
    for path in ("/en/", "/en/search/?q=refund", "/sitemap.xml"):
        assert "refund" not in reader.get(f"{BASE}{path}").content.decode().replace("?q=refund", "").replace(
            'value="refund"', ""
        ).replace("“refund”", "")


def test_search_finds_by_text_by_stem_and_while_typing(reader: Client, article: Article) -> None:
    for question in ("refunds taking weeks", "when is my ref", "REFUND"):
        text = reader.get(f"{BASE}/en/search/", {"q": question}, headers={"HX-Request": "true"}).content.decode()
        assert address(article) in text, question
        assert "<html" not in text
    nothing = reader.get(f"{BASE}/en/search/", {"q": "<b>bicycle"})
    assert "Nothing found for “&lt;b&gt;bicycle”." in nothing.content.decode()
    assert nothing.headers["X-Robots-Tag"] == "noindex"


def test_feedback_is_counted_and_a_reason_can_follow(reader: Client, company: Workspace, article: Article) -> None:
    text = reader.post(f"{address(article)}feedback/", {"helpful": "no"}, headers={"HX-Request": "true"}).content.decode()
    said = re.search(r'name="said" value="([^"]+)"', text)
    assert said is not None
    answer = reader.post(f"{address(article)}feedback/", {"said": said[1], "comment": "No word on Norway"})
    assert "We read every note" in reader.get(answer.headers["Location"].partition("#")[0]).content.decode()
    reader.post(f"{address(article)}feedback/", {"said": said[1], "comment": "Again"})
    assert (
        reader.post(f"{address(article)}feedback/", {"helpful": "yes"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 404
    )
    with scope(company.pk):
        assert [(one.is_helpful, one.comment) for one in Feedback.objects.all()] == [(False, "No word on Norway")]
        kept = Article.objects.get()
        assert (kept.helpful_count, kept.unhelpful_count) == (0, 1)


def test_reads_are_cached_until_something_changes(reader: Client, company: Workspace, writer: User, article: Article) -> None:
    first = reader.get(address(article))
    assert first.headers["Cache-Control"].startswith("public, max-age=60")
    etag = first.headers["ETag"]
    assert reader.get(address(article), headers={"If-None-Match": etag}).status_code == 304
    with scope(company.pk):
        publish_article(article, by=writer)
    assert reader.get(address(article), headers={"If-None-Match": etag}).status_code == 200


def test_languages_point_to_each_other(reader: Client, company: Workspace, writer: User, article: Article) -> None:
    with scope(company.pk):
        other = create_article(
            language="pt", by=writer, title="Quando chega o reembolso?", body="<p>Já.</p>", translation_of=article
        )
        publish_article(other, by=writer)
        assert HelpCentre.objects.get().languages == ["en", "pt"]
    text = reader.get(address(article)).content.decode()
    assert f'hreflang="pt" href="{env.public_url}{BASE}/pt/articles/{other.number}-quando-chega-o-reembolso/"' in text
    found = reader.get(f"{BASE}/", headers={"Accept-Language": "pt-BR,pt;q=0.9"})
    assert found.headers["Location"] == f"{BASE}/pt/"
    assert reader.get(f"{BASE}/sitemap.xml").content.count(b'hreflang="pt"') == 4


def test_help_centre_is_the_companys_own_under_its_domain(reader: Client, company: Workspace, article: Article) -> None:
    assert reader.get("/help-domains/check/", {"domain": "help.shop.example"}).status_code == 404
    with scope(company.pk):
        HelpCentre.objects.update(domain="help.shop.example", domain_verified_at=article.updated_at)
    assert reader.get("/help-domains/check/", {"domain": "help.shop.example"}).status_code == 200
    assert reader.get("/help-domains/check/", {"domain": "help.shop.example"}, HTTP_HOST="web:8000").status_code == 200
    own: dict[str, Any] = {"HTTP_HOST": "help.shop.example", "HTTP_ACCEPT": "text/html"}
    text = reader.get(f"/en/articles/{article.number}-when-is-my-refund-here/", **own).content.decode()
    assert '<link rel="canonical" href="https://help.shop.example/en/articles/' in text
    assert BASE not in text
    for path in ("/sign-in/", "/operations/", "/healthz/", "/help/loja-azul/en/"):
        assert reader.get(path, **own).status_code == 404, path
    assert reader.get("/en/", HTTP_HOST="other.example").status_code in (302, 400, 404)


def test_another_workspaces_article_is_not_shown_here(reader: Client, article: Article) -> None:
    other = make_workspace("Casa Verde")
    member = make_member(other, Role.AGENT)
    with scope(other.pk):
        for _number in range(3):
            foreign = create_article(language="en", by=member.user, title="Foreign", body="<p>Foreign refund.</p>")
        publish_article(foreign, by=member.user)
        open_to_public(ensure_centre(), is_open=True, actor=Actor.system())
    assert reader.get(f"{BASE}/en/articles/{foreign.number}-foreign/").status_code == 404
    assert "Foreign" not in reader.get(f"{BASE}/en/search/?q=refund").content.decode()


def test_theme_is_the_companys_colour(reader: Client, article: Article) -> None:
    answer = reader.get(f"{BASE}/theme-0f766e.css")
    assert answer.content == b":root { --brand: #0f766e; }\n"
    assert reader.get(f"{BASE}/theme-ffffff.css").status_code == 404
