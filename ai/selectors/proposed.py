"""Proposed articles, with the conversations that they come from."""

from dataclasses import dataclass

from accounts.models import Membership
from ai.models import Origin
from conversations.models import Conversation
from conversations.selectors.conversations import conversations_visible_to
from knowledge.models import Article

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProposedArticle:
    """A proposal: the conversations that the member may see, how many there are in all, and who proposed it ("" by itself)."""

    article: Article
    conversations: list[Conversation]
    count: int
    by: str


def proposed_articles(membership: Membership) -> list[ProposedArticle]:
    """The newest proposals that wait for a person."""
    articles = list(Article.objects.filter(state=Article.State.PROPOSED).order_by("-created_at")[:SHOWN])
    origins = Origin.objects.filter(article__in=articles).select_related("user").order_by("-is_text", "id")
    visible = {one.pk: one for one in conversations_visible_to(membership).filter(pk__in=origins.values("conversation"))}
    found = []
    for article in articles:
        own = [one for one in origins if one.article_id == article.pk]
        shown = [visible[one.conversation_id] for one in own if one.conversation_id in visible]
        by = next((one.user.name for one in own if one.user is not None), "")
        found.append(ProposedArticle(article, shown, len(own), by))
    return found
