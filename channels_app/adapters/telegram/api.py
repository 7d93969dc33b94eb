"""The Bot API over the safe client. The token is part of every URL, so no URL ever leaves this module.

Time limits: a call 5 s to connect and 20 s in all, one with files 50 s, a download 60 s.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import httpx
import orjson

from channels_app.adapters.telegram.errors import Answer, error_of
from channels_app.calling import Body, Upload, calling, downloading
from channels_app.contract import ChannelError
from channels_app.json_fields import object_in
from chatzee.env import env
from core.http import Limits, SafeClient

MAX_DOWNLOAD = 20 * 1024 * 1024
_CALL = Limits(connect=5, read=15, total=20, max_bytes=4 * 1024 * 1024)
_UPLOAD = Limits(connect=5, read=45, total=50, max_bytes=4 * 1024 * 1024)
_DOWNLOAD = Limits(connect=5, read=20, total=60, max_bytes=MAX_DOWNLOAD)


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
        body = _body_of(params, uploads)
        with calling(body, is_repeatable=is_repeatable):
            response = _client().post(
                f"{base_url()}/bot{self._token}/{method}",
                content=body,
                headers=body.headers,
                limits=_UPLOAD if uploads else _CALL,
            )
        return _result(response, is_repeatable=is_repeatable)

    def download(self, path: str) -> bytes:
        """The bytes of a file by the path that `getFile` gave, at most 20 MB."""
        with downloading():
            response = _client().get(f"{base_url()}/file/bot{self._token}/{path}", limits=_DOWNLOAD)
        if response.status_code == httpx.codes.OK:
            return response.content
        if response.status_code == httpx.codes.NOT_FOUND:  # a link that has ended; a void token shows at getFile
            raise ChannelError("file_gone", permanent=True)
        raise error_of(_answer(response))


def base_url() -> str:
    """Where the Bot API is."""
    return env.telegram_api_url.rstrip("/")


def _body_of(params: Mapping[str, Any], uploads: Sequence[Upload]) -> Body:
    if not uploads:
        return Body.of_json(params)
    fields = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in params.items()}
    return Body.of_form(fields, uploads)


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_CALL)


def _result(response: httpx.Response, *, is_repeatable: bool) -> Any:
    answer = object_in(response.content)
    if answer.get("ok") is True and "result" in answer:
        return answer["result"]
    error = error_of(_answer(response))
    if error.is_ambiguous and is_repeatable:
        raise ChannelError("unavailable", is_inbox_wide=True, detail=error.detail)
    raise error


def _answer(response: httpx.Response) -> Answer:
    said = object_in(response.content)
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
