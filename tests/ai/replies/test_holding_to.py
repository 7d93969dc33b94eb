"""What replies hold to when something is switched off, said already, short, or internal."""

import pytest

from ai.models import Handover, InboxAi, Intent, Proposal, Switch, Turn
from ai.purposes import Purpose
from ai.services import assist_running, assisting, incoming
from ai.services.embedding import embed_waiting
from ai.services.intents import save_intent
from ai.services.switches import switch_off
from ai.services.thinking import think
from conversations.models import Conversation, Message
from conversations.services.state import set_status
from core.audit import Actor
from core.events.models import Event
from core.tenancy import scope
from knowledge.models import Document
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted
from tests.ai.replies.desk import Desk
from tests.factories import make_member, receive
from tests.harness.vectors import remembered_vectors
from tests.knowledge.making import make_document

REFUND = "How long does a refund take?"
SHIPPING = "What does shipping cost?"
CLARIFY = "could you tell me a little more"


@pytest.fixture
def unread(desk: Desk) -> Desk:
    """A shop that answers, and may not analyse what it is asked."""
    with scope(desk.workspace.pk):
        switch_off(Switch.Level.WORKSPACE, None, Purpose.ANALYSE, actor=Actor.system())
    return desk


def resolve(desk: Desk, conversation: Conversation) -> None:
    with scope(desk.workspace.pk):
        set_status(conversation, Conversation.Status.RESOLVED, by=None)
        incoming.on_changes([Event(type="conversation.changed", conversation_id=conversation.pk, data={"fields": ["status"]})])


def test_minor_gets_a_person_where_messages_are_not_analysed(unread: Desk, server: Scripted) -> None:
    set_up(unread.workspace, server)
    conversation = unread.writes("I'm 15 years old, how long does a refund take?")
    assert (unread.handed_over(conversation), server.requests) == (["minor"], [])
    assert not any("Refunds arrive" in one for one in unread.said(conversation))
    with scope(unread.workspace.pk):
        assert Switch.objects.get(level="contact").reason == Switch.Reason.MINOR
        assert Handover.objects.get().summary == ""
        activities = [one.data for one in Message.objects.filter(kind=Message.Kind.ACTIVITY)]
    assert {"action": "ai_minor"} in activities


def test_minor_is_not_suggested_for_where_messages_are_not_analysed(unread: Desk) -> None:
    agent = make_member(unread.workspace).user
    with scope(unread.workspace.pk):
        conversation = receive(unread.inbox, f"I'm 15 years old. {REFUND}").conversation
        assist = assisting.suggest(conversation, by=agent)
    assist_running.run(unread.workspace.pk, assist.pk)
    with scope(unread.workspace.pk):
        assert Switch.objects.get(level="contact").reason == Switch.Reason.MINOR
        assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("restriction", "reasons"),
    [
        ({"may_be_automatic": False}, ["unread"]),
        ({"minimum_confidence": 0.8}, ["unread"]),
        ({"error_budget": 0.0}, ["unread"]),
        ({"is_enabled": False, "may_be_automatic": False}, []),
        ({"error_budget": 0.5}, []),
    ],
)
def test_unread_question_is_answered_only_where_no_intent_is_held_back(
    unread: Desk, restriction: dict[str, object], reasons: list[str]
) -> None:
    with scope(unread.workspace.pk):
        save_intent(Intent(), {"name": "Refund", "description": REFUND, **restriction}, actor=Actor.system())
    conversation = unread.writes(REFUND)
    assert unread.handed_over(conversation) == reasons
    (proposal,) = unread.proposals(conversation)
    assert proposal.state == ("proposed" if reasons else "sent")


def test_unread_question_is_not_answered_while_an_intent_is_over_its_error_budget(unread: Desk) -> None:
    with scope(unread.workspace.pk):
        intent = save_intent(Intent(), {"name": "Refund", "description": REFUND}, actor=Actor.system())
    earlier = unread.writes(REFUND, visitor="first")
    assert unread.handed_over(earlier) == []
    with scope(unread.workspace.pk):
        for number in range(6):
            review = "wrong" if number < 2 else "right"
            Proposal(conversation=earlier, purpose="answer", state="sent", intent=intent, review=review).save()
    assert unread.handed_over(unread.writes(REFUND, visitor="second")) == ["unread"]


def test_it_asks_what_is_meant_once_however_much_is_said_between(desk: Desk) -> None:
    desk.writes("that blue bowl")
    desk.writes("thanks")
    conversation = desk.writes("that green cup")
    assert len([one for one in desk.said(conversation) if CLARIFY in one]) == 1
    with scope(desk.workspace.pk):
        assert Turn.objects.get().asked_seq > 0
    resolve(desk, conversation)
    with scope(desk.workspace.pk):
        assert Turn.objects.get().asked_seq == 0


def test_small_talk_is_not_repeated_and_hello_once_more_is_asked_what_it_is_about(desk: Desk) -> None:
    desk.writes("thanks")
    conversation = desk.writes("many thanks")
    assert len(desk.said(conversation)) == 1
    assert (conversation.status, conversation.waiting_since) == (Conversation.Status.PENDING, None)
    for text in ("hello", "hi", "good morning"):
        conversation = desk.writes(text, visitor="other")
    first, second, _handed_over = desk.said(conversation)
    assert "Hello! How can I help?" in first
    assert CLARIFY in second
    assert desk.handed_over(conversation) == ["repeated"]


def test_sentence_that_was_said_is_not_said_again_with_another(desk: Desk) -> None:
    desk.writes("When does my money arrive after I returned something?")
    conversation = desk.writes("that green bowl")
    first, second = desk.said(conversation)
    assert "Refunds arrive on your card" in first
    # By the last turns the search finds the refund once more, by the message itself too little.
    assert CLARIFY in second
    conversation = desk.writes("May the bowl go into the microwave?")
    assert "Do not heat them in the microwave" in desk.said(conversation)[-1]


def test_follow_up_is_answered_without_what_was_said(desk: Desk) -> None:
    """Of three sentences that fit, those that stood in the answer before are left out."""
    desk.writes("Do you ship to post office boxes?")
    conversation = desk.writes("Which parcels go without a charge, and with whom do you ship?")
    first, second = desk.said(conversation)
    told = [one for one in (
        "We ship within Europe with DHL.",
        "Standard shipping costs 4.90 euros and takes 3 to 5 business days.",
        "Orders above 60 euros ship without a charge.",
        "We do not ship to post office boxes.",
    ) if one in first]  # fmt: skip
    assert told
    assert not any(one in second for one in told)
    assert "Orders above 60 euros ship without a charge." in second
    assert all(one["quote"] in second for one in desk.proposals(conversation)[-1].sources)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello", "I'm Mina"), ("human", "I'm Mina"), ("agent", "I'm Mina"), ("Hola", "Soy Mina"), ("atendente", "Sou Mina"),
        ("Merci", "Je suis Mina"), ("Refund?", "I'm Mina"), ("привет", "Я Mina"), ("Ciao", "Sono Mina"),
    ],
)  # fmt: skip
def test_first_word_of_a_stranger_is_answered_in_its_language_else_in_the_workspaces_first(
    desk: Desk, text: str, says: str
) -> None:
    conversation = desk.writes(text)
    assert says in desk.said(conversation)[0]
    assert "language" not in desk.handed_over(conversation)


def test_first_word_is_taken_for_the_workspaces_first_language(desk: Desk) -> None:
    desk.configure(languages=["pt", "en"])
    assert "Sou Mina" in desk.said(desk.writes("Refund?"))[0]
    assert "I'm Mina" in desk.said(desk.writes("Hello", visitor="other"))[0]


def test_language_of_a_guess_is_not_kept_for_the_conversation(desk: Desk) -> None:
    desk.writes("Refund?")
    with scope(desk.workspace.pk):
        Handover.objects.all().delete()
    assert "Avec plaisir ! Puis-je vous aider pour autre chose ?" in desk.said(desk.writes("Merci"))[-1]


@pytest.mark.parametrize("languages", [["es", "en"], ["fr", "es"]])
def test_guessed_language_is_no_reason_to_hand_over(desk: Desk, languages: list[str]) -> None:
    desk.configure(languages=languages)
    conversation = desk.writes("Refund?")
    assert desk.handed_over(conversation) == []
    assert "Quiero darte la respuesta correcta" in desk.said(conversation)[0]
    conversation = desk.writes("¿Cuántos días tarda el reembolso en mi tarjeta?")
    assert desk.handed_over(conversation) == ["language"]


@pytest.mark.parametrize(
    ("text", "begins", "has"),
    [
        (REFUND, "Welcome to our little shop!\n\nI'm Mina, the AI assistant of Terra & Glaze.\n\nYou can return", "person"),
        ("Hello", "Welcome to our little shop!\n\nI'm Mina, the AI assistant of Terra & Glaze.\n\nYou can ask", "person"),
        ("are you a bot?", "Welcome to our little shop!\n\nI'm Mina, an AI, not a person.", "person"),
        ("Em quantos dias posso devolver um artigo sem uso?", "Sou Mina, o assistente de IA", "atendente"),
        ("human", "I'm Mina, the AI assistant", "colleague"),
    ],
    ids=["answer", "hello", "identity", "portuguese", "handover"],
)  # fmt: skip
def test_first_answer_begins_with_the_greeting_in_its_language(desk: Desk, text: str, begins: str, has: str) -> None:
    desk.configure(greeting="Welcome to our little shop!")
    conversation = desk.writes(text)
    (first,) = desk.said(conversation)
    assert first.startswith(begins)
    assert has in first
    assert "Welcome" not in "".join(desk.said(desk.writes(SHIPPING))[1:])


def test_inbox_greets_in_its_own_words_and_language(desk: Desk) -> None:
    desk.configure(greeting="Welcome to our little shop!")
    desk.set(greeting="Olá! Que bom ter você por aqui.")
    portuguese = desk.writes("Em quantos dias posso devolver um artigo sem uso?")
    assert desk.said(portuguese)[0].startswith("Olá! Que bom ter você por aqui.\n\nSou Mina, o assistente de IA")
    assert desk.said(desk.writes(REFUND, visitor="other"))[0].startswith("I'm Mina")


INTERNAL = "Refunds of gift cards need the signature of Joana from accounting."
GIFT_CARDS = "Who signs refunds of gift cards?"


@pytest.fixture
def internal(desk: Desk) -> Desk:
    """A shop with an article that only the team may read."""
    with scope(desk.workspace.pk):
        make_document("Refunds of gift cards", INTERNAL, is_public=False)
    with remembered_vectors():
        embed_waiting(desk.workspace.pk)
    return desk


def internal_sources(desk: Desk, conversation: Conversation) -> list[tuple[str, set[bool]]]:
    return [(str(one.state), {source["is_public"] for source in one.sources}) for one in desk.proposals(conversation)]


def test_suggestion_quotes_what_is_internal(internal: Desk) -> None:
    internal.set(mode=InboxAi.Mode.SUGGEST)
    conversation = internal.writes(GIFT_CARDS)
    assert internal_sources(internal, conversation) == [("proposed", {False})]
    assert internal.proposals(conversation)[0].text == INTERNAL


def test_agent_who_asks_for_a_suggestion_gets_what_is_internal(internal: Desk) -> None:
    internal.set(mode=InboxAi.Mode.SUGGEST)
    agent = make_member(internal.workspace).user
    with scope(internal.workspace.pk):
        conversation = receive(internal.inbox, GIFT_CARDS).conversation
        assist = assisting.suggest(conversation, by=agent)
    assist_running.run(internal.workspace.pk, assist.pk)
    assert internal.proposals(conversation)[0].text == INTERNAL


def test_nothing_internal_goes_out_by_itself(internal: Desk) -> None:
    conversation = internal.writes(GIFT_CARDS)
    assert not any("Joana" in one for one in internal.said(conversation))
    internal.set(stage=InboxAi.Stage.SHARE, share=50)
    for number in range(6):
        conversation = internal.writes(GIFT_CARDS, visitor=f"v{number}")
        is_live = conversation.pk.int % 100 < 50
        assert not any("Joana" in one for one in internal.said(conversation))
        assert ("proposed", {False}) in internal_sources(internal, conversation) or is_live


def test_article_that_becomes_internal_while_the_ai_thinks_is_not_quoted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **ways: object) -> object:
        outcome = think(*args, **ways)  # type: ignore[arg-type]
        with scope(desk.workspace.pk):
            (refunds,) = (one.pk for one in Document.objects.all() if one.title == "Returns and refunds")
            Document.objects.filter(pk=refunds).update(is_public=False)
        return outcome

    monkeypatch.setattr("ai.services.replying.think", slow)
    conversation = desk.writes(REFUND)
    assert desk.handed_over(conversation) == ["no_evidence"]
    assert not any("Refunds arrive" in one for one in desk.said(conversation))
    assert [one.state for one in desk.proposals(conversation)] == ["proposed"]


def test_shadow_leaves_agents_their_suggestion(internal: Desk) -> None:
    internal.set(stage=InboxAi.Stage.SHADOW)
    conversation = internal.writes(REFUND)
    shadow, suggested = internal.proposals(conversation)
    assert (shadow.state, suggested.state) == ("shadow", "proposed")
    assert (shadow.purpose, suggested.purpose) == ("answer", "suggest")
    assert shadow.text == suggested.text
    asked = internal.writes(GIFT_CARDS, visitor="other")
    assert ("proposed", {False}) in internal_sources(internal, asked)
    assert all(one.state == "proposed" or {True} >= {s["is_public"] for s in one.sources} for one in internal.proposals(asked))
    assert internal.said(asked) == []


def test_shadow_shows_nothing_where_suggestions_are_off_and_suggests_where_answers_are(desk: Desk) -> None:
    desk.set(stage=InboxAi.Stage.SHADOW)
    with scope(desk.workspace.pk):
        switch_off(Switch.Level.WORKSPACE, None, Purpose.SUGGEST, actor=Actor.system())
    assert [one.state for one in desk.proposals(desk.writes(REFUND))] == ["shadow"]
    with scope(desk.workspace.pk):
        Switch.objects.all().delete()
        switch_off(Switch.Level.WORKSPACE, None, Purpose.ANSWER, actor=Actor.system())
    assert [one.state for one in desk.proposals(desk.writes(REFUND, visitor="other"))] == ["proposed"]
