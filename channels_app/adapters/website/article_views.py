"""Articles in the widget's frame: what the public may read anyway, so an inbox's public key is enough."""

from dataclasses import asdict
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from channels_app.adapters.website.library import library
from channels_app.services.accounts import inbox_by_key
from core.http.throttle import is_throttled
from core.tenancy import scope

SEARCHES_PER_MINUTE = 90
LONGEST_WORDS = 200


@require_GET
@cache_control(public=True, max_age=60)
def articles(request: HttpRequest, key: str) -> HttpResponse:
    """Articles that hold `q`; without it those to begin with."""
    workspace_id, shelf = _workspace(key), library()
    if is_throttled(request, "widget.articles", SEARCHES_PER_MINUTE):
        return JsonResponse({"code": "too_many", "message": "Too many requests. Wait a minute."}, status=429)
    if shelf is None:
        return JsonResponse({"articles": []})
    words, language = request.GET.get("q", "").strip()[:LONGEST_WORDS], request.GET.get("lang", "en")[:8]
    with scope(workspace_id):
        found = shelf.found(words, language) if words else shelf.suggested(language)
    return JsonResponse({"articles": [asdict(one) for one in found]})


@require_GET
@cache_control(public=True, max_age=60)
def article(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One article."""
    workspace_id, shelf = _workspace(key), library()
    found = None
    if shelf is not None:
        with scope(workspace_id):
            found = shelf.article(number)
    if found is None:
        raise Http404
    return JsonResponse(asdict(found))


def _workspace(key: str) -> UUID:
    inbox = inbox_by_key("website", key)
    if inbox is None or not inbox.is_enabled:
        raise Http404
    return inbox.workspace_id
