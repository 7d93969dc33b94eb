"""Response bodies, counted and decompressed within the limit."""

import zlib

from core.http.errors import RequestFailedError, ResponseTooLargeError

#: zlib's window setting that reads both gzip and zlib headers.
_EITHER = 47


class BodyReader:
    """Takes the body as sent, piece by piece, and gives it plain; a small bomb never unfolds beyond the limit."""

    def __init__(self, encoding: str, *, max_bytes: int, declared: str | None) -> None:
        if declared is not None and declared.isdigit() and int(declared) > max_bytes:
            raise ResponseTooLargeError(f"The response is larger than {max_bytes} bytes.")
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise RequestFailedError("The response is in an encoding that was not asked for.")
        self._unzip = zlib.decompressobj(_EITHER) if encoding not in {"", "identity"} else None
        self._max = max_bytes
        self._sent = self._plain = 0

    def feed(self, chunk: bytes) -> bytes:
        """The plain bytes that `chunk` brings. Raises ResponseTooLargeError, RequestFailedError."""
        self._sent += len(chunk)
        if self._unzip is not None:
            try:
                chunk = self._unzip.decompress(chunk, self._max - self._plain + 1)
            except zlib.error:
                raise RequestFailedError("The response cannot be decompressed.") from None
        self._plain += len(chunk)
        if self._sent > self._max or self._plain > self._max:
            raise ResponseTooLargeError(f"The response is larger than {self._max} bytes.")
        return chunk
