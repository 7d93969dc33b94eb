"""What agents type, as Telegram's formats: **bold**, *italic* or _italic_, `code`, ```code in lines```, [words](https://…).

It is read with care: a lone asterisk, a multiplication, snake_case and what stands in an address stay as they are.
"""

import re

from channels_app.adapters.telegram.entities import Formatted, Span

_MARKS = re.compile(
    r"(?P<address>https?://[^\s)\]]+)"
    r"|```\n?(?P<pre>.+?)\n?```"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<link>[^\]\[\n]+)\]\((?P<url>https?://[^\s)]+)\)"
    r"|(?<![\w*])\*\*(?=[^\s*])(?P<bold>[^\n]+?)(?<=[^\s*])\*\*(?![\w*])"
    r"|(?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]+?)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<slanted>[^_\n]+?)(?<=\S)_(?![\w_])",
    re.DOTALL,
)
_KINDS = {"pre": "pre", "code": "code", "link": "link", "bold": "bold", "italic": "italic", "slanted": "italic"}
#: Inside these nothing else is a mark.
_VERBATIM = frozenset({"pre", "code"})
_DEPTH = 4


def formatted(markup: str) -> Formatted:
    """The text without its marks, and the formats that they stood for."""
    return _read(markup, _DEPTH)


def _read(markup: str, depth: int) -> Formatted:
    text, begin = "", 0
    spans: list[Span] = []
    for found in _MARKS.finditer(markup):
        name = next(name for name in (*_KINDS, "address") if found[name] is not None)
        if name == "address":
            continue
        text += markup[begin : found.start()]
        begin = found.end()
        is_plain = name in _VERBATIM or depth == 0
        inner = Formatted(found[name]) if is_plain else _read(found[name], depth - 1)
        start = len(text)
        text += inner.text
        spans.append(Span(_KINDS[name], start, len(text), found["url"] if name == "link" else ""))
        spans += [Span(one.kind, one.start + start, one.end + start, one.url) for one in inner.spans]
    return Formatted(text + markup[begin:], tuple(spans))
