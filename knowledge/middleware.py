"""Companies' own domains: a request for one is answered by its help centre, and by nothing else of the product."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase

from chatzee.env import env
from knowledge.selectors.centre import slug_of_domain

#: Seconds for which a domain's answer is kept: a domain that is taken away stops so soon, in each process.
KEPT = 30.0
CHECK = "/help-domains/check/"
_MOST = 5000
_OWN = urlsplit(env.public_url).netloc


class HelpDomainMiddleware:
    """Stands before everything that asks for the host: only here a foreign host name is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._known: dict[str, tuple[float, str | None]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == CHECK:
            # The proxy asks by the name that this process has in its network.
            request.META["HTTP_HOST"] = _OWN
        host = str(request.META.get("HTTP_HOST", "")).lower()
        domain = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if host != _OWN and domain not in env.allowed_hosts and "." in domain and (slug := self._slug(domain)):
            request.help_domain, request.help_slug = domain, slug  # type: ignore[attr-defined]  # read by the help centre's views
            request.urlconf = "knowledge.domain_urls"
            request.META["HTTP_HOST"] = _OWN
        return self.get_response(request)

    def _slug(self, domain: str) -> str | None:
        now = time.monotonic()
        at, slug = self._known.get(domain, (-KEPT, None))
        if now - at >= KEPT:
            slug = slug_of_domain(domain)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[domain] = (now, slug)
        return slug
