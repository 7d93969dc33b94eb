"""Twilio's REST API over the safe client (channels.md, 7.1). Credentials go in a header, never in an address."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx

from channels_app.adapters.sms.errors import error_of
from channels_app.calling import Body, calling, downloading
from channels_app.contract import ChannelError, InboxConfig
from channels_app.json_fields import Fields, object_in
from chatzee.env import env
from core.http import Limits, SafeClient

MAX_MEDIA = 16 * 1024 * 1024
_CALL = Limits(connect=5, read=15, total=20, max_bytes=4 * 1024 * 1024)
_DOWNLOAD = Limits(connect=5, read=20, total=60, max_bytes=MAX_MEDIA, redirects=3)


class Twilio:
    """The line of one account. Every method raises ChannelError."""

    def __init__(self, inbox: InboxConfig) -> None:
        settings = inbox.settings
        self.account = str(settings.get("account_sid") or "")
        key, secret = str(settings.get("api_key") or ""), str(settings.get("api_secret") or "")
        # A key can be withdrawn alone; the account's own token stands in where there is none.
        user, word = (key, secret) if key and secret else (self.account, str(settings.get("auth_token") or ""))
        if not self.account or not word:
            raise ChannelError("token_void", permanent=True, stops_inbox=True)
        self._proof = {"authorization": f"Basic {b64encode(f'{user}:{word}'.encode()).decode()}"}

    def __repr__(self) -> str:
        return "Twilio(…)"

    def get(self, path: str, **query: str) -> Fields:
        """Something of the account; `path` is relative to it, or whole."""
        return self._call("GET", self._url(path) + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, form: Sequence[tuple[str, str]], *, is_repeatable: bool = False) -> Fields:
        """Make or change something. `is_repeatable`: doing it twice is as doing it once."""
        return self._call("POST", self._url(path), Body.of_pairs(form) if form else None, is_repeatable=is_repeatable)

    def pages(self, path: str, name: str, **query: str) -> Iterator[Fields]:
        """Every entry of a list, page after page."""
        found = self.get(path, **query)
        while True:
            yield from (one for one in found.get(name) or [] if isinstance(one, dict))
            following = found.get("next_page_uri")
            if not isinstance(following, str) or not following.startswith("/"):
                return
            found = self._call("GET", _base() + following)

    def url_of(self, uri: str) -> str:
        """The whole address of what an answer names by its path."""
        return _base() + uri

    def download(self, url: str) -> tuple[bytes, str]:
        """A file of a message and its type, from Twilio's own address; where that leads on, the credentials stay behind."""
        if not url.startswith(f"{_base()}/"):
            raise ChannelError("file_gone", permanent=True)
        with downloading():
            response = _client().get(url, headers=self._proof, limits=_DOWNLOAD)
        if response.status_code == httpx.codes.OK:
            return response.content, response.headers.get("content-type", "").partition(";")[0].strip()
        if response.status_code in (403, 404, 410):
            raise ChannelError("file_gone", permanent=True)
        raise _error(response)

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"{_base()}/2010-04-01/Accounts/{self.account}{path}.json"

    def _call(self, method: str, url: str, body: Body | None = None, *, is_repeatable: bool = False) -> Fields:
        options: dict[str, Any] = {"headers": self._proof}
        if body is not None:
            options = {"content": body, "headers": {**self._proof, **body.headers}}
        with calling(body, is_repeatable=is_repeatable):
            response = _client().request(method, url, limits=_CALL, **options)
        if response.is_success:
            return object_in(response.content)
        error = _error(response)
        if error.is_ambiguous and (is_repeatable or body is None):
            raise ChannelError(error.code, is_inbox_wide=True, detail=error.detail)
        raise error


def _base() -> str:
    return env.twilio_api_url.rstrip("/")


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_CALL)


def _error(response: httpx.Response) -> ChannelError:
    said: Mapping[str, Any] = object_in(response.content)
    code = said.get("code")
    wait = response.headers.get("retry-after", "")
    seconds = float(wait) if wait.isdecimal() and len(wait) < 6 else None
    # Twilio's own words name the recipient: its code is all that is kept.
    return error_of(response.status_code, code if isinstance(code, int) else 0, "", seconds)
