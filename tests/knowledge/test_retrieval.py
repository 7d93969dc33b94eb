"""Finding passages: by words, by meaning, for whom, and never another workspace's."""

import numpy as np
import pytest

from accounts.models import Workspace
from core.tenancy import scope
from knowledge.models import Document, Passage, Posting
from knowledge.retrieval import Audience, candidates, held_share
from knowledge.services.indexing import passages_to_embed, store_vectors
from tests.factories import make_workspace
from tests.knowledge.making import make_document


def titles(question: str, language: str = "en", audience: Audience = Audience.PUBLIC) -> list[str]:
    return [one.title for one in candidates(question, language=language, audience=audience)]


def test_words_are_found_by_their_stems(scoped: Workspace) -> None:
    make_document("Returns", "You may return a parcel within thirty days. Refunds take a week.")
    make_document("Delivery", "Parcels arrive within three days.")
    assert titles("when are my refunds coming") == ["Returns"]
    assert titles("is the refund late") == ["Returns"]
    assert set(titles("parcel")) == {"Returns", "Delivery"}
    assert titles("bicycle") == []


def test_accents_may_be_left_out_of_a_question(scoped: Workspace) -> None:
    make_document("Devoluções", "A devolução é grátis durante trinta dias.", language="pt")
    assert titles("como faço a devolução", "pt") == ["Devoluções"]
    assert titles("como faco a devolucao", "pt") == ["Devoluções"]


@pytest.mark.parametrize(
    ("language", "text", "question"), [("zh", "退货需要三十天内完成。", "退货"), ("ja", "返品は三十日以内です。", "返品")]
)
def test_scripts_without_spaces_are_found_by_pairs(scoped: Workspace, language: str, text: str, question: str) -> None:
    make_document("FAQ", text, language=language)
    assert titles(question, language) == ["FAQ"]


def test_rare_words_weigh_more(scoped: Workspace) -> None:
    for number in range(5):
        make_document(f"Parcel {number}", "A parcel is on its way with the courier.")
    make_document("Customs", "Customs may hold things back.")
    assert titles("parcel customs")[0] == "Customs"


def test_internal_knowledge_is_for_agents_only(scoped: Workspace) -> None:
    make_document("Secret margins", "The margin on teapots is forty per cent.", is_public=False)
    assert titles("margin on teapots") == []
    assert titles("margin on teapots", audience=Audience.AGENTS) == ["Secret margins"]


def test_another_workspace_finds_nothing(db: None) -> None:
    first, second = make_workspace("Loja Azul"), make_workspace("Casa Verde")
    with scope(first.pk):
        make_document("Returns", "Return a parcel within thirty days.")
    with scope(second.pk):
        assert titles("return a parcel") == []


def test_vectors_bring_in_what_words_miss(scoped: Workspace) -> None:
    make_document("Returns", "Send things back within thirty days.")
    make_document("Delivery", "Parcels arrive within three days.")
    axes = {one.pk: np.eye(512, dtype=np.float32)[number] for number, one in enumerate(passages_to_embed(10))}
    assert passages_to_embed(10) != []
    store_vectors({key: {"use-multilingual-v3": vector} for key, vector in axes.items()})
    assert passages_to_embed(10) == []
    asked = {"use-multilingual-v3": np.eye(512, dtype=np.float32)[1]}
    found = candidates("parcels", language="en", audience=Audience.PUBLIC, vectors=asked)
    assert [(one.title, one.similarity, one.bm25 > 0) for one in found] == [("Delivery", 1.0, True), ("Returns", 0.0, False)]


def test_equal_content_is_left_alone_and_changed_content_is_replaced(scoped: Workspace) -> None:
    document = make_document("Returns", "Send things back within thirty days.")
    kept = list(Passage.objects.values_list("id", flat=True))
    assert Document.objects.count() == 1
    assert Posting.objects.count() == 7
    document.delete()
    assert Passage.objects.filter(id__in=kept).count() == Posting.objects.count() == 0


def test_the_share_of_words_that_a_passage_holds(scoped: Workspace) -> None:
    make_document("Returns", "Refunds take a week.")
    passage = Passage.objects.get()
    assert held_share(["refund", "weeks"], passage.pk, language="en") == 1.0
    assert held_share(["bicycle"], passage.pk, language="en") == 0.0
    assert held_share(["refund", "bicycle"], passage.pk, language="en") == 0.5
    assert held_share([], passage.pk, language="en") is None


def test_french_words_are_found_without_what_is_joined_to_them(scoped: Workspace) -> None:
    make_document("Le vol", "Si l’antivol était fermé, vous payez moins.", language="fr")
    found = candidates("Et qu'est-ce que mon antivol ?", language="fr", audience=Audience.PUBLIC)
    assert [one.title for one in found] == ["Le vol"]
    assert candidates("l'antivol", language="fr", audience=Audience.PUBLIC)


def test_words_lie_in_the_database_as_tokens_of_their_workspace(db: None) -> None:
    found = []
    for workspace in (make_workspace("Loja Azul"), make_workspace("Casa Verde")):
        with scope(workspace.pk):
            make_document("Returns", "Refunds take a week.")
            found.append(set(Posting.objects.values_list("stem", flat=True)))
    assert len(found[0]) == len(found[1]) == 5
    assert found[0] & found[1] == set()
