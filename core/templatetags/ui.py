"""The template tags of the design system: icons, avatars, times. Loaded as builtins of every template."""

from __future__ import annotations

import datetime as dt
import zlib
from functools import lru_cache

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext
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
    letters = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in letters).upper() or "?"


@register.filter
def tone(seed: object) -> int:
    """A steady number 0–9 for a name or id, for the classes ``tone-0`` … ``tone-9``."""
    return zlib.crc32(str(seed).encode()) % TONES


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
    face = format_html('<img src="{}" alt="" loading="lazy">', image) if image else initials(name)
    glyph = dot = label = SafeString("")
    if channel:
        glyph = format_html('<span class="avatar-channel" title="{}">{}</span>', channel_label, channel_icon(channel, 10))
    if presence:
        dot = format_html('<span class="presence-dot" data-presence="{}"></span>', presence)
    if channel_label:
        label = format_html('<span class="visually-hidden">{}</span>', channel_label)
    return format_html(
        '<span class="avatar avatar-{} tone-{}"{}><span aria-hidden="true">{}</span>{}{}</span>{}',
        size,
        tone(seed or name),
        format_html(' data-channel="{}"', channel) if channel else "",
        face,
        glyph,
        dot,
        label,
    )


def short_ago(moment: dt.datetime, now: dt.datetime) -> str:
    """The words the browser shows too: "now", "5 min", "3 h", then the date."""
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return ngettext("%(n)d min", "%(n)d min", int(seconds // 60)) % {"n": seconds // 60}
    if seconds < 6 * 3600:
        return ngettext("%(n)d h", "%(n)d h", int(seconds // 3600)) % {"n": seconds // 3600}
    return format_date(timezone.localtime(moment), "j M")


@register.simple_tag
def time_ago(moment: dt.datetime | None, kind: str = "short") -> SafeString:
    """``moment`` as a live time, exact on hover; ``kind`` is short, clock, day or exact. None gives nothing."""
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    words = {"clock": "H:i", "day": "l j F", "exact": "DATETIME_FORMAT"}
    text = format_date(local, words[kind]) if kind in words else short_ago(moment, timezone.now())
    return format_html(
        '<relative-time datetime="{0}" format="{1}"><time datetime="{0}" title="{2}">{3}</time></relative-time>',
        moment.astimezone(dt.UTC).isoformat(timespec="seconds"),
        kind,
        format_date(local, "DATETIME_FORMAT"),
        text,
    )


@register.filter
def widget_kind(bound_field: object) -> str:
    """The input type of a bound form field's widget ("checkbox", "text", …), so that a template can lay it out."""
    widget = bound_field.field.widget  # type: ignore[attr-defined]
    kind = str(getattr(widget, "input_type", "") or "text")
    return "choices" if kind == "checkbox" and getattr(widget, "allow_multiple_selected", False) else kind
