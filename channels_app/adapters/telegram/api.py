"""The Bot API over the safe client. The token is part of every URL, so no URL ever leaves this module.

Time limits: a call 5 s to connect and 20 s in all, one with files 50 s, a download 60 s.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import orjson

from channels_app.adapters.telegram.errors import Answer, error_of
from channels_app.contract import ChannelError
from chatzee.env import env
from core.http import Limits, RequestFailedError, ResponseTooLargeError, SafeClient, TimeLimitError, UnsafeAddressError

MAX_DOWNLOAD = 20 * 1024 * 1024
_CALL = Limits(connect=5, read=15, total=20, max_bytes=4 * 1024 * 1024)
_UPLOAD = Limits(connect=5, read=45, total=50, max_bytes=4 * 1024 * 1024)
_DOWNLOAD = Limits(connect=5, read=20, total=60, max_bytes=MAX_DOWNLOAD)
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a call: the form's field, its name, type and bytes."""

    field: str
    name: str
    content_type: str
    content: bytes


class Bot:
    """One bot's line to the platform. Every method raises ChannelError."""

    def __init__(self, token: str) -> None:
        self._token = token

    @property
    def id(self) -> str:
        """The bot's own number, with which its token begins."""
        return self._token.partition(":")[0]

    def __repr__(self) -> str:
        return "Bot(…)"

    def call(self, method: str, params: Mapping[str, Any], uploads: Sequence[Upload] = (), *, is_repeatable: bool = False) -> Any:
        """The `result` of a method. `is_repeatable`: doing it twice is as doing it once, so a lost answer is no doubt."""
        body = _Body(params, uploads)
        try:
            response = _client().post(
                f"{base_url()}/bot{self._token}/{method}",
                content=body,
                headers={"content-type": body.content_type, "content-length": str(body.length)},
                limits=_UPLOAD if uploads else _CALL,
            )
        except UnsafeAddressError:
            raise ChannelError("no_connection", is_inbox_wide=True) from None
        except (RequestFailedError, TimeLimitError, ResponseTooLargeError):
            if body.is_written and not is_repeatable:
                raise ChannelError("unconfirmed", is_ambiguous=True, is_inbox_wide=True) from None
            raise ChannelError("no_connection", is_inbox_wide=True) from None
        return _result(response, is_repeatable=is_repeatable)

    def download(self, path: str) -> bytes:
        """The bytes of a file by the path that `getFile` gave, at most 20 MB."""
        try:
            response = _client().get(f"{base_url()}/file/bot{self._token}/{path}", limits=_DOWNLOAD)
        except ResponseTooLargeError:
            raise ChannelError("file_too_large", permanent=True) from None
        except (RequestFailedError, TimeLimitError, UnsafeAddressError):
            raise ChannelError("no_connection", is_inbox_wide=True) from None
        if response.status_code == httpx.codes.OK:
            return response.content
        if response.status_code == httpx.codes.NOT_FOUND:  # a link that has ended; a void token shows at getFile
            raise ChannelError("file_gone", permanent=True)
        raise error_of(_answer(response))


def base_url() -> str:
    """Where the Bot API is."""
    return env.telegram_api_url.rstrip("/")


class _Body:
    """A request's body, which knows whether its last piece was handed to the connection."""

    def __init__(self, params: Mapping[str, Any], uploads: Sequence[Upload]) -> None:
        self.is_written = False
        if uploads:
            fields = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in params.items()}
            files = [(one.field, (one.name, one.content, one.content_type)) for one in uploads]
            form = httpx.Request("POST", "https://form.invalid", data=fields, files=files)
            self.content_type, self._content = form.headers["content-type"], form.read()
        else:
            self.content_type, self._content = "application/json", orjson.dumps(dict(params))
        self.length = len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self.length, _PIECE):
            self.is_written = start + _PIECE >= self.length
            yield self._content[start : start + _PIECE]


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_CALL)


def _result(response: httpx.Response, *, is_repeatable: bool) -> Any:
    answer = _json(response)
    if answer.get("ok") is True and "result" in answer:
        return answer["result"]
    error = error_of(_answer(response))
    if error.is_ambiguous and is_repeatable:
        raise ChannelError("unavailable", is_inbox_wide=True, detail=error.detail)
    raise error


def _json(response: httpx.Response) -> dict[str, Any]:
    """The answer as an object; empty for what is none, such as a gateway's page of HTML."""
    try:
        found = orjson.loads(response.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _answer(response: httpx.Response) -> Answer:
    said = _json(response)
    code, parameters = said.get("error_code"), said.get("parameters")
    status = code if isinstance(code, int) and response.status_code < 500 else response.status_code
    parameters = parameters if isinstance(parameters, dict) else {}
    migrate_to = parameters.get("migrate_to_chat_id")
    is_page = not said and response.status_code < 500  # whoever answers so is not the Bot API
    return Answer(
        status=502 if is_page else status,
        description=str(said.get("description") or ""),
        retry_after=_seconds(parameters.get("retry_after", response.headers.get("retry-after"))),
        migrate_to=migrate_to if isinstance(migrate_to, int) else 0,
    )


def _seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return min(seconds, 86_400.0) if math.isfinite(seconds) and seconds > 0 else None
