"""Meta's callbacks about people who connected accounts with us (channels.md, 4): deauthorisation and data deletion."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from pydantic import SecretStr

from channels_app.adapters.meta.signed_request import read_signed_request
from channels_app.contract import RefusedError
from channels_app.models import PlatformRequest
from channels_app.services import platform_requests
from chatzee.env import env

#: The operator's apps: whose secret signs, and the channels whose inboxes stand on it.
_APPS: dict[str, tuple[Callable[[], SecretStr], tuple[str, ...]]] = {
    "facebook": (lambda: env.meta_app_secret, ("whatsapp", "messenger", "instagram")),
    "instagram": (lambda: env.instagram_app_secret, ("instagram",)),
}


@csrf_exempt
@require_POST
def deauthorisation(request: HttpRequest, app: str) -> HttpResponseBase:
    """Somebody removed our app: forget their access and stop what stood on it."""
    answer = _settled(request, app, platform_requests.Kind.DEAUTHORISATION)
    return answer if isinstance(answer, HttpResponse) else JsonResponse({"confirmation_code": answer.code})


@csrf_exempt
@require_POST
def deletion(request: HttpRequest, app: str) -> HttpResponseBase:
    """Somebody wants their data deleted; answered with the page that tells how that stands."""
    answer = _settled(request, app, platform_requests.Kind.DELETION)
    if isinstance(answer, HttpResponse):
        return answer
    url = env.public_url.rstrip("/") + reverse("meta:request", args=[answer.code])
    return JsonResponse({"url": url, "confirmation_code": answer.code})


@require_GET
def request_status(request: HttpRequest, code: str) -> HttpResponseBase:
    """How a request stands, for whoever has its code."""
    found = get_object_or_404(PlatformRequest, code=code)
    return render(request, "channels/meta/request.html", {"found": found, "is_deletion": found.kind == found.Kind.DELETION})


def _settled(request: HttpRequest, app: str, kind: str) -> PlatformRequest | HttpResponse:
    if app not in _APPS:
        raise Http404
    secret, channels = _APPS[app]
    signed = request.POST.get("signed_request", "")
    try:
        said = read_signed_request(signed, secret().get_secret_value())
    except RefusedError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    return platform_requests.settle(app, kind, said.user_id, signed=signed, channels=channels)
