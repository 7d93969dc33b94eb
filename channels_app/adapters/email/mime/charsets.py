"""From bytes to text, whatever charset a mail claims. Nothing here raises, and the same bytes always give the same text."""

import codecs

from charset_normalizer import from_bytes

#: Names that mail programs use and Python does not know, or knows too narrowly: Windows' supersets are meant (WHATWG).
_ALIASES = {
    "_iso-2022-jp": "iso2022_jp_ext",
    "_iso-2022-jp$esc": "iso2022_jp_ext",
    "iso-2022-jp": "iso2022_jp_ext",
    "ansi_x3.110-1983": "latin-1",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "cp-850": "cp850",
    "x-cp1252": "cp1252",
}
#: Codecs that are no charsets; some of them take quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"})
#: Names that say nothing of the bytes.
_EMPTY_NAMES = frozenset(
    {"", "us-ascii", "ascii", "ansi_x3.4-1968", "x-unknown", "unknown", "unknown-8bit", "default", "8bit", "x-user-defined"}
)

#: Guessing looks at no more than this.
_SAMPLE = 32 * 1024


def decoded(content: bytes, declared: str = "") -> str:
    """The text of some bytes: by the declared charset, else UTF-8, else what they look like. No NUL, no lone surrogate."""
    text = _by_name(content, _codec(declared))
    if text is None:
        text = _by_name(content, "utf-8")
    if text is None:
        text = content.decode(_guess(content), "replace")
    return cleaned(text)


def cleaned(text: str) -> str:
    """The text without what a database or a browser will not take: NULs, lone surrogates, a byte order mark in front."""
    whole = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
    return whole.replace("\x00", "").removeprefix("\ufeff")


def from_header(value: str) -> str:
    """A header's raw value as text, where its undeclared bytes stand as surrogates."""
    if value.isascii():
        return cleaned(value)
    return decoded(value.encode("utf-8", "surrogateescape"))


def _by_name(content: bytes, codec: str) -> str | None:
    if not codec:
        return None
    try:
        return content.decode(codec)
    except (ValueError, LookupError):
        return None


def _codec(declared: str) -> str:
    """Python's name of a declared charset; empty for one that is unknown or says nothing."""
    name = declared.strip(" \t\r\n\"'").lower()[:60]
    if name in _EMPTY_NAMES or not name.isascii() or "\x00" in name:
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _NO_CHARSETS else found


def _guess(content: bytes) -> str:
    """A charset in which the bytes make sense."""
    best = from_bytes(content[:_SAMPLE]).best()
    return best.encoding if best is not None and best.encoding not in _NO_CHARSETS else "cp1252"
