"""A mail's HTML made fit to be shown: nothing in it runs, calls anybody or reaches out of its frame.

Cleaned HTML is still shown only inside a sandboxed frame under a policy that allows no scripts: either alone would do.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

import nh3
import quotequail
from lxml import etree

from channels_app.html_text import MAX_HTML, text_from_html

#: An image inside the HTML itself may take this many characters.
MAX_DATA_IMAGE = 700_000
#: Quotes are looked for in HTML up to this length, and on this many lines.
MAX_FOLDED = 400_000
MAX_LINES = 5000
#: Elements inside each other.
MAX_DEPTH = 2000

_TAGS = nh3.ALLOWED_TAGS - {"area", "map", "details", "summary", "data", "article", "rtc"} | {"font", "big", "tfoot"}
_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "svg",
    "math",
    "object",
    "iframe",
    "audio",
    "video",
    "select",
    "textarea",
}
_SHARED = {"style", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"}
_ATTRIBUTES = {
    "*": _SHARED,
    "a": {"href"},
    "img": {"src", "alt", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"size", "noshade"},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
_STYLES = (
    {"color", "background-color", "font", "font-family", "font-size", "font-style", "font-weight", "font-variant", "line-height",
     "text-align", "text-decoration", "text-indent", "text-transform", "letter-spacing", "word-spacing", "word-break",
     "word-wrap", "overflow-wrap", "white-space", "vertical-align", "width", "height", "max-width", "min-width", "max-height",
     "min-height", "display", "float", "clear", "direction", "list-style-type", "table-layout", "border-collapse",
     "border-spacing", "border-radius", "border-color", "border-style", "border-width", "caption-side", "empty-cells"}
    | {f"{name}{side}" for name in ("margin", "padding", "border") for side in _SIDES}
)  # fmt: skip
_REMOTE = re.compile(r"https?://", re.IGNORECASE)
_LINK = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/(png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
#: What could make a style fetch, run or hide something; it is looked for after escapes and comments have been refused.
_UNSAFE_STYLE = re.compile(r"url|image|expression|behavio|import|binding|[(\\@<{]|/\*", re.IGNORECASE)
_CALL = re.compile(r"\b(rgba?|hsla?|calc)\(", re.IGNORECASE)
_BACKGROUND = re.compile(r"(^|;)\s*background\s*:", re.IGNORECASE)

#: A tag as nh3 writes it: every value in double quotes, none with a double quote inside.
_TAG = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>|<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*>')
_SRC = re.compile(r' src="([^"]*)"')
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: Elements that have no end, or that their likes end.
_UNNESTED = frozenset(
    {"br", "img", "hr", "p", "li", "td", "tr", "th", "dd", "dt", "meta", "link", "input", "col", "option", "wbr", "area"}
)
#: A line on which quotequail's patterns would take long.
_SLOW = re.compile(r"^[\s>]*(\d{4}/|(Am|Op|Den)\s)", re.IGNORECASE)
_BREAKS = re.compile(r"</?(?:p|div|br|tr|table|li|ul|ol|blockquote|h[1-6]|hr|pre)\b[^<>]*>|\n", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail's HTML, safe to be framed: what is new, and what it quotes (empty for nothing).

    An inline image has `data-cid="…"` (the id by `html.escape`) in place of its `src`; the page puts the attachment's
    address there. A remote one has `data-src` unless images were asked for; `remote_images` counts them either way.
    """

    html: str
    quoted: str
    remote_images: int
    content_ids: tuple[str, ...]


def shown(source: str, *, with_remote_images: bool = False) -> Shown:
    """Clean a mail's HTML and part its quote from it. The same HTML always gives the same."""
    new, quoted = _parted(_shallow(source[:MAX_HTML]))
    marks = _Marks(with_remote_images=with_remote_images)
    return Shown(marks.cleaned(new), marks.cleaned(quoted), marks.remote, tuple(dict.fromkeys(marks.content_ids)))


class _Marks:
    """Cleans pieces of one mail and keeps what it met."""

    def __init__(self, *, with_remote_images: bool) -> None:
        self.remote = 0
        self.content_ids: list[str] = []
        self._with_remote = with_remote_images

    def cleaned(self, source: str) -> str:
        return _TAG.sub(self._marked, _clean(source)) if source else ""

    def _marked(self, tag: re.Match[str]) -> str:
        if tag[1] is None:
            return tag[0]
        source = _SRC.search(tag[1])
        if source is None:
            return tag[0]
        if source[1].lower().startswith("cid:"):
            content_id = unquote(html.unescape(source[1][4:]))
            self.content_ids.append(content_id)
            return tag[0].replace(source[0], f' data-cid="{html.escape(content_id)}"', 1)
        if not _REMOTE.match(source[1]):
            return tag[0]
        self.remote += 1
        return tag[0] if self._with_remote else tag[0].replace(source[0], f' data-src="{source[1]}"', 1)


def _clean(source: str) -> str:
    return nh3.clean(
        source.replace("\x00", ""),
        tags=set(_TAGS),
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """The value with which an attribute is kept, or None."""
    judge: Callable[[str], str | None] | None = {"href": _link, "src": _image, "style": _style}.get(attribute)
    if judge is not None:
        return judge(value)
    return value if len(value) <= 1000 else None


def _link(value: str) -> str | None:
    return value if _LINK.match(value.strip()) and len(value) <= 8000 else None


def _image(value: str) -> str | None:
    source = value.strip()
    if _REMOTE.match(source) or source.lower().startswith("cid:"):
        return source if len(source) <= 8000 else None
    return source if len(source) <= MAX_DATA_IMAGE and _DATA_IMAGE.fullmatch(source) else None


def _style(value: str) -> str | None:
    """The declarations that are harmless to parse; which properties stay is nh3's part."""
    if len(value) > 8000 or "\\" in value or "/*" in value:
        return None
    plain = _BACKGROUND.sub(r"\1background-color:", value)
    return ";".join(part for part in plain.split(";") if not _UNSAFE_STYLE.search(_CALL.sub("", part))) or None


def _shallow(text: str) -> str:
    """The HTML, or its words alone where it is nested deeper than anybody writes: cleaning takes quadratic time on depth."""
    depth = 0
    for tag in _OPEN_OR_CLOSE.finditer(text):
        if tag[2].lower() in _UNNESTED:
            continue
        depth = depth + 1 if not tag[1] else max(0, depth - 1)
        if depth > MAX_DEPTH:
            return f'<pre style="white-space: pre-wrap">{html.escape(text_from_html(text))}</pre>'
    return text


def _parted(source: str) -> tuple[str, str]:
    """The HTML in two, before and from its quote on. Where that would lose a word, or leave nothing new, it stays whole."""
    if len(source) > MAX_FOLDED or not _is_quick(source):
        return source, ""
    try:
        parts = quotequail.quote_html(source, limit=MAX_LINES, quote_intro_line=True)
    except (etree.LxmlError, ValueError, AssertionError, IndexError, TypeError, AttributeError, RecursionError):
        return source, ""
    if len(parts) != 2 or not parts[0][0]:
        return source, ""
    new, quoted = parts[0][1], parts[1][1]
    whole, before, after = (_letters(one) for one in (source, new, quoted))
    return (new, quoted) if before and before + after == whole else (source, "")


def _is_quick(source: str) -> bool:
    lines = (_ANY_TAG.sub("", line) for line in _BREAKS.split(source))
    return not any(len(line) > 200 and _SLOW.match(line) for line in lines)


def _letters(source: str) -> int:
    return sum(not sign.isspace() for sign in text_from_html(source))
