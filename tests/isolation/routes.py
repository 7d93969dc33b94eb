"""Every address of the product, walked from the resolver, and what each is: of a workspace, personal, public or operators'."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

#: Whom anybody may visit, and why.
PUBLIC = {
    "healthz": "a load balancer asks it; it says nothing but ok",
    "readyz": "a load balancer asks it; it names parts, not data",
    "metrics": "this machine, or the holder of the scraper's token",
    "styleguide/": "the design system's sample page, never in production",
    "sign-in/": "the door",
    "sign-in/second-factor/": "the door's second lock; needs a password given just before",
    "sign-out/": "ends the caller's own session only",
    "sign-up/": "makes a new account",
    "password/forgotten/": "answers the same for known and unknown addresses",
    "password/new/<str:uid>/<str:token>/": "the token of a mail",
    "address/<str:uid>/<str:token>/": "the token of a mail",
    "address/change/<str:uid>/<str:token>/": "the token of a mail",
    "invitations/<str:token>/": "the token of a mail",
    "passkeys/authentication/": "signing in by passkey begins here",
    "passkeys/authentication/completion/": "signing in by passkey ends here",
    "widget.js": "the script on customers' pages",
    "widget/<str:key>/try/": "the sample shop of an inbox, by its public key",
    "widget/<str:key>/boot/": "the widget, by allowed origin",
    "widget/<str:key>/frame/": "the widget's frame: a page without data",
    "widget/<str:key>/session/": "the widget, by a ticket that proves the origin",
    "widget/<str:key>/messages/": "the widget, by visitor token",
    "widget/<str:key>/uploads/": "the widget, by visitor token",
    "widget/<str:key>/articles/": "the widget: articles that the public may read",
    "widget/<str:key>/articles/<int:number>/": "the widget: an article that the public may read",
    "help-domains/check/": "the proxy asks which domains are served; it says yes or no",
    "help/<slug:slug>/": "the public help centre, once its company has opened it",
    "help/<slug:slug>/theme-<str:color>.css": "likewise: the company's colour",
    "help/<slug:slug>/sitemap.xml": "likewise",
    "help/<slug:slug>/pictures/<uuid:picture>.webp": "likewise: pictures of published articles",
    "help/<slug:slug>/robots.txt": "likewise",
    "help/<slug:slug>/<str:language>/": "likewise",
    "help/<slug:slug>/<str:language>/search/": "likewise: published articles only",
    "help/<slug:slug>/<str:language>/categories/<str:ref>/": "likewise",
    "help/<slug:slug>/<str:language>/articles/<str:ref>/": "likewise",
    "help/<slug:slug>/<str:language>/articles/<str:ref>/feedback/": "a reader's yes or no, from a page of this very site",
    "widget/files/<str:signed>/": "the widget's files, by signed links that end",
    "meta/<str:app>/deauthorisation/": "a platform's call, by its signature",
    "meta/<str:app>/deletion/": "a platform's call, by its signature",
    "meta/requests/<str:code>/": "how a platform's request stands, by its code",
    "media/<str:signed>/<str:name>": "outbound files for platforms, by signed links that end",
}
#: Of the signed-in person alone: no workspace's data is behind them.
PERSONAL = ("me/", "passkeys/", "workspaces/")
OPERATORS = "operations/"


@dataclass(frozen=True)
class Route:
    """One address: its pattern, the view behind it and the names of its parts."""

    pattern: str
    view: Callable[..., Any]
    parts: tuple[str, ...]

    @property
    def permission(self) -> Any:
        return getattr(self.view, "permission", None)

    def path(self, values: dict[str, Any]) -> str:
        """The address with these parts filled in."""
        text = self.pattern
        for converter in ("uuid:", "str:", "int:", "path:", "slug:"):
            text = text.replace(f"<{converter}", "<")
        for name in self.parts:
            text = text.replace(f"<{name}>", str(values[name]))
        return f"/{text}"


def all_routes() -> list[Route]:
    """Every route, in the order in which Django looks at them."""
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, parts: tuple[str, ...]) -> Iterator[Route]:
    for found in resolver.url_patterns:
        pattern = f"{prefix}{found.pattern}"
        names = (*parts, *found.pattern.converters)
        if isinstance(found, URLResolver):
            yield from _walk(found, pattern, names)
        elif isinstance(found, URLPattern):
            yield Route(pattern, found.callback, names)


def is_public(route: Route) -> bool:
    return route.pattern in PUBLIC


def is_of_workspace(route: Route) -> bool:
    return route.pattern.startswith("w/<uuid:workspace>/")


def is_personal(route: Route) -> bool:
    return not is_public(route) and (route.pattern == "" or route.pattern.startswith(PERSONAL))


def is_operators(route: Route) -> bool:
    return route.pattern.startswith(OPERATORS)
