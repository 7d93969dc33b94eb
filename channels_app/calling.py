"""Calls to platforms over HTTP: what a body knows of itself, and what it means that an answer did not come."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import orjson

from channels_app.contract import ChannelError
from core.http import RequestFailedError, ResponseTooLargeError, TimeLimitError, UnsafeAddressError

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a call: the form's field, its name, type and bytes."""

    field: str
    name: str
    content_type: str
    content: bytes


class Body:
    """A call's body, which knows whether its last piece was handed to the connection."""

    def __init__(self, content_type: str, content: bytes) -> None:
        self.is_written = False
        self._content = content
        self.headers = {"content-type": content_type, "content-length": str(len(content))}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls("application/json", orjson.dumps(dict(value)))

    @classmethod
    def of_pairs(cls, pairs: Sequence[tuple[str, str]]) -> Self:
        """A form without files."""
        return cls("application/x-www-form-urlencoded", urlencode(pairs).encode())

    @classmethod
    def of_form(cls, fields: Mapping[str, str], files: Sequence[Upload]) -> Self:
        """A form with files."""
        parts = [(one.field, (one.name, one.content, one.content_type)) for one in files]
        form = httpx.Request("POST", "https://form.invalid", data=dict(fields), files=parts)
        return cls(form.headers["content-type"], form.read())

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _PIECE):
            self.is_written = start + _PIECE >= len(self._content)
            yield self._content[start : start + _PIECE]


@contextmanager
def calling(body: Body | None = None, *, is_repeatable: bool = False) -> Iterator[None]:
    """Turn what a call without an answer raises into ChannelError.

    It is ambiguous where the whole body went out, unless doing the call twice is as doing it once (`is_repeatable`).
    """
    try:
        yield
    except UnsafeAddressError:
        raise ChannelError("no_connection", is_inbox_wide=True) from None
    except (RequestFailedError, TimeLimitError, ResponseTooLargeError):
        if body is not None and body.is_written and not is_repeatable:
            raise ChannelError("unconfirmed", is_ambiguous=True, is_inbox_wide=True) from None
        raise ChannelError("no_connection", is_inbox_wide=True) from None


@contextmanager
def downloading() -> Iterator[None]:
    """Turn what the download of a file raises into ChannelError."""
    try:
        yield
    except ResponseTooLargeError:
        raise ChannelError("file_too_large", permanent=True) from None
    except (RequestFailedError, TimeLimitError, UnsafeAddressError):
        raise ChannelError("no_connection", is_inbox_wide=True) from None
