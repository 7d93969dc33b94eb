"""The pages of the public help centre."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conversations.words import words_of
from core.http.throttle import is_throttled
from knowledge import pictures
from knowledge.content import excerpt, plain, with_anchors
from knowledge.languages import name_of
from knowledge.models import Category
from knowledge.selectors import shelves
from knowledge.views import structured
from knowledge.views.feedback import standing
from knowledge.views.site import Language, Link, Site, help_view, page

SEARCHES_PER_MINUTE = 120
#: A contents list helps from so many headings on.
FEWEST_PARTS = 3
#: Articles of a shelf that the front page names.
FIRST = 4
LONGEST_QUESTION = 200
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n")


@require_safe
@help_view
def root(request: HttpRequest, site: Site) -> HttpResponse:
    """To the reader's language."""
    asked = [part.split(";")[0].strip().lower()[:2] for part in request.headers.get("Accept-Language", "").split(",")]
    wanted = next((one for one in asked if one in site.languages), None)
    fallback = site.centre.default_language if site.centre.default_language in site.languages else site.languages[0]
    response = HttpResponseRedirect(f"{site.prefix}/{wanted or fallback}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
@help_view
def home(request: HttpRequest, site: Site) -> HttpResponse:
    """The front page: the search, and the shelves."""
    found = shelves.shelves(site.language)
    title = site.words.get("headline") or _("How can we help?")
    alternates = [(code, site.canonical(f"{site.prefix}/{code}/")) for code in site.languages]
    return page(
        site,
        "home.html",
        shelves=[_board(site, one) for one in found],
        headline=title,
        intro=site.words.get("intro", ""),
        canonical=site.canonical(site.home),
        alternates=alternates,
        data=structured.website(site),
    )


@require_safe
@help_view
def category(request: HttpRequest, site: Site, ref: str) -> HttpResponse:
    """One shelf."""
    number = _number(ref)
    found = next(
        (one for one in shelves.shelves(site.language) if one.category is not None and one.category.number == number), None
    )
    if found is None or found.category is None:
        raise Http404
    address = site.category(found.category)
    if request.path != address:
        return HttpResponsePermanentRedirect(address)
    return page(
        site,
        "category.html",
        shelf=found,
        category=found.category,
        name=site.named(found.category),
        description=found.category.described(site.language, site.centre.default_language),
        rows=[site.link(one, excerpt(one.version.body)) for one in found.readings],
        canonical=site.canonical(address),
        alternates=_category_alternates(site, found.category),
        data=structured.breadcrumbs(site, [(site.named(found.category), address)]),
    )


@require_safe
@help_view
def article(request: HttpRequest, site: Site, ref: str) -> HttpResponse:
    """One article."""
    reading = shelves.reading_of(_number(ref))
    if reading is None or reading.article.language not in site.languages:
        raise Http404
    address = site.article(reading)
    if request.path != address:
        return HttpResponsePermanentRedirect(address)
    body, parts = with_anchors(pictures.shown(reading.version.body, site.picture))
    versions = [one for one in shelves.translations(reading.article) if one.article.language in site.languages]
    description = excerpt(reading.version.body)
    return page(
        site,
        "article.html",
        article=reading.article,
        address=address,
        title=reading.title,
        body=body,
        parts=parts if len(parts) >= FEWEST_PARTS else [],
        description=description,
        category=reading.article.category,
        category_name=site.named(reading.article.category) if reading.article.category else "",
        category_address=site.category(reading.article.category) if reading.article.category else "",
        related=[site.link(one) for one in shelves.related(reading.article)],
        languages=_languages(site, versions),
        canonical=site.canonical(address),
        alternates=[(one.article.language, site.canonical(site.article(one))) for one in versions],
        data=structured.article(site, reading, description),
        **standing(request.GET.get("said", ""), reading.article),
    )


@require_safe
@help_view
def search(request: HttpRequest, site: Site) -> HttpResponse:
    """What was found; for htmx the results alone."""
    question = request.GET.get("q", "")[:LONGEST_QUESTION]
    if is_throttled(request, "help.search", SEARCHES_PER_MINUTE):
        return page(site, "_results.html", status=429, question=question, is_throttled=True)
    hits = shelves.search(site.centre, question, site.language) if question.strip() else []
    words = set(words_of(question))
    context: dict[str, Any] = {"question": question, "hits": [site.link(one.reading, _shown(one, words)) for one in hits]}
    is_part = request.headers.get("HX-Request") == "true"
    response = page(site, "_results.html" if is_part else "search.html", canonical=site.canonical(site.search), **context)
    response["X-Robots-Tag"] = "noindex"
    return response


@dataclass(frozen=True, slots=True)
class Board:
    """A shelf on the front page: its first articles, and how many there are in all."""

    category: Category | None
    name: str
    description: str
    address: str
    first: list[Link]
    count: int

    @property
    def more(self) -> bool:
        return self.count > len(self.first)


def _board(site: Site, shelf: shelves.Shelf) -> Board:
    links = [site.link(one) for one in shelf.readings]
    if shelf.category is None:
        return Board(None, "", "", "", links, len(links))
    description = shelf.category.described(site.language, site.centre.default_language)
    address = site.category(shelf.category)
    return Board(shelf.category, site.named(shelf.category), description, address, links[:FIRST], len(links))


def _languages(site: Site, versions: list[shelves.Reading]) -> list[Language]:
    """The languages to change to: the article's own translations, the front page where there is none."""
    there = {one.article.language: site.article(one) for one in versions}
    return [Language(code, name_of(code), there.get(code, f"{site.prefix}/{code}/")) for code in site.languages]


def _shown(hit: shelves.Hit, words: set[str]) -> str:
    """The sentence of a hit that says most of what was asked, else its beginning."""
    text = hit.text or plain(hit.reading.version.body)
    lines = [" ".join(line.removeprefix("- ").split()) for line in _SENTENCE.split(text) if line.strip(" .-")]
    if not lines:
        return ""
    best = max(lines, key=lambda line: len(words & set(words_of(line))))
    return best[:180] + ("…" if len(best) > 180 else "")


def _category_alternates(site: Site, found: Category) -> list[tuple[str, str]]:
    there = shelves.readable().filter(category=found).values_list("language", flat=True).distinct()
    sites = [Site(site.centre, code, site.languages, site.prefix) for code in site.languages if code in set(there)]
    return [(one.language, site.canonical(one.category(found))) for one in sites]


def _number(ref: str) -> int:
    number = ref.partition("-")[0]
    if not number.isdigit() or len(number) > 9:
        raise Http404
    return int(number)
