"""One address: people who come by another name of this server are led to the public one."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from chatzee.env import env

_PUBLIC = env.public_url.rstrip("/")
_HOST = urlsplit(_PUBLIC).netloc


class CanonicalHostMiddleware:
    """Cookies, sockets and passkeys belong to one host name, so pages are shown under that one only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if is_page and request.get_host() != _HOST:
            return HttpResponseRedirect(_PUBLIC + request.get_full_path())
        return self.get_response(request)
