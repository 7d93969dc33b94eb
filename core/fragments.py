"""The environment of `fragments/`: the parts of pages that repeat, rendered by Jinja2.

Django's own templates cost three quarters of a page that shows fifty rows. Jinja2 compiles to Python, so the same part
costs a tenth. Both engines share their functions; `dashboard.shell` puts a fragment into its page.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import date, filesizeformat, linebreaksbr, truncatechars, urlize
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from jinja2 import Environment

from core.templatetags import ui

#: What a link or an address must contain somewhere: a text without it needs no search for them.
_LINK = re.compile(r"[.:@]\w|\w@|://")
#: Where a long address may go on in the next line; no sign that an escaped one has inside an entity.
_SIGNS = re.compile(r"(?<=\w)[@._+-](?=\w)")
_ANY_ID = UUID(int=0)


def environment(**options: Any) -> Environment:
    """Jinja2 with the design system's functions; named in TEMPLATES."""
    made = Environment(autoescape=True, **{name: value for name, value in options.items() if name != "autoescape"})
    made.globals.update(
        _=said,
        avatar=ui.avatar,
        channel_icon=ui.channel_icon,
        constant=ui.constant,
        each_url=each_url,
        icon=ui.icon,
        kept=ui.kept,
        mark=ui.mark,
        time_ago=ui.time_ago,
        url=url,
    )
    made.filters.update(breakable=breakable, date=date, filesizeformat=filesizeformat, prose=prose, truncatechars=truncatechars)
    return made


def fragment(name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
    """The HTML of a part in `fragments/`.

    Its engine is named: Django's own, asked first, would raise an error that holds all that the page has read until the garbage
    collector comes by, which was an eighth of a page's processor time.
    """
    return render_to_string(name, context, request, using="fragments")


def fragment_response(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A part in `fragments/` as the answer to a browser that has the rest of the page."""
    return HttpResponse(fragment(name, context, request))


def said(text: str) -> str:
    """The words of a template in the language of the page: Django looks through fourteen catalogues for each."""
    return _said(text, get_language())


@lru_cache(maxsize=4096)
def _said(text: str, language: str | None) -> str:
    return gettext(text)


@lru_cache(maxsize=4096)
def url(name: str, *parts: Any) -> str:
    """The address of a named route."""
    return reverse(name, args=parts)


def each_url(name: str, *parts: Any) -> Callable[[object], str]:
    """The addresses of a route whose last part, a number or an id, is given for each row: it is looked up once."""
    start, end = _around(name, parts)
    return lambda part: f"{start}/{part}/{end}"


@lru_cache(maxsize=4096)
def _around(name: str, parts: tuple[Any, ...]) -> tuple[str, str]:
    """What stands before and after the last part of a route's address."""
    try:
        pattern, mark = reverse(name, args=[*parts, 0]), "/0/"
    except NoReverseMatch:
        pattern, mark = reverse(name, args=[*parts, _ANY_ID]), f"/{_ANY_ID}/"
    start, _found, end = pattern.rpartition(mark)
    return start, end


def prose(text: str, *, keeps_lines: bool = True) -> SafeString:
    """What somebody wrote: escaped, links made links, line breaks kept."""
    linked = urlize(text, autoescape=True) if _LINK.search(text) else mark_safe(escape(text))  # noqa: S308  # escaped here
    return linebreaksbr(linked) if keeps_lines and "\n" in text else linked


def breakable(address: str) -> SafeString:
    """An address or number, escaped, which breaks at its signs where it is too long for its place."""
    return mark_safe(_SIGNS.sub(r"<wbr>\g<0>", escape(address)))  # noqa: S308  # escaped, and <wbr> is ours
