"""How the Bot API says no."""

from typing import Any

import orjson

from channels_app.emulators.web import Response


class ApiError(Exception):
    """A call that the platform refuses, in its words."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def response(self) -> Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        headers = {"retry-after": str(self.parameters["retry_after"])} if "retry_after" in self.parameters else {}
        return Response(self.code, orjson.dumps(body), headers=headers)


def bad(description: str) -> ApiError:
    """400."""
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    """403."""
    return ApiError(403, f"Forbidden: {description}")


def too_many(seconds: float) -> ApiError:
    """429 with the seconds to wait."""
    wait = max(int(seconds + 0.999), 1)
    return ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
