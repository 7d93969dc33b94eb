"""Structured data for search engines: schema.org as JSON-LD."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from knowledge.content import plain
from knowledge.selectors.shelves import Reading
from knowledge.views.site import Site

LONGEST_ANSWER = 2000


def website(site: Site) -> SafeString:
    """The home page, with its search."""
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": site.canonical(site.search) + "?q={search_term_string}"},
        "query-input": "required name=search_term_string",
    }
    return _json(
        {
            "@type": "WebSite",
            "name": site.centre.name,
            "url": site.canonical(site.home),
            "inLanguage": site.language,
            "potentialAction": action,
        }
    )


def breadcrumbs(site: Site, trail: list[tuple[str, str]]) -> SafeString:
    return _json(_trail(site, trail))


def article(site: Site, reading: Reading, description: str) -> SafeString:
    """An article with its way from the home page; one whose title asks something is a question with its answer too."""
    address = site.article(reading)
    category = reading.article.category
    trail = [(site.named(category), site.category(category))] if category is not None else []
    published = reading.article.published_at
    data: list[dict[str, Any]] = [
        {
            "@type": "Article",
            "headline": reading.title,
            "description": description,
            "inLanguage": reading.article.language,
            "url": site.canonical(address),
            "dateModified": (published or reading.version.updated_at).isoformat(),
            "datePublished": reading.article.created_at.isoformat(),
            "publisher": {"@type": "Organization", "name": site.centre.name},
        },
        _trail(site, [*trail, (reading.title, address)]),
    ]
    if reading.title.rstrip().endswith(("?", "？", "؟")):
        answer = {"@type": "Answer", "text": plain(reading.version.body)[:LONGEST_ANSWER]}
        question = {"@type": "Question", "name": reading.title, "acceptedAnswer": answer}
        data.append({"@type": "FAQPage", "mainEntity": [question]})
    return _json({"@graph": data})


def _trail(site: Site, trail: list[tuple[str, str]]) -> dict[str, Any]:
    steps = [(_("Help centre"), site.home), *trail]
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": site.canonical(address)}
        for place, (name, address) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _json(data: dict[str, Any]) -> SafeString:
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    # The only way out of a script element is "</": no text of an article may hold it.
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308  # escaped here
