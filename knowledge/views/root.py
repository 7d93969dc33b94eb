"""The door of the help centre."""

from django.http import Http404, HttpRequest, HttpResponseBase


def root(request: HttpRequest, slug: str) -> HttpResponseBase:
    raise Http404
