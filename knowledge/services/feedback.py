"""What readers say about articles."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from knowledge.models import Article, Feedback

MAX_COMMENT = 2000


@transaction.atomic
def give_feedback(article: Article, *, is_helpful: bool) -> Feedback:
    """Note a reader's yes or no. Nothing tells who it was."""
    given = Feedback.objects.create(article=article, is_helpful=is_helpful)
    column = "helpful_count" if is_helpful else "unhelpful_count"
    Article.objects.filter(pk=article.pk).update(**{column: F(column) + 1})
    return given


@transaction.atomic
def add_comment(article: Article, feedback_id: UUID, comment: str) -> bool:
    """Add why, once; False for feedback that is not this article's or has a comment."""
    given = Feedback.objects.select_for_update(no_key=True).filter(pk=feedback_id, article=article, comment__isnull=True).first()
    if given is None or not comment.strip():
        return False
    given.comment = comment.strip()[:MAX_COMMENT]
    given.save(update_fields=["comment"])
    return True
