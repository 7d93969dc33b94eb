"""What a mail says: its text, and its HTML as it came."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

from channels_app.adapters.email.mime.charsets import cleaned
from channels_app.adapters.email.mime.reading import Leaf, Part, content_type, disposition, file_name, parameter, text_of
from channels_app.html_text import MAX_HTML, text_from_html

#: A message's text is cut here, in characters; the raw mail keeps the rest.
MAX_TEXT = 200_000

_SHOWN = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})


@dataclass(frozen=True, slots=True)
class Body:
    """`text` is never empty where the mail has words; `html` is empty where it has none. `rest`: the leaves that are files."""

    text: str
    html: str
    rest: Sequence[Leaf]
    is_cut: bool = False


@dataclass(slots=True)
class _Piece:
    """One thing to be read in order: the alternatives of one text."""

    group: tuple[tuple[str, int], ...] | None
    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class _Reader:
    pieces: list[_Piece] = field(default_factory=list)
    rest: list[Leaf] = field(default_factory=list)

    def take(self, leaf: Leaf) -> None:
        kind = content_type(leaf.part)
        if kind.startswith("multipart/") and isinstance(leaf.part.get_payload(), str):
            kind = "text/plain"  # parts that nothing keeps apart
        if not _is_shown(leaf, kind):
            self.rest.append(leaf)
            return
        group = _alternative(leaf)
        piece = self.pieces[-1] if self.pieces else None
        if piece is None or group is None or piece.group != group:
            piece = _Piece(group)
            self.pieces.append(piece)
        text = text_of(leaf.part)
        if kind == "text/html":
            piece.html = text if piece.html is None else piece.html + text
        else:
            plain = _unflowed(text, leaf.part) if kind == "text/plain" else text_from_html(text)
            piece.text = plain if piece.text is None else f"{piece.text}\n{plain}"


def body_of(leaves: Sequence[Leaf]) -> Body:
    """Read the texts among a mail's leaves, whichever containers they stand in."""
    reader = _Reader()
    for leaf in leaves:
        reader.take(leaf)
    texts = [_text(piece) for piece in reader.pieces]
    text = cleaned("\n\n".join(one.strip("\n") for one in texts if one.strip()))
    return Body(text[:MAX_TEXT], _html(reader.pieces, texts), reader.rest, is_cut=len(text) > MAX_TEXT)


def _is_shown(leaf: Leaf, kind: str) -> bool:
    if kind not in _SHOWN or disposition(leaf.part) == "attachment":
        return False
    is_named = bool(file_name(leaf.part)) and disposition(leaf.part) != "inline"
    # A page or a text that names itself a file and stands beside others is a file; alone it is the mail.
    return not (is_named and leaf.path and _alternative(leaf) is None and leaf.path[-1][1] > 0)


def _alternative(leaf: Leaf) -> tuple[tuple[str, int], ...] | None:
    """The innermost group of alternatives that the leaf belongs to."""
    for depth in range(len(leaf.path) - 1, -1, -1):
        if leaf.path[depth][0] == "multipart/alternative":
            return leaf.path[:depth]
    return None


def _text(piece: _Piece) -> str:
    """The piece's plain text; its HTML speaks where that is empty."""
    if piece.text is not None and piece.text.strip():
        return piece.text
    return text_from_html(piece.html) if piece.html else ""


def _html(pieces: Sequence[_Piece], texts: Sequence[str]) -> str:
    """The pieces' HTML in order, plain ones among them as text; empty when none has HTML."""
    if not any(piece.html for piece in pieces):
        return ""
    shown = [
        piece.html or f'<pre style="white-space: pre-wrap">{html.escape(text)}</pre>'
        for piece, text in zip(pieces, texts, strict=True)
    ]
    return cleaned("\n".join(shown))[:MAX_HTML]


def _unflowed(text: str, part: Part) -> str:
    """Text in the flowed format (RFC 3676) with its soft line ends undone, quotes left as they are."""
    if parameter(part, "format").lower() != "flowed":
        return text
    joins_without_space = parameter(part, "delsp").lower() == "yes"
    out: list[str] = []
    is_open = False
    for line in text.split("\n"):
        plain = line.removeprefix(" ")
        soft = plain.endswith(" ") and plain != "-- " and not plain.startswith(">")
        kept = plain[:-1] if soft and joins_without_space else plain
        if is_open and not plain.startswith(">") and plain != "-- ":
            out[-1] += kept
        else:
            out.append(kept)
        is_open = soft
    return "\n".join(out)
