"""Pages of the public web, by the safe client alone: robots.txt, sitemaps, one page at a time. Touches no database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from lxml import etree

from core.http import Limits, ResponseTooLargeError, SafeClient, SafeHttpError, TimeLimitError, UnsafeAddressError
from knowledge.extracting import HTML, MARKDOWN, PDF, TEXT, ExtractError

AGENT = "Chatzee"
PAGE = Limits(total=30.0, max_bytes=8 * 1024 * 1024, redirects=4)
#: A sitemap may lead to others; so many are read, of so many addresses each.
MAX_SITEMAPS, MAX_LISTED = 20, 50_000
#: Seconds between two calls to one website, at least and at most (what its robots.txt asks for counts in between).
PAUSE, MOST_PAUSE = 0.5, 10.0
_TYPES = {"text/html": HTML, "application/xhtml+xml": HTML, "application/pdf": PDF, "text/markdown": MARKDOWN, "text/plain": TEXT}
_PASSED = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|zip|gz|mp[34]|mov|woff2?|exe|dmg)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came; `url` is where redirects have led."""

    url: str
    content: bytes
    content_type: str


class Site:
    """One website and its rules. `is_permanent` problems are raised as ExtractError with their code."""

    def __init__(self, address: str, client: SafeClient) -> None:
        self.address = canonical(address)
        parts = urlsplit(self.address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._client = client
        self._robots: RobotFileParser | None = None

    def rules(self) -> RobotFileParser:
        """The website's robots.txt; where there is none everything may be read, where it cannot be had nothing."""
        if self._robots is None:
            self._robots = RobotFileParser()
            try:
                response = self._client.get(f"{self.origin}/robots.txt", limits=PAGE)
            except SafeHttpError as error:
                raise ExtractError(_code(error)) from None
            if response.status_code >= 500:
                raise ExtractError("server")
            self._robots.parse(response.text.splitlines() if response.status_code < 400 else [])
        return self._robots

    def may_read(self, url: str) -> bool:
        return self.rules().can_fetch(AGENT, url)

    def pause(self) -> float:
        """Seconds to wait between two calls."""
        asked = self.rules().crawl_delay(AGENT)
        return min(MOST_PAUSE, max(PAUSE, float(asked or 0)))

    def listed(self, limit: int, *, is_expected: bool = False) -> list[str]:
        """The pages that the website's sitemap lists, at most `limit`; none where it has no sitemap.

        `is_expected`: it had one before. Then one that cannot be read, or names nothing, raises ExtractError: a website out of
        order must not look like one whose pages have gone.
        """
        starts = [self.address] if urlsplit(self.address).path.endswith(".xml") else [
            *(self.rules().site_maps() or []), f"{self.origin}/sitemap.xml"
        ]  # fmt: skip
        waiting, seen, is_answered = list(dict.fromkeys(starts)), 0, False
        found: dict[str, None] = {}
        while waiting and seen < MAX_SITEMAPS and len(found) < limit:
            seen += 1
            root = self._map(waiting.pop(0), is_expected=is_expected)
            is_answered = is_answered or root is not None
            for is_map, url in _entries(root) if root is not None else ():
                if is_map:
                    waiting.append(url)
                elif self.is_own(url) and self.may_read(url):
                    found[url] = None
                if len(found) >= limit:
                    break
        if is_expected and is_answered and not found:
            raise ExtractError("map")
        return list(found)

    def is_own(self, url: str) -> bool:
        """Whether an address is a page of this very website."""
        return url.startswith((f"{self.origin}/", self.origin + "?")) and not _PASSED.search(urlsplit(url).path)

    def links(self, page: Page, links: list[str]) -> list[str]:
        """Where a page leads to within the website."""
        found = dict.fromkeys(
            canonical(urljoin(page.url, link)) for link in links if not link.startswith(("mailto:", "tel:", "#"))
        )
        return [url for url in found if self.is_own(url) and self.may_read(url)]

    def page(self, url: str) -> Page:
        """Fetch a page. Raises ExtractError."""
        if not self.may_read(url):
            raise ExtractError("robots")
        try:
            response = self._client.get(url, limits=PAGE)
        except SafeHttpError as error:
            raise ExtractError(_code(error)) from None
        if response.status_code in {404, 410}:
            raise ExtractError("gone")
        if response.status_code in {401, 403, 451}:
            raise ExtractError("refused")
        if response.status_code >= 300:
            raise ExtractError("server")
        kind = _TYPES.get(response.headers.get("content-type", "text/html").partition(";")[0].strip().lower())
        if kind is None:
            raise ExtractError("page_type")
        return Page(str(response.request.url), response.content, kind)

    def _map(self, url: str, *, is_expected: bool) -> etree._Element | None:
        """A sitemap; None where there is none, or (unless one `is_expected`) where it cannot be read."""
        try:
            response = self._client.get(url, limits=PAGE)
        except SafeHttpError as error:
            if is_expected:
                raise ExtractError(_code(error)) from None
            return None
        if response.status_code != 200:
            if is_expected and response.status_code not in {404, 410}:
                raise ExtractError("server")
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
        root = etree.fromstring(response.content, parser)
        if root is None and is_expected:
            raise ExtractError("map")
        return root


def _entries(root: etree._Element) -> Iterator[tuple[bool, str]]:
    """(is a sitemap itself, address) of each entry of a sitemap."""
    is_index = etree.QName(root).localname == "sitemapindex"
    for place in islice(root.iterfind("./{*}*/{*}loc"), MAX_LISTED):
        if place.text:
            yield is_index, canonical(place.text.strip())


def canonical(url: str) -> str:
    """An address without its fragment, its host in lower case, with a path."""
    parts = urlsplit(urldefrag(url.strip())[0])
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def _code(error: SafeHttpError) -> str:
    if isinstance(error, UnsafeAddressError):
        return "address"
    if isinstance(error, ResponseTooLargeError):
        return "size"
    return "timeout" if isinstance(error, TimeLimitError) else "server"
