"""Rich text: cleaned to what articles are made of, cut into blocks for the search, turned into plain text. Pure."""

import re
from collections.abc import Iterator
from html import escape

import lxml.html
import nh3
from lxml.etree import ParserError
from lxml.html import HtmlElement

from knowledge import pictures
from knowledge.passages import Block

TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "u", "s", "code", "pre", "a", "ul", "ol", "li", "blockquote", "hr", "sub", "sup",
    "table", "thead", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
_ATTRIBUTES = {
    "img": {"src", "alt", "width", "height"},
    "a": {"href", "title"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "s", "del": "s"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
#: What stands for itself; what is inside belongs to it.
_LEAVES = {"p", "pre", "ul", "ol", "dl", "table", "blockquote"}
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r"\s*\n\s*")
_MARK = re.compile(r"^(?:- |\d+\. )", re.MULTILINE)
_OPENING = re.compile(r"<(/?)(h1|h5|h6|b|i|strike|del)(?=[\s>])", re.IGNORECASE)


def clean(html: str) -> str:
    """Only what articles are made of; links open safely, scripts, styles, handlers and others' pictures are gone."""
    renamed = _OPENING.sub(lambda found: f"<{found[1]}{_RENAMED[found[2].lower()]}", html)
    cleaned = nh3.clean(
        renamed,
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_of_picture,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    own = pictures.without_others(cleaned)
    return own if plain(own).strip() or pictures.ids_in(own) else ""


def _of_picture(tag: str, name: str, value: str) -> str | None:
    """Pictures are named by their id alone, wherever they were shown from; sizes are numbers."""
    if tag != "img" or name == "alt":
        return value
    return pictures.source_of(value) if name == "src" else value if value.isascii() and value.isdigit() else None


def plain(html: str) -> str:
    """The words of rich text, a line for each block."""
    return "\n".join(block.text for block in blocks_of(html))


def lines(html: str) -> list[str]:
    """Every line that a reader sees, headings and what pictures show among them: for comparing versions."""
    root = _tree(pictures.as_words(html))
    return [] if root is None else [line for _level, text in _walk(root) for line in text.split("\n") if line]


def blocks_of(html: str) -> list[Block]:
    """The paragraphs, lists and tables of rich text, each under its headings ("Returns › Abroad")."""
    root = _tree(html)
    if root is None:
        return []
    found: list[Block] = []
    trail: dict[int, str] = {}
    for level, text in _walk(root):
        if level:
            trail = {known: words for known, words in trail.items() if known < level}
            trail[level] = text
        elif text:
            found.append(Block(text, " › ".join(trail.values())))
    # A heading with nothing under it is still said: some articles are made of them.
    if not found and trail:
        found.append(Block("\n".join(trail.values())))
    return found


def excerpt(html: str, length: int = 160) -> str:
    """The beginning of a text as one line, cut at a word."""
    text = " ".join(_MARK.sub("", plain(html)).split())
    if len(text) <= length:
        return text
    return text[: length + 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def with_anchors(html: str) -> tuple[str, list[tuple[str, str, int]]]:
    """Rich text whose headings can be linked to, and the list of them: (anchor, words, level 2 or 3)."""
    root = _tree(html)
    if root is None:
        return "", []
    found: list[tuple[str, str, int]] = []
    for number, heading in enumerate(root.iter("h2", "h3"), start=1):
        anchor = f"part-{number}"
        heading.set("id", anchor)
        found.append((anchor, _words(heading), int(str(heading.tag)[1])))
    for table in list(root.iter("table")):
        _wrap(table)
    inner = escape(root.text or "") + "".join(lxml.html.tostring(child, encoding="unicode") for child in root)
    return inner, found


def _wrap(table: HtmlElement) -> None:
    """Wide tables scroll by themselves, for the keyboard too."""
    parent = table.getparent()
    assert parent is not None
    frame = lxml.html.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "group"})
    parent.replace(table, frame)
    frame.tail, table.tail = table.tail, None
    frame.append(table)


def _tree(html: str) -> HtmlElement | None:
    if not html.strip():
        return None
    try:
        return lxml.html.fragment_fromstring(html, create_parent="div")
    except (ParserError, ValueError):
        return None


def _walk(element: HtmlElement) -> Iterator[tuple[int, str]]:
    """(level, words) of each heading, (0, words) of each block, in order."""
    if element.text and element.text.strip():
        yield 0, _tidy(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag in _HEADINGS:
            yield _HEADINGS[child.tag], _words(child)
        elif child.tag in _LEAVES:
            yield 0, _leaf(child)
        elif child.tag in {"br", "hr"}:
            pass
        elif any(inner.tag in _HEADINGS or inner.tag in _LEAVES for inner in child.iterdescendants()):
            yield from _walk(child)
        else:
            yield 0, _words(child)
        if child.tail and child.tail.strip():
            yield 0, _tidy(child.tail)


def _leaf(element: HtmlElement) -> str:
    if element.tag in {"ul", "ol"}:
        items = (_words(item) for item in element.iter("li"))
        marks = (f"{number}. " if element.tag == "ol" else "- " for number in range(1, 10_000))
        return "\n".join(mark + item for mark, item in zip(marks, items, strict=False) if item)
    if element.tag == "table":
        rows = (" | ".join(_words(cell) for cell in row.iter("th", "td")) for row in element.iter("tr"))
        return "\n".join(row for row in rows if row.strip(" |"))
    return _words(element)


def _words(element: HtmlElement) -> str:
    for line in element.iter("br"):
        line.tail = "\n" + (line.tail or "")
    return _tidy(str(element.text_content()))


def _tidy(text: str) -> str:
    return _LINES.sub("\n", _SPACE.sub(" ", text)).strip()
