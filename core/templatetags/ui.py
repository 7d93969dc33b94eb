"""The template tags of the design system: icons, avatars, times. Loaded as builtins of every template."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Hashable
from functools import lru_cache
from html import escape
from typing import NamedTuple
from uuid import UUID

from django import template
from django.template import engines
from django.template.defaultfilters import date as format_date, time as format_time
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _, ngettext
from lucide.templatetags.lucide import lucide

from core.signs import sign_of

register = template.Library()

STROKE = "1.5"
TONES = 10


@lru_cache(maxsize=1024)
def render_icon(name: str, size: int, label: str) -> SafeString:
    """The SVG of the lucide icon ``name``; hidden from readers unless ``label`` gives it words."""
    named = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    svg = lucide(name, size=size, stroke_width=STROKE, focusable="false", **{"class": "icon"}, **named)
    return mark_safe(svg)  # noqa: S308 - built by ElementTree, which escapes the attributes


@register.simple_tag
def constant(name: str) -> SafeString:
    """``{% constant "components/dialogs.html" %}``: a template that shows the same to everybody, rendered once a language."""
    return _rendered(name, get_language() or "")


@lru_cache(maxsize=256)
def _rendered(name: str, language: str) -> SafeString:
    return mark_safe(engines["django"].get_template(name).render({}).strip())  # noqa: S308 - a template escapes itself


@register.simple_tag
def kept(name: str, shown: Hashable) -> SafeString:
    """``{% kept "components/rail.html" frame %}``: a part of `fragments/` that shows `shown` and nothing else.

    It is rendered once for each `shown` and language, and stays in memory: nothing in it may be about a customer.
    """
    return _kept(name, shown, get_language() or "")


@lru_cache(maxsize=512)
def _kept(name: str, shown: Hashable, language: str) -> SafeString:
    return mark_safe(engines["fragments"].get_template(name).render({"shown": shown}))  # noqa: S308 - it escapes itself


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """``{% icon "inbox" %}``; raises IconDoesNotExist for a name the set does not have."""
    return render_icon(str(name), int(size), str(label))


@register.simple_tag
def channel_icon(channel: str, size: int = 16, label: str = "") -> SafeString:
    """The sign of a channel by its slug, as its adapter named it."""
    return render_icon(sign_of(channel), int(size), str(label))


@register.simple_tag
def mark(size: int = 28) -> SafeString:
    """The product's mark: a speech bubble that forms a C."""
    return format_html(
        '<svg class="mark" width="{0}" height="{0}" viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">'
        '<path d="M24.6 9.9A10.75 10.75 0 1 0 9.6 24.2L5.2 28.6h11.3a10.75 10.75 0 0 0 8.1-4.5" stroke="currentColor"'
        ' stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/>'
        '<circle cx="16.4" cy="17" r="2.4" fill="currentColor"/></svg>',
        size,
    )


@register.filter
def initials(name: str) -> str:
    """Up to two initials of a name: "Ana María Ruiz" gives "AR", "" gives "?"."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][0]).upper()


@register.filter
def tone(seed: object) -> int:
    """A steady number 0–9 for a name or id, for the classes ``tone-0`` … ``tone-9``."""
    return seed.int % TONES if isinstance(seed, UUID) else zlib.crc32(str(seed).encode()) % TONES


class Badge(NamedTuple):
    """The sign of a channel on a picture, as HTML: an attribute, the glyph, and what readers are told."""

    attribute: str = ""
    glyph: str = ""
    told: str = ""


_NO_BADGE = Badge()


@lru_cache(maxsize=1024)
def badge(channel: str, label: str) -> Badge:
    """The sign of a channel; `label` is its inbox's name."""
    told = f'<span class="visually-hidden">{escape(label)}</span>' if label else ""
    if not channel:
        return Badge(told=told)
    sign = render_icon(sign_of(channel), 10, "")
    glyph = f'<span class="avatar-channel" title="{escape(label)}">{sign}</span>'
    return Badge(f' data-channel="{escape(channel)}"', glyph, told)


def face(name: str, *, seed: object, size: int, sign: Badge = _NO_BADGE, presence: str = "", image: str = "") -> str:
    """The HTML of `avatar`, for those who show many and make each channel's badge once."""
    # Written by hand, with the plain escape: a page holds a hundred of these, and format_html took a tenth of its time.
    # Initials are letters and digits, or "?".
    inner = f'<img src="{escape(image)}" alt="" loading="lazy">' if image else initials(name)
    dot = f'<span class="presence-dot" data-presence="{escape(presence)}"></span>' if presence else ""
    return (
        f'<span class="avatar avatar-{size} tone-{tone(seed or name)}"{sign.attribute}><span aria-hidden="true">{inner}</span>'
        f"{sign.glyph}{dot}</span>{sign.told}"
    )


@register.simple_tag
def avatar(
    name: str,
    *,
    seed: object = "",
    channel: str = "",
    channel_label: str = "",
    size: int = 32,
    presence: str = "",
    image: str = "",
) -> SafeString:
    """A round picture or initials; ``channel`` adds the channel's glyph, ``presence`` (online, busy or away) a dot.

    It is decoration: the name stands beside it, only the channel's name is told to readers.
    """
    sign = badge(channel, channel_label)
    made = face(name, seed=seed, size=int(size), sign=sign, presence=presence, image=image)
    return mark_safe(made)  # noqa: S308 - everything that is given was escaped there


class Clock:
    """The moment, time zone and language of a page, asked for once where many times are shown."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.zone = timezone.get_current_timezone()
        self.language = get_language()

    def ago(self, moment: dt.datetime) -> str:
        """The HTML of `time_ago`."""
        return _live_time(moment, "short", self.words(moment))

    def words(self, moment: dt.datetime) -> str:
        """The words the browser shows too: "now", "5 min", "3 h", then the date."""
        seconds = (self.now - moment).total_seconds()
        if seconds < 6 * 3600:
            return _ago_words(max(0, int(seconds // 60)), self.language)
        return _day_words(moment.astimezone(self.zone).date(), "j M", self.language)


@register.simple_tag
def time_ago(moment: dt.datetime | None, kind: str = "short") -> SafeString:
    """``moment`` as a live time, which the browser words anew and makes exact on hover. None gives nothing.

    ``kind`` is short, clock, day or exact.
    """
    if moment is None:
        return SafeString("")
    text = Clock().words(moment) if kind == "short" else _words(timezone.localtime(moment), kind)
    return mark_safe(_live_time(moment, escape(kind), text))  # noqa: S308 - times and our own words


def _live_time(moment: dt.datetime, kind: str, text: str) -> str:
    """`text` is HTML: words of ours, escaped where they are made, because they repeat."""
    at = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
    return f'<relative-time datetime="{at}" format="{kind}"><time datetime="{at}">{text}</time></relative-time>'


def _words(local: dt.datetime, kind: str) -> str:
    if kind == "clock":
        return escape(format_time(local, "TIME_FORMAT"))
    if kind == "day":
        return _day_words(local.date(), "l j F", get_language())
    return escape(format_date(local, "DATETIME_FORMAT"))


@lru_cache(maxsize=2048)
def _ago_words(minutes: int, language: str | None) -> str:
    """So many minutes ago, below six hours, in the words of the language, which is the active one, as HTML."""
    if minutes < 1:
        return escape(_("now"))
    if minutes < 60:
        return escape(ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes})
    return escape(ngettext("%(n)d h", "%(n)d h", minutes // 60) % {"n": minutes // 60})


@lru_cache(maxsize=2048)
def _day_words(day: dt.date, form: str, language: str | None) -> str:
    """A day in the words of the language, which is the active one: days repeat down a page and from page to page. As HTML."""
    return escape(format_date(day, form))


@register.filter
def widget_kind(bound_field: object) -> str:
    """The input type of a bound form field's widget ("checkbox", "text", …), so that a template can lay it out."""
    widget = bound_field.field.widget  # type: ignore[attr-defined]
    kind = str(getattr(widget, "input_type", "") or "text")
    return "choices" if kind == "checkbox" and getattr(widget, "allow_multiple_selected", False) else kind
