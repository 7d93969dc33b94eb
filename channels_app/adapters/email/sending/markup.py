"""What agents type, as HTML and as plain text: **bold**, *italic* or _italic_, `code`, ```lines of code```, [words](https://…).

`![words](name of a file)` shows an attached image in its place. Everything else is text, whatever it looks like.
"""

import re
from collections.abc import Callable, Mapping
from html import escape

_MARKS = re.compile(
    r"```\n?(?P<pre>.+?)\n?```"
    r"|`(?P<code>[^`\n]+)`"
    r"|!\[(?P<alt>[^\]\[\n]*)\]\((?P<image>[^()\n]{1,255})\)"
    r"|\[(?P<link>[^\]\[\n]+)\]\((?P<url>(?:https?://|mailto:)[^\s()<>\"]+)\)"
    r"|(?P<address>https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w*])\*\*(?=[^\s*])(?P<bold>[^\n]+?)(?<=[^\s*])\*\*(?![\w*])"
    r"|(?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]+?)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<slanted>[^_\n]+?)(?<=\S)_(?![\w_])",
    re.DOTALL,
)
_TAGS = {"bold": "strong", "italic": "em", "slanted": "em"}
_DEPTH = 4


def as_html(markup: str, images: Mapping[str, str]) -> str:
    """HTML of a text; `images` are content ids by file name."""
    return _html(markup, images, _DEPTH)


def as_text(markup: str) -> str:
    """The text as people read it without HTML: links spelt out, images named, the other marks left as they are."""
    return _MARKS.sub(_plain, markup)


def names_of_images(markup: str) -> frozenset[str]:
    """The file names that a text places as images."""
    return frozenset(found["image"] for found in _MARKS.finditer(markup) if found["image"])


def _plain(found: re.Match[str]) -> str:
    if found["link"]:
        return f"{found['link']} ({found['url']})"
    return f"[{found['alt'] or found['image']}]" if found["image"] else found[0]


def _html(markup: str, images: Mapping[str, str], depth: int) -> str:
    pieces, begin = [], 0
    for found in _MARKS.finditer(markup):
        pieces += [_lines(markup[begin : found.start()]), _marked(found, images, depth)]
        begin = found.end()
    return "".join([*pieces, _lines(markup[begin:])])


def _marked(found: re.Match[str], images: Mapping[str, str], depth: int) -> str:
    inner: Callable[[str], str] = (lambda text: _html(text, images, depth - 1)) if depth else _lines
    if found["pre"]:
        return f"<pre>{escape(found['pre'])}</pre>"
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["image"]:
        cid = images.get(found["image"])
        return f'<img src="cid:{escape(cid)}" alt="{escape(found["alt"])}">' if cid else _lines(found[0])
    if found["link"]:
        return f'<a href="{escape(found["url"])}">{inner(found["link"])}</a>'
    if found["address"]:
        return f'<a href="{escape(found["address"])}">{escape(found["address"])}</a>'
    name = next(name for name in _TAGS if found[name])
    return f"<{_TAGS[name]}>{inner(found[name])}</{_TAGS[name]}>"


def _lines(text: str) -> str:
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>\n")
