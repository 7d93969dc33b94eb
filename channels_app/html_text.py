"""The text of a piece of HTML, for mails that have no other and for search."""

import re

from lxml import etree

#: HTML beyond this is not read, in characters.
MAX_HTML = 2_000_000

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
     "table", "tr", "ul"}
)  # fmt: skip
_HIDDEN = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select", "textarea"}
)
_SPACES = re.compile(r"[ \t\f\v\u00a0]+")
_LINES = re.compile(r"\n{3,}")


class _Collector:
    """lxml's target: gathers text as it is parsed, without building a tree."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._hidden = 0
        self._pre = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self._add("\n")
        elif tag in _BLOCKS:
            self._add("\n\n" if tag == "p" else "\n")
            self._pre += tag == "pre"
            if tag == "li":
                self._add("• ")
        elif tag in ("td", "th"):
            self._add(" ")
        elif tag == "img" and attributes.get("alt", "").strip():
            self._add(f"[{attributes['alt'].strip()}]")

    def end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._add("\n\n" if tag == "p" else "\n")
            self._pre -= tag == "pre"

    def data(self, text: str) -> None:
        self._add(text if self._pre > 0 else text.replace("\r", " ").replace("\n", " "))

    def comment(self, _text: str) -> None:
        """Comments are no text."""

    def close(self) -> str:
        return "".join(self.out)

    def _add(self, text: str) -> None:
        if not self._hidden:
            self.out.append(text)


def text_from_html(html: str) -> str:
    """What a person would read, line by line; empty when there is nothing to read."""
    source = html[:MAX_HTML].strip()
    if not source:
        return ""
    collector = _Collector()
    parser = etree.HTMLParser(target=collector, recover=True, no_network=True, huge_tree=True)
    try:
        parser.feed(source)
        text = str(parser.close())
    except (etree.LxmlError, ValueError, AssertionError):
        text = collector.close()
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
