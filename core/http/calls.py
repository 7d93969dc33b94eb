"""What the sync and async clients share: checking a URL, turning errors into ours, one line in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic
from typing import Any

import httpx
import structlog

from core.http.addresses import check_host
from core.http.errors import RequestFailedError, SafeHttpError, TimeLimitError, UnsafeAddressError
from core.http.limits import Limits

log = structlog.get_logger(__name__)

#: httpx logs whole URLs, and with them whatever secret a platform wants in one.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

PORTS = frozenset({80, 443})
_DEFAULT_PORTS = {"http": 80, "https": 443}


def check_url(url: httpx.URL, *, ports: frozenset[int], exempt: frozenset[str]) -> None:
    """Refuse what no call may go to, before anything is looked up. Raises UnsafeAddressError."""
    if url.scheme not in _DEFAULT_PORTS:
        raise UnsafeAddressError("Only http and https are reached.")
    if url.userinfo:
        raise UnsafeAddressError("Credentials do not belong into a URL.")
    host = url.raw_host.decode("ascii")
    port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if f"{host.lower()}:{port}" in exempt:
        return
    if port not in ports:
        raise UnsafeAddressError(f"Port {port} is not reached.")
    check_host(host)


def parsed(url: str | httpx.URL) -> httpx.URL:
    """Raises UnsafeAddressError when `url` is not one."""
    if isinstance(url, str) and (url != url.strip() or any(ord(letter) < 33 or letter == "\\" for letter in url)):
        raise UnsafeAddressError("The URL holds characters that a URL cannot.")
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise UnsafeAddressError("This is not a URL.") from None


def next_hop(response: httpx.Response) -> httpx.Request:
    """The request that a redirect asks for; httpx drops credentials when the host changes. https stays https."""
    request = response.next_request
    if request is None:
        raise RequestFailedError("The redirect leads nowhere.")
    if response.url.scheme == "https" and request.url.scheme != "https":
        raise UnsafeAddressError("A redirect from https to http is not followed.")
    return request


def plain_response(response: httpx.Response, content: bytes) -> httpx.Response:
    """The response with its body read and decompressed."""
    dropped = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in dropped]
    return httpx.Response(response.status_code, headers=headers, content=content, request=response.request)


def client_options(limits: Limits, headers: dict[str, str] | None) -> dict[str, Any]:
    """Constructor arguments of both httpx clients. Cookies are refused: one client serves many workspaces."""
    return {
        "headers": {"user-agent": "Chatzee", "accept-encoding": "gzip, deflate", **(headers or {})},
        "timeout": httpx.Timeout(limits.read, connect=limits.connect),
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        "follow_redirects": False,
        "trust_env": False,
    }


@contextmanager
def translated(method: str, url: httpx.URL) -> Iterator[dict[str, int]]:
    """Turn httpx's errors into ours, and log host, status and time. The caller puts the status into the dict."""
    started = monotonic()
    seen: dict[str, int] = {}
    cause = ""
    try:
        yield seen
    except SafeHttpError as error:
        cause = type(error).__name__
        raise
    except (httpx.TimeoutException, TimeoutError):
        cause = "TimeLimitError"
        raise TimeLimitError(f"{url.host} did not answer in time.") from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        cause = type(error).__name__
        raise RequestFailedError(f"The call to {url.host} failed: {cause}.") from None
    finally:
        took = round((monotonic() - started) * 1000)
        log.info("http.call", method=method, host=url.host, status=seen.get("status"), error=cause or None, ms=took)
