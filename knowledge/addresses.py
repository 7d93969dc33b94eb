"""Where the public can read something."""

from django.urls import reverse
from django.utils.text import slugify

from chatzee.env import env
from knowledge.models import Article, Document, HelpCentre


def base_of(centre: HelpCentre) -> str:
    """The address of a help centre without its last stroke: its own domain once that is proven, else ours."""
    if centre.domain and centre.domain_verified_at is not None:
        return f"https://{centre.domain}"
    return env.public_url.rstrip("/") + reverse("help:root", args=[centre.slug]).rstrip("/")


def article_address(centre: HelpCentre, article: Article, title: str) -> str:
    """`title` is the published one: it stands in the address."""
    return f"{base_of(centre)}/{article.language}/articles/{named(article.number, title)}/"


def address_of(document: Document, centre: HelpCentre | None) -> str:
    """Where customers can read a document, "" where they cannot."""
    if not document.is_public:
        return ""
    if document.article is None:
        return document.url
    return article_address(centre, document.article, document.title) if centre is not None else ""


def named(number: int, words: str) -> str:
    """The last part of an address: the number finds the thing, the words are for people."""
    slug = slugify(words, allow_unicode=True)[:80].strip("-")
    return f"{number}-{slug}" if slug else str(number)
