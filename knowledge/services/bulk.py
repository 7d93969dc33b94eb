"""The same for many articles at once: each by the very function that does it for one, and each for itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from knowledge.models import Article, Category
from knowledge.services.articles import (
    archive_article,
    change_language,
    delete_article,
    place_article,
    publish_article,
    return_to_draft,
)

#: More are not taken at once: the page waits for the answer.
MOST = 200


class Act(StrEnum):
    """What is done to all of them."""

    PUBLISH = "published"
    DRAFT = "draft"
    ARCHIVE = "archived"
    CATEGORY = "category"
    LANGUAGE = "language"
    DELETE = "deleted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act, with the shelf or the language that it puts articles into. `by` does it."""

    act: Act
    by: User
    category: Category | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that stayed as it was, and why, in words."""

    article: Article
    why: str


@dataclass(slots=True)
class Outcome:
    """How many went, how many wait because they are measured first, and which did not."""

    done: int = 0
    waiting: int = 0
    refused: list[Refused] = field(default_factory=list)


def act_on(articles: Sequence[Article], wanted: Wanted) -> Outcome:
    """Do it to each, in their order; what one refuses does not hold the others up. Raises ValidationError for too many."""
    if len(articles) > MOST:
        raise ValidationError(_("Choose at most %(most)d articles at once.") % {"most": MOST})
    outcome = Outcome()
    for article in articles:
        try:
            with transaction.atomic():
                is_done = _act(article, wanted)
        except ValidationError as error:
            outcome.refused.append(Refused(article, " ".join(error.messages)))
            continue
        outcome.done += is_done
        outcome.waiting += not is_done
    return outcome


def _act(article: Article, wanted: Wanted) -> bool:
    """Whether it is done; not where it is measured first. Raises ValidationError."""
    by = wanted.by
    match wanted.act:
        case Act.PUBLISH:
            changed = publish_article(article, by=by)
            return changed.state == Article.State.PUBLISHED and _shows(changed)
        case Act.ARCHIVE:
            return archive_article(article, by=by).state == Article.State.ARCHIVED
        case Act.DRAFT:
            return return_to_draft(article, by=by).state == Article.State.DRAFT
        case Act.DELETE:
            return delete_article(article, by=by)
        case Act.CATEGORY:
            place_article(article, category=wanted.category, by=by)
        case Act.LANGUAGE:
            return change_language(article, wanted.language, by=by).language == wanted.language
    return True


def _shows(article: Article) -> bool:
    """Whether readers see what stands in the working copy."""
    shown = article.published
    return shown is not None and (shown.title, shown.body) == (article.title, article.body)
