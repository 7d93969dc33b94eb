"""What the safe client raises. Messages name the host at most: paths and queries may hold secrets."""


class SafeHttpError(Exception):
    """A call that did not bring a response."""


class UnsafeAddressError(SafeHttpError):
    """The URL, or an address its host resolves to, is not one that outgoing calls may reach."""


class TimeLimitError(SafeHttpError):
    """The call did not finish in time."""


class ResponseTooLargeError(SafeHttpError):
    """The response is larger than the caller allows, as sent or after decompression."""


class RequestFailedError(SafeHttpError):
    """No connection, a broken one, an answer that is not HTTP, or a redirect that cannot be followed."""
