"""What machines ask of a help centre: its colours, its sitemap, what may be crawled, and which domains are ours to serve."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from core.http.throttle import is_throttled
from knowledge.selectors import shelves
from knowledge.selectors.centre import slug_of_domain
from knowledge.views.site import Site, help_view

CHECKS_PER_MINUTE = 600


@require_safe
@help_view
def theme(request: HttpRequest, site: Site, color: str) -> HttpResponse:
    """The company's colour as a style sheet: the policy of our pages allows no style inside them."""
    if color != site.centre.color.removeprefix("#"):
        raise Http404
    return HttpResponse(f":root {{ --brand: #{color}; }}\n", content_type="text/css; charset=utf-8")


@require_safe
@help_view
def sitemap(request: HttpRequest, site: Site) -> HttpResponse:
    """Every page that may be read, with its translations."""
    groups: dict[str, list[tuple[str, str]]] = {}
    entries = []
    for code in site.languages:
        for reading in shelves.readings(code):
            address = site.canonical(site.article(reading))
            groups.setdefault(str(reading.article.group), []).append((code, address))
            entries.append((address, reading.article.published_at, str(reading.article.group)))
    homes = [(code, site.canonical(f"{site.prefix}/{code}/")) for code in site.languages]
    rows: list[tuple[str, datetime | None, list[tuple[str, str]]]] = [(address, None, homes) for _code, address in homes]
    rows += [(address, at, groups[group]) for address, at, group in entries]
    text = render_to_string("knowledge/help/sitemap.xml", {"rows": rows})
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@require_safe
@help_view
def robots(request: HttpRequest, site: Site) -> HttpResponse:
    """What crawlers may read."""
    rule = f"Allow: {site.prefix}/\nDisallow: {site.prefix}/*/search/" if site.centre.is_indexed else f"Disallow: {site.prefix}/"
    text = f"User-agent: *\n{rule}\nSitemap: {site.canonical(f'{site.prefix}/sitemap.xml')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def domain_check(request: HttpRequest) -> HttpResponse:
    """For the proxy before it gets a certificate: 200 for a domain that a company has proven to be its own, else 404."""
    domain = request.GET.get("domain", "").lower().rstrip(".")[:253]
    if not domain or is_throttled(request, "help.domain", CHECKS_PER_MINUTE) or slug_of_domain(domain) is None:
        raise Http404
    return HttpResponse("ok", content_type="text/plain")
