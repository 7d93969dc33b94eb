"""The frame of every public page: which help centre, which language, how it is cached. No cookie is read or set."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import translation

from core.tenancy import scope
from knowledge.addresses import base_of, named
from knowledge.languages import direction, name_of
from knowledge.models import Category, HelpCentre
from knowledge.selectors.centre import open_centre, workspace_of_slug
from knowledge.selectors.shelves import Reading, languages_of

MAX_AGE = 60


@dataclass(frozen=True, slots=True)
class Link:
    """An article as lists show it."""

    title: str
    address: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language to change to, and where that leads."""

    code: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Site:
    """An open help centre in one language. `prefix` begins its addresses here: nothing on the company's own domain."""

    centre: HelpCentre
    language: str
    languages: list[str]
    prefix: str

    @property
    def home(self) -> str:
        return f"{self.prefix}/{self.language}/"

    @property
    def search(self) -> str:
        return f"{self.home}search/"

    @property
    def theme(self) -> str:
        return f"{self.prefix}/theme-{self.centre.color.removeprefix('#')}.css"

    @property
    def words(self) -> dict[str, str]:
        return self.centre.words_in(self.language)

    def category(self, category: Category) -> str:
        return f"{self.home}categories/{named(category.number, self.named(category))}/"

    def named(self, category: Category) -> str:
        return category.named(self.language, self.centre.default_language)

    def article(self, reading: Reading) -> str:
        return f"{self.prefix}/{reading.article.language}/articles/{named(reading.article.number, reading.title)}/"

    def picture(self, picture_id: UUID) -> str:
        return f"{self.prefix}/pictures/{picture_id}.webp"

    def link(self, reading: Reading, text: str = "") -> Link:
        return Link(reading.title, self.article(reading), text)

    def canonical(self, address: str) -> str:
        """An address of ours as search engines shall know it."""
        return base_of(self.centre) + address.removeprefix(self.prefix)


type SiteView[**P] = Callable[Concatenate[HttpRequest, Site, P], HttpResponse]


def help_view[**P](view: SiteView[P]) -> Callable[..., HttpResponse]:
    """Serve a view of an open help centre, in the scope of its workspace and in the language of the address.

    A help centre that is closed, and a language it has nothing in, do not exist (404). Reads are cached for a minute and
    then asked for again by what has changed.
    """

    @wraps(view)
    def inside(request: HttpRequest, slug: str, language: str = "", *args: Any, **kwargs: Any) -> HttpResponse:
        workspace_id = workspace_of_slug(slug)
        response = None
        if workspace_id is not None:
            with scope(workspace_id):
                response = _served(request, slug, language, view, args, kwargs)
        if response is None:
            raise Http404
        return response

    return inside


def _served(
    request: HttpRequest,
    slug: str,
    language: str,
    view: Callable[..., HttpResponse],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponse | None:
    """What the view answers; None for what does not exist."""
    centre = open_centre()
    if centre is None:
        return None
    is_read, etag = request.method in {"GET", "HEAD"}, _etag(request, centre)
    if is_read and request.headers.get("If-None-Match") == etag:
        return _cached(HttpResponseNotModified(), etag)
    site = _site(request, centre, slug, language)
    with translation.override(spoken(site.language)):
        # Not the product's own page for what does not exist: that one sets a cookie.
        if language and language not in site.languages:
            return page(site, "not_found.html", status=404)
        try:
            response = view(request, site, *args, **kwargs)
        except Http404:
            return page(site, "not_found.html", status=404)
    response.headers.setdefault("Content-Language", site.language)
    return _cached(response, etag) if is_read and response.status_code == 200 else response


def page(site: Site, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the help centre. It is rendered without the request: nobody's session is looked at."""
    words = site.words
    shown = {
        "site": site,
        "centre": site.centre,
        "language": site.language,
        "direction": direction(site.language),
        "headline": words.get("headline", ""),
        "intro": words.get("intro", ""),
        "language_name": name_of(site.language),
        "languages": [Language(code, name_of(code), f"{site.prefix}/{code}/") for code in site.languages],
        **context,
    }
    return HttpResponse(render_to_string(f"knowledge/help/{template}", shown), status=status)


def spoken(language: str) -> str:
    """The language in which our own words stand beside articles in this one."""
    return language if language in dict(settings.LANGUAGES) else "en"


def _site(request: HttpRequest, centre: HelpCentre, slug: str, language: str) -> Site:
    """The help centre in the language that is asked for, else in its first."""
    there = languages_of(centre)
    prefix = "" if getattr(request, "help_domain", "") else f"/help/{slug}"
    first = centre.default_language if centre.default_language in there else there[0]
    return Site(centre, language if language in there else first, there, prefix)


def _etag(request: HttpRequest, centre: HelpCentre) -> str:
    parts = (request.get_full_path(), getattr(request, "help_domain", ""), centre.changed_at.isoformat(), _release())
    is_part = request.headers.get("HX-Request", "")
    return f'"{hashlib.sha256("|".join([*parts, is_part]).encode()).hexdigest()[:32]}"'


def _cached(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE}, stale-while-revalidate=600"
    response["Vary"] = "HX-Request"
    return response


@lru_cache(maxsize=1)
def _release() -> str:
    """Names the pages' own look: a new release must not be taken for the old one."""
    folder = Path(settings.BASE_DIR) / "templates" / "knowledge" / "help"
    return hashlib.sha256(b"".join(one.read_bytes() for one in sorted(folder.glob("*.html")))).hexdigest()[:12]
