"""Which view stands where in a help centre."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from knowledge.views import feedback, files, pages, pictures

type View = Callable[..., HttpResponse]


def addresses(*, is_own_domain: bool = False) -> list[URLPattern | URLResolver]:
    """The addresses of one help centre, below its root."""

    def of(view: View) -> View:
        return _on_domain(view) if is_own_domain else view

    return [
        path("", of(pages.root), name="root"),
        path("theme-<str:color>.css", of(files.theme), name="theme"),
        path("sitemap.xml", of(files.sitemap), name="sitemap"),
        path("robots.txt", of(files.robots), name="robots"),
        path("pictures/<uuid:picture>.webp", of(pictures.picture), name="picture"),
        path("<str:language>/", of(pages.home), name="home"),
        path("<str:language>/search/", of(pages.search), name="search"),
        path("<str:language>/categories/<str:ref>/", of(pages.category), name="category"),
        path("<str:language>/articles/<str:ref>/", of(pages.article), name="article"),
        path("<str:language>/articles/<str:ref>/feedback/", of(feedback.feedback), name="feedback"),
    ]


def _on_domain(view: View) -> View:
    """The view of the help centre whose domain was asked."""

    @wraps(view)
    def inside(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        slug = getattr(request, "help_slug", "")
        if not slug:
            raise Http404
        return view(request, slug=slug, **kwargs)

    return inside
