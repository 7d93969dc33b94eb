"""The Graph API over the safe client: one line per access token.

Time limits: a call 5 s to connect and 20 s in all, one with a file 50 s, a download 60 s. Every call proves by
`appsecret_proof` that it comes from a server of the app, where the app's secret is known.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from channels_app.adapters.meta.errors import COMMON, MINUTE, NO_CODE, Answer, Table, error_of
from channels_app.calling import Body, Upload, calling, downloading
from channels_app.contract import ChannelError
from channels_app.json_fields import object_in
from chatzee.env import env
from core.http import Limits, SafeClient

#: The version that every call names. Meta keeps one for about two years.
VERSION = "v26.0"
MAX_DOWNLOAD = 100 * 1024 * 1024
_CALL = Limits(connect=5, read=15, total=20, max_bytes=4 * 1024 * 1024)
_UPLOAD = Limits(connect=5, read=45, total=50, max_bytes=4 * 1024 * 1024)
_DOWNLOAD = Limits(connect=5, read=20, total=60, max_bytes=MAX_DOWNLOAD)
#: Where Meta keeps files that only our token opens.
_FILE_HOSTS = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")
#: The usage, in per cent of what is allowed, from which calls are refused.
_FULL = 100


class Graph:
    """A line to the Graph API. Every method raises ChannelError, by the channel's table.

    `secret` is that of the app the token is of, empty where nobody told it. `is_repeatable`: doing a call twice is as
    doing it once, so a lost answer is no doubt.
    """

    def __init__(self, token: str, *, secret: str = "", table: Table = COMMON, base: str = "") -> None:
        self._token = token
        self._secret = secret
        self._table = table
        self._base = (base or base_url()).rstrip("/")

    def __repr__(self) -> str:
        return "Graph(…)"

    def with_token(self, token: str) -> "Graph":
        """The same line with another access token of the app."""
        return Graph(token, secret=self._secret, table=self._table, base=self._base)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read a node or an edge."""
        return self._call("GET", path, params=params, is_repeatable=True)

    def pages(self, path: str, *, most: int = 50, **params: Any) -> Iterator[dict[str, Any]]:
        """The items of an edge, page after page, of at most `most` pages."""
        after = ""
        for _page in range(most):
            found = self.get(path, **params, **({"after": after} if after else {}))
            items, paging = found.get("data"), found.get("paging")
            yield from (one for one in items if isinstance(one, dict)) if isinstance(items, list) else ()
            cursors = paging.get("cursors") if isinstance(paging, dict) and "next" in paging else None
            after = str(cursors.get("after") or "") if isinstance(cursors, dict) else ""
            if not after:
                return

    def post(self, path: str, body: Mapping[str, Any], *, is_repeatable: bool = False, **params: Any) -> dict[str, Any]:
        """Do something; `body` goes as JSON."""
        return self._call("POST", path, params=params, body=Body.of_json(body), is_repeatable=is_repeatable)

    def delete(self, path: str, **params: Any) -> dict[str, Any]:
        """Take something back."""
        return self._call("DELETE", path, params=params, is_repeatable=True)

    def upload(self, path: str, fields: Mapping[str, str], file: Upload) -> dict[str, Any]:
        """Hand a file over; nobody is sent anything by it."""
        return self._call("POST", path, body=Body.of_form(fields, [file]), limits=_UPLOAD, is_repeatable=True)

    def download(self, url: str, *, limit: int = MAX_DOWNLOAD) -> bytes | None:
        """The bytes behind an address that the API gave, opened by our token; None when the address has ended."""
        self._check_host(url)
        limits = Limits(connect=_DOWNLOAD.connect, read=_DOWNLOAD.read, total=_DOWNLOAD.total, max_bytes=limit)
        with downloading():
            response = _client().get(url, headers=self._headers, limits=limits)
        if response.status_code == httpx.codes.OK:
            return response.content
        if response.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE):
            return None
        raise error_of(answer_of(response), self._table)

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"} if self._token else {}

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        limits: Limits = _CALL,
        is_repeatable: bool = False,
    ) -> dict[str, Any]:
        asked = {**(params or {}), **self._proof()}
        options: dict[str, Any] = {"params": asked} if asked else {}
        headers = {**self._headers, **(body.headers if body else {})}
        if body is not None:
            options["content"] = body
        with calling(body, is_repeatable=is_repeatable):
            response = _client().request(method, f"{self._base}/{VERSION}/{path}", headers=headers, limits=limits, **options)
        return self._result(response, is_repeatable=is_repeatable)

    def _result(self, response: httpx.Response, *, is_repeatable: bool) -> dict[str, Any]:
        said = _json(response)
        if response.is_success and said is not None and "error" not in said:
            return said
        answer = answer_of(response)
        # A gateway's page in place of an answer: what stands behind it may have done the call.
        if answer.code == NO_CODE and (answer.status >= 500 or response.is_success) and not is_repeatable:
            raise ChannelError("unconfirmed", is_ambiguous=True, is_inbox_wide=True, detail=f"HTTP {answer.status}")
        raise error_of(answer, self._table)

    def _proof(self) -> dict[str, str]:
        if not self._secret or not self._token:
            return {}
        return {"appsecret_proof": hmac.new(self._secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()}

    def _check_host(self, url: str) -> None:
        """Our token goes to Meta alone, whatever address an answer names."""
        given, base = urlsplit(url), urlsplit(self._base)
        if given.netloc == base.netloc and given.scheme == base.scheme:
            return
        if given.scheme != "https" or not (given.hostname or "").endswith(_FILE_HOSTS):
            raise ChannelError("refused", permanent=True, detail="The file is at an address that is not Meta's.")


def base_url() -> str:
    """Where the Graph API is."""
    return env.meta_graph_url


def answer_of(response: httpx.Response) -> Answer:
    """How a call failed, from its body and headers."""
    error = (_json(response) or {}).get("error")
    error = error if isinstance(error, dict) else {}
    details = error.get("error_data")
    words = str(details.get("details") or "") if isinstance(details, dict) else ""
    return Answer(
        status=response.status_code,
        code=_whole(error.get("code"), NO_CODE),
        subcode=_whole(error.get("error_subcode"), 0),
        message=words or str(error.get("message") or ""),
        regain=_regain(response.headers),
    )


def _regain(headers: Mapping[str, str]) -> float | None:
    """Seconds until calls are taken again: by the business's own usage, else the header that every gateway knows."""
    found = object_in(headers.get("x-business-use-case-usage", ""))
    uses = [one for some in found.values() if isinstance(some, list) for one in some if isinstance(one, dict)]
    waits = [_whole(one.get("estimated_time_to_regain_access"), 0) for one in uses]
    if max(waits, default=0) > 0:
        return min(max(waits), 24 * 60) * MINUTE
    usage = object_in(headers.get("x-app-usage", ""))
    if any(_whole(usage.get(name), 0) >= _FULL for name in ("call_count", "total_cputime", "total_time")):
        return 5 * MINUTE
    after = headers.get("retry-after", "")
    return min(float(after), 86_400.0) if after.isascii() and after.isdecimal() and len(after) < 8 else None


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_CALL)


def _json(response: httpx.Response) -> dict[str, Any] | None:
    """The answer as an object; None for what is none, such as a gateway's page of HTML."""
    try:
        found = orjson.loads(response.content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else {"data": found} if isinstance(found, list) else None


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
