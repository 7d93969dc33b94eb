"""How the text of an article names its pictures: `<img src="/pictures/<id>.webp" alt=… width=… height=…>`. Pure.

The address is filled in where the text is shown: one for the team, one in the help centre.
"""

import re
from collections.abc import Callable, Collection
from uuid import UUID

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SHOWN = re.compile(rf"/pictures/({_ID})\.webp(?:[?#].*)?$", re.IGNORECASE)
_NAMED = re.compile(rf'src="/pictures/({_ID})\.webp"')
_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r'alt="([^"]*)"')


def source_of(address: str) -> str | None:
    """How the text names the picture that is shown at an address; None for anybody else's."""
    found = _SHOWN.search(address)
    return f"/pictures/{found[1].lower()}.webp" if found else None


def ids_in(html: str) -> list[UUID]:
    """The pictures of a cleaned text, each once, in order."""
    return list(dict.fromkeys(UUID(one) for one in _NAMED.findall(html)))


def without_others(html: str, known: Collection[UUID] | None = None) -> str:
    """A cleaned text without images that are no pictures of ours; with `known` without pictures that are not among these."""

    def kept(tag: re.Match[str]) -> str:
        named = _NAMED.search(tag[0])
        return tag[0] if named and (known is None or UUID(named[1]) in known) else ""

    return _TAG.sub(kept, html)


def shown(html: str, address: Callable[[UUID], str]) -> str:
    """A cleaned text with its pictures at their addresses, loaded when they come near."""
    return _NAMED.sub(lambda found: f'loading="lazy" decoding="async" src="{address(UUID(found[1]))}"', html)


def as_words(html: str) -> str:
    """A cleaned text with what its pictures show in brackets, in their place."""

    def said(tag: re.Match[str]) -> str:
        found = _ALT.search(tag[0])
        return f"[{found[1] or '…'}]" if found else "[…]"

    return _TAG.sub(said, html)
