"""Imports: what is read is found, what cannot be read says what to do, websites are read within their rules."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from core.http import SafeClient
from core.tenancy import scope
from knowledge.extracting import ExtractError, decoded, extract, rows_of, type_of
from knowledge.models import Document, Source, SourceItem
from knowledge.retrieval import Audience, candidates
from knowledge.services import reading
from knowledge.services.imports import add_file, add_pages, delete_source, read_again
from tests.knowledge.pdfs import locked, pdf
from tests.knowledge.websites import PAGE, Web, web

__all__ = ["web"]

LINES = ("Our parcels are sent on working days.", "A parcel to Norway takes five to eight days.")


@pytest.fixture
def writer(agent: Membership) -> User:
    return agent.user


def found(question: str, audience: Audience = Audience.PUBLIC) -> list[str]:
    return [one.title for one in candidates(question, language="en", audience=audience)]


def read(workspace: Workspace, source: Source, client: SafeClient | None = None) -> Source:
    reading.read_source(workspace.pk, source.pk, client=client)
    with scope(workspace.pk):
        return Source.objects.get(pk=source.pk)


def add(company: Workspace, writer: User, content: bytes, name: str, *, is_public: bool = True) -> Source:
    with scope(company.pk):
        return add_file(content, name=name, language="en", is_public=is_public, by=writer)


def test_pdf_is_read_and_found(company: Workspace, writer: User) -> None:
    source = read(company, add(company, writer, pdf(*LINES), "Shipping terms.pdf"))
    assert (source.state, source.error_code) == ("done", "")
    with scope(company.pk):
        assert found("how long to norway") == ["Shipping terms"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(locked(pdf(*LINES)), "password"), (pdf(), "scanned"), (pdf(*LINES)[:40], "damaged")],
)
def test_pdf_that_cannot_be_read_says_why(company: Workspace, writer: User, content: bytes, code: str) -> None:
    source = read(company, add(company, writer, content, "terms.pdf"))
    assert (source.state, source.error_code) == ("failed", code)


def test_table_names_each_line_that_is_wrong(company: Workspace, writer: User) -> None:
    table = (
        "question,answer,language\nDo you ship to Norway?,Yes. It takes a week.,en\n,Nobody asked,en\nAnd Peru?,,en\n"
        'Do you ship to NORWAY?,Again,en\nHallo?,Ja,xx\nToo,many,en,cells\n"Two\nlines?",Fine,\n'
    )
    source = read(company, add(company, writer, table.encode(), "faq.csv", is_public=False))
    assert source.state == "done"
    with scope(company.pk):
        wrong = {one.place: one.error_code for one in SourceItem.objects.exclude(error_code="")}
        assert wrong == {3: "no_question", 4: "no_answer", 5: "twice", 6: "language", 7: "cells"}
        assert found("ship to norway") == []
        assert found("ship to norway", Audience.AGENTS) == ["Do you ship to Norway?"]
        assert Document.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("virus.exe", b"MZ", "This kind of file is not read"),
        ("faq.csv", b"a,b\n1,2\n", "The first line must name the columns"),
        ("faq.csv", b"question,answer\n", "There is no text in it"),
        ("fake.pdf", b"no pdf", "This kind of file is not read"),
    ],
)
def test_file_that_is_no_source_is_refused_at_once(
    scoped: Workspace, writer: User, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        add_file(content, name=name, language="en", is_public=True, by=writer)


def test_markdown_and_pages_give_their_headings() -> None:
    text = "# Shipping\n\nIntro.\n\n## Abroad\n\n- Norway\n- Peru\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    read_text = extract(text.encode(), type_of("x.md", text.encode()), name="x.md")
    assert read_text.title == "Shipping"
    assert [(one.heading, one.text) for one in read_text.blocks] == [
        ("Shipping", "Intro."), ("Shipping › Abroad", "- Norway\n- Peru"), ("Shipping › Abroad", "a | b\n1 | 2"),
    ]  # fmt: skip
    sentence = "A devolução é grátis durante trinta dias; após esse prazo não há reembolso, mas há sempre uma solução."
    assert decoded(sentence.encode("latin-1")) == sentence
    assert [one.question for one in rows_of("question;answer\nA?;B\n".encode("utf-8-sig"))] == ["A?"]
    with pytest.raises(ExtractError, match="empty"):
        extract(b"<html><body></body></html>", "text/html", name="x.html")


def fill(web: Web) -> None:
    paths = ("/returns", "/delivery", "/private/prices")
    listed = "".join(f"<url><loc>{web.origin}{path}</loc></url>" for path in (*paths, "/logo.png"))
    web.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    web.put(
        "/sitemap.xml",
        f"<?xml version='1.0'?><urlset>{listed}<url><loc>https://elsewhere.example/</loc></url></urlset>",
        "text/xml",
    )
    web.put("/returns", PAGE.format("Returns", "Send a parcel back within thirty days, and you get your money back."))
    web.put("/delivery", PAGE.format("Delivery", "A parcel to Norway takes eight days, and costs fourteen euros."))
    web.put("/private/prices", PAGE.format("Prices", "What the wholesale of parcels costs us in Norway is nobody's business."))


def crawl(company: Workspace, writer: User, web: Web, path: str = "/", **more: Any) -> Source:
    with scope(company.pk):
        given: dict[str, Any] = {"is_site": True, "language": "", "is_public": True, "max_pages": 50, "days": 7, **more}
        return add_pages(web.origin + path, by=writer, **given)


def test_website_is_read_by_its_sitemap_and_within_its_rules(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = read(company, crawl(company, writer, web), web.client())
    assert source.state == "done"
    assert source.next_at is not None
    assert not {"/private/prices", "/logo.png"} & set(web.asked)
    with scope(company.pk):
        assert found("parcel to norway")[0] == "Delivery"
        assert {one.url for one in Document.objects.all()} == {f"{web.origin}/returns", f"{web.origin}/delivery"}


def test_second_reading_keeps_what_is_equal_and_retires_what_is_gone(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = read(company, crawl(company, writer, web), web.client())
    with scope(company.pk):
        kept = Document.objects.get(url__isnull=False, item__place=1).updated_at
        read_again(source, by=writer)
    web.put("/sitemap.xml", f"<urlset><url><loc>{web.origin}/returns</loc></url></urlset>", "text/xml")
    read(company, source, web.client())
    with scope(company.pk):
        assert {one.name.rpartition("/")[2]: one.state for one in SourceItem.objects.all()} == {
            "returns": "unchanged", "delivery": "retired",
        }  # fmt: skip
        assert Document.objects.get().updated_at == kept


def test_website_without_a_sitemap_is_read_along_its_links(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    del web.pages["/sitemap.xml"]
    links = "".join(
        f'<a href="{path}">x</a>' for path in ("/returns", "delivery#top", "https://elsewhere.example/", "/private/prices")
    )
    web.put("/", PAGE.format("Home", f"We make pots by hand, in Porto, since the year 1998. {links}"))
    read(company, crawl(company, writer, web), web.client())
    with scope(company.pk):
        assert sorted(one.title for one in Document.objects.all()) == ["Delivery", "Home", "Returns"]


def test_page_limit_holds(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    read(company, crawl(company, writer, web, max_pages=1), web.client())
    with scope(company.pk):
        assert Document.objects.count() == 1


def test_failing_page_is_tried_again_and_keeps_what_was_read(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = read(company, crawl(company, writer, web), web.client())
    web.put("/returns", "", status=503)
    with scope(company.pk):
        read_again(source, by=writer)
    web.asked.clear()
    source = read(company, source, web.client())
    assert web.asked.count("/returns") == 3
    assert source.state == "done"
    with scope(company.pk):
        item = SourceItem.objects.get(error_code="server")
        assert (item.state, Document.objects.filter(item=item).count()) == ("failed", 1)


def test_private_addresses_and_nonsense_are_refused(company: Workspace, writer: User, web: Web) -> None:
    source = read(company, crawl(company, writer, web, is_site=False), SafeClient())
    assert (source.state, source.error_code) == ("failed", "address")
    with scope(company.pk), pytest.raises(ValidationError, match="not an address of the public web"):
        add_pages("ftp://x", is_site=False, language="", is_public=True, max_pages=1, days=0, by=writer)


def test_reading_goes_on_where_a_worker_died(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = crawl(company, writer, web)
    with scope(company.pk):
        Source.objects.filter(pk=source.pk).update(state="reading", lease_until=timezone.now() + reading.LEASE)
    assert read(company, source, web.client()).state == "reading"
    with scope(company.pk):
        Source.objects.filter(pk=source.pk).update(lease_until=timezone.now())
    assert read(company, source, web.client()).state == "done"


def test_removed_import_is_found_no_more(company: Workspace, writer: User) -> None:
    source = read(company, add(company, writer, pdf(*LINES), "Terms.pdf"))
    with scope(company.pk):
        delete_source(source, by=writer)
        assert found("norway") == []
        assert Source.objects.count() == Document.objects.count() == 0


def states() -> dict[str, str]:
    """How each page stands, by the end of its address."""
    return {one.name.rpartition("/")[2]: one.state for one in SourceItem.objects.all()}


def read_twice(company: Workspace, writer: User, web: Web, **more: Any) -> Source:
    """What a second reading leaves, that finds the website as it is now; `more` are pages that have another status by then."""
    source = read(company, crawl(company, writer, web), web.client())
    for path, status in more.items():
        web.put(f"/{path}" if path != "home" else "/", "", status=status)
    with scope(company.pk):
        read_again(source, by=writer)
    return read(company, source, web.client())


def lead(web: Web) -> None:
    """A website without a sitemap: the first page leads to one that leads to another."""
    fill(web)
    del web.pages["/sitemap.xml"]
    web.put("/", PAGE.format("Home", 'We make pots by hand, in Porto, since 1998. <a href="/returns">x</a>'))
    web.put("/returns", PAGE.format("Returns", 'Send a parcel back within thirty days. <a href="/delivery">x</a>'))


def test_page_that_is_gone_is_forgotten_at_the_end(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    read_twice(company, writer, web, returns=404)
    with scope(company.pk):
        assert states() == {"returns": "retired", "delivery": "unchanged"}
        assert [one.title for one in Document.objects.all()] == ["Delivery"]


def test_sitemap_that_fails_takes_no_page_away(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    web.put("/", PAGE.format("Home", "We make pots by hand, in Porto, since the year 1998."))
    source = read_twice(company, writer, web, **{"sitemap.xml": 503})
    assert (source.state, source.error_code) == ("failed", "server")
    with scope(company.pk):
        assert len(found("parcel")) == 2
        read_again(source, by=writer)
    web.put("/sitemap.xml", "<html><body>We are being repaired.</body></html>")
    source = read(company, source, web.client())
    assert (source.state, source.error_code) == ("failed", "map")
    with scope(company.pk):
        assert len(found("parcel")) == 2


def test_website_of_which_nothing_is_left_keeps_its_pages(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = read_twice(company, writer, web, returns=404, delivery=404)
    assert (source.state, source.error_code) == ("failed", "away")
    with scope(company.pk):
        assert len(found("parcel")) == 2
        read_again(source, by=writer)
    fill(web)
    assert read(company, source, web.client()).state == "done"
    with scope(company.pk):
        assert states() == {"returns": "unchanged", "delivery": "unchanged"}


def test_page_that_fails_may_have_led_to_others(company: Workspace, writer: User, web: Web) -> None:
    lead(web)
    source = read_twice(company, writer, web, returns=503)
    with scope(company.pk):
        assert states() == {"": "unchanged", "returns": "failed", "delivery": "failed"}
        assert SourceItem.objects.get(place=3).error_code == "unseen"
        assert len(found("parcel")) == 2
        read_again(source, by=writer)
    web.put("/returns", PAGE.format("Returns", "Send a parcel back within thirty days."))
    read(company, source, web.client())
    with scope(company.pk):
        assert states() == {"": "unchanged", "returns": "done", "delivery": "retired"}


def test_home_page_that_fails_takes_no_page_away(company: Workspace, writer: User, web: Web) -> None:
    lead(web)
    source = read_twice(company, writer, web, home=503)
    assert (source.state, source.error_code) == ("failed", "server")
    with scope(company.pk):
        assert Document.objects.count() == 3


def test_single_page_that_is_gone_is_forgotten(company: Workspace, writer: User, web: Web) -> None:
    fill(web)
    source = read(company, crawl(company, writer, web, "/returns", is_site=False), web.client())
    del web.pages["/returns"]
    with scope(company.pk):
        read_again(source, by=writer)
    assert read(company, source, web.client()).state == "failed"
    with scope(company.pk):
        assert not Document.objects.exists()
