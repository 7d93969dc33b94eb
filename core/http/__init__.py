"""The safe HTTP client: the only way out. It reaches public addresses, within limits, and logs no content."""

from core.http.async_client import AsyncSafeClient
from core.http.client import SafeClient
from core.http.errors import (
    RequestFailedError,
    ResponseTooLargeError,
    SafeHttpError,
    TimeLimitError,
    UnsafeAddressError,
)
from core.http.limits import Limits

__all__ = [
    "AsyncSafeClient",
    "Limits",
    "RequestFailedError",
    "ResponseTooLargeError",
    "SafeClient",
    "SafeHttpError",
    "TimeLimitError",
    "UnsafeAddressError",
]
