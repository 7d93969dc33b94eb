"""Questions without an answer are grouped, and go with the people who asked them."""

import numpy as np

from accounts.models import Membership, Workspace
from core.vault import keyring
from knowledge.models import Gap, UnansweredQuestion
from knowledge.services.articles import create_article, publish_article
from knowledge.services.gaps import note_unanswered, place_question, questions_to_embed
from tests.factories import make_conversation, make_inbox


def note(text: str, language: str = "en") -> UnansweredQuestion:
    noted = note_unanswered(text, conversation_id=None, language=language, reason="no_evidence")
    assert noted is not None
    return noted


def test_like_questions_are_one_gap(scoped: Workspace) -> None:
    first, second, other = note("Do you ship to Norway?"), note("do you SHIP to norway"), note("Is there a vegan menu?")
    assert first.gap_id == second.gap_id != other.gap_id
    assert sorted(Gap.objects.values_list("count", flat=True)) == [1, 2]
    assert note_unanswered("???", conversation_id=None, language="en", reason="no_evidence") is None


def test_meaning_moves_questions_together_and_apart(scoped: Workspace) -> None:
    first, second, third = note("Do you ship to Norway?"), note("Versand nach Norwegen?", "de"), note("Do you ship to Peru?")
    assert first.gap_id == third.gap_id != second.gap_id
    norway, peru = np.eye(4, dtype=np.float32)[:2]
    assert [one.pk for one in questions_to_embed(9)] == [first.pk, second.pk, third.pk]
    place_question(first, norway)
    place_question(second, norway)
    place_question(third, peru)
    assert second.gap_id == first.gap_id != third.gap_id
    assert questions_to_embed(9) == []
    assert sorted(Gap.objects.values_list("count", flat=True)) == [1, 2]


def test_published_article_closes_its_gap(scoped: Workspace, agent: Membership) -> None:
    gap = note("Do you ship to Norway?").gap
    article = create_article(language="en", by=agent.user, title="Norway", body="<p>Yes.</p>")
    gap.article = article
    gap.save(update_fields=["article"])
    publish_article(article, by=agent.user)
    gap.refresh_from_db()
    assert gap.state == "closed"
    assert note("Do you ship to Norway?").gap_id != gap.pk


def test_question_is_unreadable_once_its_contact_is_erased(scoped: Workspace) -> None:
    conversation = make_conversation(make_inbox(), "Do you ship to Norway?")
    noted = note_unanswered("Do you ship to Norway?", conversation_id=conversation.pk, language="en", reason="no_evidence")
    assert noted is not None
    assert noted.key_id == conversation.contact.key_id
    keyring.destroy(conversation.contact.key_id)
    assert UnansweredQuestion.objects.get().text == ""
