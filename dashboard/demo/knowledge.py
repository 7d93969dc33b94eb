"""The demo's help centre: articles, one for the team, one being written, one proposed, and questions without an answer."""

from accounts.models import User
from core.audit import Actor
from dashboard.demo.articles import ARTICLES, CATEGORIES, DRAFT, INTERNAL, PROPOSED, QUESTIONS, Told
from knowledge.models import Article, Category
from knowledge.services.articles import create_article, propose_article, publish_article
from knowledge.services.categories import add_category
from knowledge.services.centres import Look, change_centre, ensure_centre, open_to_public
from knowledge.services.gaps import note_unanswered

_WORDS = {
    "en": {"headline": "How can we help?", "intro": "Answers about pots, parcels and Porto."},
    "pt": {"headline": "Como podemos ajudar?", "intro": "Respostas sobre peças, encomendas e o Porto."},
}


def add_knowledge(author: User) -> dict[str, Article]:
    """Write the articles into the demo workspace, which is in scope, and open its help centre; the articles by their key."""
    actor = Actor.user(author.pk)
    shelves = {key: add_category(words, icon=icon, actor=actor) for key, icon, words in CATEGORIES}
    first: dict[str, Article] = {}
    for told in ARTICLES:
        article = _write(told, shelves, author, translation_of=first.get(told[0]))
        first.setdefault(told[0], article)
        publish_article(article, by=author)
    publish_article(_write(INTERNAL, shelves, author, audience=Article.Audience.INTERNAL), by=author)
    _write(DRAFT, shelves, author)
    _key, shelf, language, title, body = PROPOSED
    propose_article(title=title, body=body, language=language, category=shelves[shelf])
    centre = ensure_centre()
    look = Look("terra-glaze", centre.name, "#0d6b5f", ["en", "pt"], "en", _WORDS, 6, is_indexed=False)
    change_centre(centre, look, actor=actor)
    open_to_public(centre, is_open=True, actor=actor)
    for text, language in QUESTIONS:
        note_unanswered(text, conversation_id=None, language=language, reason="no_evidence")
    return first


def _write(
    told: Told,
    shelves: dict[str, Category],
    author: User,
    *,
    audience: str = Article.Audience.PUBLIC,
    translation_of: Article | None = None,
) -> Article:
    _key, shelf, language, title, body = told
    return create_article(
        language=language,
        by=author,
        title=title,
        body=body,
        category=shelves[shelf],
        audience=audience,
        translation_of=translation_of,
    )
