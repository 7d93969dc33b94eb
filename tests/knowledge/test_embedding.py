"""Vectors of the knowledge: made by the AI worker, only while AI is on; what they find is judged."""

import pytest

from accounts.models import Workspace
from ai.gate import Purpose, Subject, enter
from ai.services.embedding import embed_waiting, workspaces_waiting
from ai.services.retrieving import retrieve
from core.tenancy import scope
from knowledge.models import Passage, UnansweredQuestion
from knowledge.retrieval import Audience
from knowledge.services.gaps import note_unanswered
from tests.knowledge.making import make_document

TEXTS = {
    "Returns": "You may send things back within thirty days. The money is with you five days later.",
    "Delivery": "Parcels to Norway take eight days. The carrier sends you a link to follow yours.",
    "Workshops": "On Saturdays we teach eight people to throw a cup. A place costs 65 euros.",
}


@pytest.fixture
def known(company: Workspace) -> Workspace:
    with scope(company.pk):
        for title, text in TEXTS.items():
            make_document(title, text)
        make_document("Devoluções", "A devolução é grátis durante trinta dias.", language="pt")
        make_document("Margins", "What we earn with each cup is nobody's business.", is_public=False)
        note_unanswered("Do you ship to Peru?", conversation_id=None, language="en", reason="no_evidence")
    return company


def test_knowledge_is_embedded_once_and_found_by_meaning(known: Workspace) -> None:
    assert workspaces_waiting() == [known.pk]
    assert embed_waiting(known.pk) == 6
    assert workspaces_waiting() == []
    assert embed_waiting(known.pk) == 0
    with scope(known.pk):
        assert UnansweredQuestion.objects.get().is_embedded
        portuguese = Passage.objects.get(language="pt")
        assert (portuguese.english is None, len(portuguese.multilingual)) == (True, 512)
        opened = enter(Purpose.ANSWER, Subject(known.pk))
        found = retrieve(opened, ["Hello!", "I want a refund, how long does it take to be paid?"], language="en")
        assert found.passages[0].candidate.title == "Returns"
        assert found.passages[0].hit.sentences[1].text == "The money is with you five days later."
        assert len(found.passages[0].hit.sentence_similarities) == 2
        assert "Margins" not in [one.candidate.title for one in found.passages]
        elsewhere = retrieve(opened, ["Who won the football match yesterday in Madrid?"], language="en")
        assert elsewhere.evidence < found.evidence
        assert not elsewhere.is_answerable
        german = retrieve(opened, ["Wie lange dauert die Lieferung nach Norwegen?"], language="de")
        assert german.passages[0].candidate.title == "Delivery"
        internal = retrieve(opened, ["What do you earn with a cup?"], language="en", audience=Audience.AGENTS)
        assert internal.passages[0].candidate.title == "Margins"


def test_what_is_not_embedded_yet_is_found_by_its_words(known: Workspace) -> None:
    with scope(known.pk):
        opened = enter(Purpose.ANSWER, Subject(known.pk))
        found = retrieve(opened, ["parcels to norway"], language="en")
        assert found.passages[0].candidate.title == "Delivery"
        assert retrieve(opened, [" "], language="en").passages == []
