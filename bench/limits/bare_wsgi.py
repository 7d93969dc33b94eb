"""The limit of a page: Django with one view that does nothing, under the server the product uses."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b'{"stored":true}', content_type="application/json", headers={"Content-Length": "15"})


urlpatterns = [path("healthz", nothing), path("", nothing)]

if not settings.configured:
    settings.configure(SECRET_KEY="bench", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[])  # noqa: S106  # nothing is signed

application = get_wsgi_application()
