"""Articles that were proposed and that nobody has published: declined, taken up again, dropped. No reader has seen them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import Actor, record
from knowledge.models import Article

State = Article.State


@transaction.atomic
def decline_proposal(article: Article, *, by: User) -> Article:
    """Make no article of a proposal; it stays in the archive. Raises ValidationError for what is no proposal any more."""
    return _move(article, State.PROPOSED, State.ARCHIVED, "article.declined", by)


@transaction.atomic
def reconsider_proposal(article: Article, *, by: User) -> Article:
    """Take a declined proposal up again. Raises ValidationError for what was none."""
    return _move(article, State.ARCHIVED, State.PROPOSED, "article.reconsidered", by)


@transaction.atomic
def drop_proposal(article: Article) -> None:
    """Remove a proposal that nobody has published, because the person whose words it holds is gone or does not want it."""
    if article.published_at is not None:
        raise ValueError(f"{article} is no proposal any more.")
    record("article.proposal_dropped", actor=Actor.system(), target=article)
    article.delete()


def _move(article: Article, before: str, after: str, action: str, by: User) -> Article:
    found = Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
    if found.state != before or found.created_by_id is not None or found.published_at is not None:
        raise ValidationError(_("This is no proposal any more. Reload the page."))
    found.state, found.updated_by = after, by
    found.save(update_fields=["state", "updated_by"])
    record(action, actor=Actor.user(by.pk), target=found)
    return found
