"""What views answer to browsers that stay on their page: nothing, a toast, or what was wrong, in words."""

from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse


def done(
    message: str = "", *, undo_url: str = "", tone: str = "good", closes_dialog: bool = False, **triggers: Any
) -> HttpResponse:
    """It worked: the page hears of the change by its socket. `message` appears as a toast, with undo where there is one."""
    response = HttpResponse(status=204)
    events: dict[str, Any] = {**triggers, **({"close-dialog": True} if closes_dialog else {})}
    if message:
        events["toast"] = _toast(message, tone, undo_url)
    if events:
        response["HX-Trigger"] = _events(**events)
    return response


def with_toast(page: HttpResponse, message: str) -> HttpResponse:
    """A page that takes the place of the one that was sent in, and says what was done."""
    page["HX-Trigger-After-Settle"] = _events(toast=_toast(message, "good"))
    return page


def wrong(error: ValidationError | str, status: int = 422) -> JsonResponse:
    """What was wrong and what to do about it; what was typed stays in the browser."""
    words = " ".join(error.messages) if isinstance(error, ValidationError) else error
    response = JsonResponse({"message": words}, status=status)
    response["HX-Trigger"] = _events(toast=_toast(words, "bad"))
    response["HX-Reswap"] = "none"
    return response


def _toast(message: str, tone: str, undo_url: str = "") -> dict[str, str]:
    return {"message": message, "tone": tone, **({"undo_url": undo_url} if undo_url else {})}


def _events(**events: Any) -> str:
    """Events of the page as htmx reads them from a header."""
    return orjson.dumps(events).decode()
