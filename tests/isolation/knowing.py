"""What a company knows, with a canary in every text."""

from collections.abc import Callable

from accounts.models import User
from conversations.models import Conversation
from core.audit import Actor
from knowledge.models import Article
from knowledge.services.articles import create_article, publish_article
from knowledge.services.categories import add_category
from knowledge.services.centres import Look, change_centre, ensure_centre
from knowledge.services.feedback import add_comment, give_feedback
from knowledge.services.gaps import note_unanswered
from knowledge.services.imports import add_file
from knowledge.services.pictures import store_picture
from knowledge.services.reading import read_source
from tests.knowledge.making import png


def make_knowledge(plant: Callable[[str], str], author: User, conversation: Conversation) -> Article:
    """Fill the workspace in scope. The article is published; the help centre stays closed."""
    actor = Actor.user(author.pk)
    shelf = add_category(
        {"en": {"name": plant("category name"), "description": plant("category text")}}, icon="book-open", actor=actor
    )
    picture = store_picture(png(), by=author)
    image = f'<img src="/pictures/{picture.pk}.webp" alt="{plant("what a picture shows")}">'
    body = f"<h2>{plant('article heading')}</h2><p>Refunds {plant('article text')}</p>{image}"
    article = create_article(language="en", by=author, title=f"When {plant('article title')}", body=body, category=shelf)
    publish_article(article, by=author)
    feedback = give_feedback(article, is_helpful=False)
    add_comment(article, feedback.pk, f"Nothing on {plant('feedback')}")
    centre = ensure_centre()
    words = {"en": {"headline": plant("headline"), "intro": plant("introduction")}}
    look = Look(centre.slug, centre.name, centre.color, ["en"], "en", words, 6, is_indexed=True)
    change_centre(centre, look, actor=actor)
    source = add_file(
        f"question,answer\n{plant('imported question')}?,{plant('imported answer')}\n".encode(),
        name=f"{plant('import name')}.csv",
        language="en",
        is_public=True,
        by=author,
    )
    read_source(source.workspace_id, source.pk)
    note_unanswered(f"Where is {plant('unanswered')}?", conversation_id=conversation.pk, language="en", reason="no_evidence")
    return article
