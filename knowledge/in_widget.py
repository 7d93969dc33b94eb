"""The help centre's articles in the website's chat."""

from django.urls import reverse

from channels_app.adapters.website.library import Article, Entry
from knowledge import pictures
from knowledge.addresses import article_address
from knowledge.content import excerpt
from knowledge.models import HelpCentre
from knowledge.selectors import shelves
from knowledge.selectors.centre import open_centre

SUGGESTED = 3


class HelpLibrary:
    """What the public may read of an open help centre."""

    def suggested(self, language: str) -> list[Entry]:
        """Those that helped most, then the first of the shelves."""
        centre = open_centre()
        if centre is None:
            return []
        found = shelves.readings(_language(centre, language))
        found.sort(key=lambda one: one.article.unhelpful_count - one.article.helpful_count)
        return [_entry(one) for one in found[:SUGGESTED]]

    def found(self, words: str, language: str) -> list[Entry]:
        centre = open_centre()
        if centre is None:
            return []
        return [_entry(one.reading) for one in shelves.search(centre, words, _language(centre, language))]

    def article(self, number: int) -> Article | None:
        centre, reading = open_centre(), shelves.reading_of(number)
        if centre is None or reading is None:
            return None
        url = article_address(centre, reading.article, reading.title)
        # From the widget's own origin, whatever the company's domain: its frame shows no others.
        html = pictures.shown(reading.version.body, lambda one: reverse("help:picture", args=[centre.slug, one]))
        return Article(number, reading.title, html, url, reading.article.language)


def _language(centre: HelpCentre, wanted: str) -> str:
    there = shelves.languages_of(centre)
    if wanted in there:
        return wanted
    return centre.default_language if centre.default_language in there else there[0]


def _entry(reading: shelves.Reading) -> Entry:
    return Entry(reading.article.number, reading.title, excerpt(reading.version.body, 110))
