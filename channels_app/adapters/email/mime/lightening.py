"""A mail that is too large, made light while it is read: its texts and smaller files stay, the largest are left out and named.

A mail within the limit stays as it is. No more than the limit and one part are in memory at a time.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels_app.adapters.email.mime.attachments import LeftFile, safe_name
from channels_app.adapters.email.mime.reading import content_type, disposition, file_name, parameter, read_headers

#: Of a text that is too large, so much is kept.
BEGINNING = 1024 * 1024
#: A header that is longer is no header.
MAX_HEAD = 256 * 1024
MAX_LEFT = 100
#: Lines that look like boundaries are not looked for behind so many parts.
MAX_PARTS = 2000
#: A line that is longer is taken in pieces.
MAX_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Lightened:
    """What is kept of a mail. `digest` is that of all its bytes."""

    raw: bytes
    left: Sequence[LeftFile]
    digest: str


@dataclass(slots=True)
class _Chunk:
    """A part with the line before it. Texts (`is_text`) stay longest, and keep their beginning where they are too long."""

    head: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    is_root: bool = False
    is_text: bool = True
    is_cut: bool = False
    is_dropped: bool = False
    name: str = ""
    kind: str = "text/plain"

    def drop(self) -> None:
        """Let the part go; what stands before the first part stays."""
        self.is_dropped, self.body = True, bytearray()
        if not self.is_root:
            self.head = bytearray()


class Lightening:
    """Takes a mail in pieces; `limit` is how much of it may be kept, in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._digest = hashlib.sha256()
        self._size = 0
        #: What was read, until it is too much.
        self._whole = deque[bytes]()
        self._rest = b""
        self._boundaries: list[bytes] = []
        self._chunks = [_Chunk(is_root=True)]
        self._is_in_head = True

    def feed(self, piece: bytes) -> None:
        """The next bytes."""
        self._digest.update(piece)
        self._size += len(piece)
        self._whole.append(piece)
        if self._size > self._limit:
            self._look_through()

    def done(self, cut_of: int = 0) -> Lightened:
        """What is kept, after the last piece. `cut_of`: the mail's size, where it was not read to its end."""
        if self._size <= self._limit and not cut_of:
            return Lightened(b"".join(self._whole), [], self._digest.hexdigest())
        self._look_through()
        if self._rest:
            self._take(self._rest)
        if cut_of and not self._chunks[-1].is_text:
            self._chunks[-1].drop()
        self._end_part()
        kept = [bytes(one.head + one.body) for one in self._chunks]
        left = [
            LeftFile(one.name or safe_name("", one.kind, number), one.kind, one.size)
            for number, one in enumerate(self._chunks, 1)
            if one.is_dropped or one.is_cut
        ]
        if cut_of:
            left.insert(0, LeftFile(safe_name("", "message/rfc822", 1), "message/rfc822", cut_of))
        return Lightened(b"".join(kept), left[:MAX_LEFT], self._digest.hexdigest())

    def _look_through(self) -> None:
        """Look for parts in what was read."""
        while self._whole:
            lines = (self._rest + self._whole.popleft()).split(b"\n")
            self._rest = lines.pop()
            for line in lines:
                self._take(line + b"\n")
            if len(self._rest) > MAX_LINE:
                self._take(self._rest)
                self._rest = b""

    def _take(self, line: bytes) -> None:
        chunk = self._chunks[-1]
        is_near = line.startswith(b"--") and len(self._chunks) < MAX_PARTS
        if is_near and (depth := self._depth(line.rstrip())) is not None:
            self._end_part()
            is_end = line.rstrip() == self._boundaries[depth] + b"--"
            del self._boundaries[depth + (0 if is_end else 1) :]
            self._chunks.append(_Chunk(head=bytearray(line)))
            self._is_in_head = not is_end
        elif self._is_in_head and len(chunk.head) < MAX_HEAD:
            chunk.head += line
            if not line.strip():
                self._begin_body(chunk)
        else:
            self._is_in_head = False
            self._add(chunk, line)

    def _depth(self, line: bytes) -> int | None:
        """Which of the open boundaries a line is, the innermost first."""
        found = (depth for depth, one in enumerate(self._boundaries) if line in (one, one + b"--"))
        return max(found, default=None)

    def _begin_body(self, chunk: _Chunk) -> None:
        self._is_in_head = False
        head = bytes(chunk.head) if chunk.is_root else bytes(chunk.head).partition(b"\n")[2]
        part = read_headers(head)
        chunk.kind, name = content_type(part), file_name(part)
        boundary = parameter(part, "boundary")
        if chunk.kind.startswith("multipart/") and boundary:
            self._boundaries.append(b"--" + boundary.encode("utf-8", "surrogateescape"))
            return
        chunk.is_text = chunk.kind.startswith("text/") and disposition(part) != "attachment" and not name
        chunk.name = safe_name(name, chunk.kind, len(self._chunks))

    def _add(self, chunk: _Chunk, line: bytes) -> None:
        """A line of a body; a file that alone is too large is left while it is still being read."""
        chunk.size += len(line)
        if chunk.is_text and chunk.size > BEGINNING:
            chunk.is_cut = True
        elif chunk.size > self._limit:
            chunk.drop()
        elif not chunk.is_dropped:
            chunk.body += line

    def _end_part(self) -> None:
        """Leave the largest files out until the rest fits."""
        total = sum(len(one.head) + len(one.body) for one in self._chunks)
        here = (one for one in self._chunks if not one.is_dropped and not one.kind.startswith("multipart/"))
        smallest_first = sorted(here, key=lambda one: (not one.is_text, one.size))
        while total > self._limit and smallest_first:
            largest = smallest_first.pop()
            total -= len(largest.head) + len(largest.body)
            largest.drop()
            total += len(largest.head)


def lightened(pieces: Iterable[bytes], limit: int) -> Lightened:
    """A mail that comes in pieces, within the limit."""
    found = Lightening(limit)
    for one in pieces:
        found.feed(one)
    return found.done()
