"""How a golden file names what answers a question, so that people can read it and another workspace can find it again.

Articles are `#12 Their title` (or `#12`), imported things `Their import › their name`, where a page's name is its address.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ai.models import GoldenCase
from knowledge.models import Article, SourceItem

#: Between several names in one cell; within a name it stands behind a backslash.
_BETWEEN = "|"
_WITHIN = " › "
_SHOWN = 80


def joined(names: Iterable[str]) -> str:
    """Several names, or pieces of text, as one cell."""
    return _BETWEEN.join(one.replace("\\", r"\\").replace(_BETWEEN, rf"\{_BETWEEN}") for one in names)


def split(cell: str) -> list[str]:
    """What one cell names. A backslash before anything else than itself and the bar is one that somebody typed."""
    found = [re.sub(r"\\([\\|])", r"\1", one).strip() for one in re.findall(r"(?:\\[\\|]|[^|])+", cell)]
    return [one for one in found if one]


def names_of(case: GoldenCase) -> tuple[str, str]:
    """The cells of a question's articles and of its imported sources, always in the same order."""
    sources = list(case.sources.all())
    articles = sorted((one.article for one in sources if one.article is not None), key=lambda article: article.number)
    items = sorted(_name_of(one.item) for one in sources if one.item is not None)
    return joined(f"#{one.number} {one.title}".rstrip() for one in articles), joined(items)


class Library:
    """What can be named in the workspace in scope; loaded when something is."""

    def articles(self, cell: str) -> list[Article]:
        """The articles that a cell names. Raises ValidationError, in words."""
        return [found for one in split(cell) for found in self._articles(one)]

    def items(self, cell: str) -> list[SourceItem]:
        """The imported things that a cell names; where several bear the name, all of them. Raises ValidationError, in words."""
        return [found for one in split(cell) for found in self._items(one)]

    def _articles(self, name: str) -> list[Article]:
        number, _space, title = name.removeprefix("#").partition(" ")
        numbered = self._by_number.get(int(number)) if number.isdecimal() else None
        if numbered is not None and (not title.strip() or _plain(numbered.title) == _plain(title)):
            return [numbered]
        found = self._by_title[_plain(title if number.isdecimal() else name)]
        if not found and numbered is not None:
            words = _("Article #%(number)s is called “%(title)s” here. If that is the one, leave the title out.")
            raise ValidationError(words % {"number": number, "title": numbered.title[:_SHOWN]})
        if not found:
            words = _("There is no article “%(name)s”. Name articles by their number, such as #12.")
            raise ValidationError(words % {"name": name[:_SHOWN]})
        return found

    def _items(self, name: str) -> list[SourceItem]:
        found = self._by_name[_plain(name)]
        if not found:
            words = _("Nothing imported is called “%(name)s”. Import it under Knowledge first, then read this file again.")
            raise ValidationError(words % {"name": name[:_SHOWN]})
        return found

    @cached_property
    def _by_number(self) -> dict[int, Article]:
        return {one.number: one for one in Article.objects.order_by("number")}

    @cached_property
    def _by_title(self) -> defaultdict[str, list[Article]]:
        found: defaultdict[str, list[Article]] = defaultdict(list)
        for one in self._by_number.values():
            if one.title.strip():
                found[_plain(one.title)].append(one)
        return found

    @cached_property
    def _by_name(self) -> defaultdict[str, list[SourceItem]]:
        found: defaultdict[str, list[SourceItem]] = defaultdict(list)
        for one in SourceItem.objects.select_related("source", "document").order_by("source", "place"):
            document = getattr(one, "document", None)
            for name in {_plain(name) for name in (_name_of(one), one.name, document.url if document else "") if name}:
                found[name].append(one)
        return found


def _name_of(item: SourceItem) -> str:
    """Its import and its name; a file, and a single page, is its import's only item and bears its name."""
    return item.name if item.name == item.source.title else f"{item.source.title}{_WITHIN}{item.name}"


def _plain(name: str) -> str:
    """As people may have typed it: another arrow, other spaces, no slash at an address's end."""
    return " ".join(name.replace(" > ", _WITHIN).casefold().split()).rstrip("/")
