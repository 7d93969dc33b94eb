"""From what the SDK and the network raise to the product's own reasons."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai

from ai.providers.contract import ProviderError, Reason
from core.http.errors import ResponseTooLargeError, SafeHttpError, TimeLimitError, UnsafeAddressError

_TOO_LONG = re.compile(r"context.{0,12}(length|size|window)|(maximum|available) context|too many tokens", re.IGNORECASE)
_CREDIT = re.compile(r"insufficient_quota|exceeded your current quota|billing|credit", re.IGNORECASE)
_FILTERED = re.compile(r"content_filter|content_policy|ResponsibleAIPolicy", re.IGNORECASE)


@contextmanager
def translated(*, is_adaptable: bool = False) -> Iterator[None]:
    """Turn the SDK's and the network's errors into ProviderError; what callers raise themselves passes.

    `is_adaptable`: a server's 400 or 422 comes as the SDK's own error, for a caller who may ask in another way.
    """
    try:
        yield
    except openai.APIStatusError as error:
        if is_adaptable and error.status_code in {400, 422}:
            raise
        raise of_status(error) from None
    except (openai.APITimeoutError, TimeLimitError, httpx.TimeoutException):
        raise ProviderError(Reason.TIME, is_permanent=False) from None
    except ResponseTooLargeError:
        raise ProviderError(Reason.TOO_LARGE, is_permanent=True) from None
    except UnsafeAddressError:
        raise ProviderError(Reason.ADDRESS, is_permanent=True) from None
    except (openai.APIConnectionError, SafeHttpError, httpx.HTTPError, httpx.InvalidURL):
        raise ProviderError(Reason.DOWN, is_permanent=False) from None
    except openai.APIError as error:  # an error in the midst of a stream
        raise _of_body(500, error.body) from None
    except (openai.OpenAIError, ValueError, TypeError, AttributeError):
        # Bytes that are no JSON, and JSON in a shape that the SDK does not know, break it in these ways.
        raise ProviderError(Reason.MALFORMED, is_permanent=True) from None


def of_status(error: openai.APIStatusError) -> ProviderError:
    """What a status says; `retry_after` from the server's header."""
    found = _of_body(error.status_code, error.body)
    found.retry_after = _seconds(error.response.headers.get("retry-after", ""))
    return found


def _of_body(status: int, body: Any) -> ProviderError:
    words = _words(body)
    if status in {401, 403}:
        return ProviderError(Reason.KEY, is_permanent=True)
    if status == 402 or (status == 429 and _CREDIT.search(words)):
        return ProviderError(Reason.CREDIT, is_permanent=True)
    if status == 404:
        return ProviderError(Reason.MODEL, is_permanent=True)
    if status == 429:
        return ProviderError(Reason.RATE, is_permanent=False)
    if 300 <= status < 400:  # redirects are not followed: the address is not the API's own
        return ProviderError(Reason.ADDRESS, is_permanent=True)
    if status in {408, 409, 425} or status >= 500:
        return ProviderError(Reason.DOWN, is_permanent=False)
    if _FILTERED.search(words):
        return ProviderError(Reason.FILTERED, is_permanent=True)
    if _TOO_LONG.search(words):
        return ProviderError(Reason.TOO_LONG, is_permanent=True)
    if "model" in words and re.search(r"not exist|not found|unknown model|invalid model", words, re.IGNORECASE):
        return ProviderError(Reason.MODEL, is_permanent=True)
    return ProviderError(Reason.REQUEST, is_permanent=True)


def _words(body: Any) -> str:
    """The error's code, parameter and message, for telling causes apart; never shown, never logged."""
    if not isinstance(body, dict):
        return str(body or "")[:2000]
    return " ".join(str(body.get(name) or "") for name in ("code", "type", "param", "message"))[:2000]


def refused_parameter(error: openai.APIStatusError) -> str:
    """Which of the parameters that servers disagree about a 400 or 422 speaks of; empty: none that is known."""
    words = _words(error.body)
    for name, pattern in (
        ("max_tokens", r"max_(completion_)?tokens"),
        ("temperature", r"temperature"),
        ("stream_options", r"stream_options|include_usage"),
        ("response_format", r"response_format|json_schema|json_object|schema|grammar"),
    ):
        if re.search(pattern, words, re.IGNORECASE):
            return name
    return ""


def _seconds(value: str) -> float | None:
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None
