"""The AI beside a conversation: suggestions that agents take, edit or reject, what it understood, and jobs it is given."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from accounts.permissions import Role
from ai.models import Assist, Intent, Proposal, Switch
from ai.services.assist_running import run
from ai.services.intents import save_intent
from ai.services.switches import switch_off
from conversations.models import Conversation, Label, Message
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Document
from tests.accounts.conftest import signed_in
from tests.ai.replies.desk import Desk, open_desk
from tests.factories import make_member

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How long does a refund take?"


@pytest.fixture
def desk() -> Desk:
    found = open_desk()
    found.set(mode="suggest")
    return found


@pytest.fixture
def agent(desk: Desk) -> User:
    return make_member(desk.workspace, Role.OWNER).user


@pytest.fixture
def client(agent: User) -> Client:
    return signed_in(agent)


@pytest.fixture
def asked(desk: Desk) -> Conversation:
    return desk.writes(QUESTION)


def address(name: str, conversation: Conversation, *parts: Any) -> str:
    return reverse(f"dashboard:{name}", args=[conversation.workspace_id, conversation.number, *parts])


def suggestion(client: Client, conversation: Conversation) -> str:
    return client.get(address("ai-suggestion", conversation)).content.decode()


def reply(client: Client, conversation: Conversation, body: str, proposal: object = "") -> int:
    form = {"mode": "reply", "body": body, "idempotency_key": uuid4(), "proposal": proposal}
    return client.post(address("add-message", conversation), form).status_code


def test_suggestion_is_shown_with_its_source_and_its_words(desk: Desk, client: Client, asked: Conversation) -> None:
    [proposal] = desk.proposals(asked)
    page = suggestion(client, asked)
    assert "5 to 7 business days" in proposal.text
    for text in (proposal.text, "Returns and refunds", proposal.sources[0]["quote"]):
        assert escape(text) in page
    assert f'data-proposal="{proposal.pk}"' in page
    assert desk.said(asked) == []


@pytest.mark.parametrize(("added", "state"), [("", "accepted"), (" Write to us when it is on its way.", "edited")])
def test_reply_of_a_suggestion_is_noted_as_it_was_or_edited(
    desk: Desk, agent: User, client: Client, asked: Conversation, added: str, state: str
) -> None:
    [proposal] = desk.proposals(asked)
    assert reply(client, asked, proposal.text + added, proposal.pk) == 200
    [decided] = desk.proposals(asked)
    with scope(desk.workspace.pk):
        sent = Message.objects.get(conversation=asked, kind="outbound")
        assert (decided.state, decided.decided_by_id, decided.message_id) == (state, agent.pk, sent.pk)
        assert (decided.final_text, sent.is_ai) == ((proposal.text + added) if added else "", False)
        assert Document.objects.filter(cited_count=1, rejected_count=0).count() == 1
    assert "data-proposal" not in suggestion(client, asked)


@pytest.mark.parametrize("proposal", ["", "no id", "00000000-0000-0000-0000-000000000001"])
def test_reply_of_its_own_leaves_the_suggestion_undecided(desk: Desk, client: Client, asked: Conversation, proposal: str) -> None:
    assert reply(client, asked, "Thirty days.", proposal) == 200
    assert desk.proposals(asked)[0].decided_at is None


def test_suggestion_of_another_conversation_is_not_decided_here(desk: Desk, client: Client, asked: Conversation) -> None:
    other = desk.writes(QUESTION, visitor="visitor-2")
    [proposal] = desk.proposals(other)
    assert reply(client, asked, proposal.text, proposal.pk) == 200
    assert client.post(address("ai-rejection", asked, proposal.pk), {"reason": "wrong"}).status_code == 404
    assert desk.proposals(other)[0].state == Proposal.State.PROPOSED


def test_suggestion_is_rejected_with_a_reason(desk: Desk, agent: User, client: Client, asked: Conversation) -> None:
    [proposal] = desk.proposals(asked)
    assert client.post(address("ai-rejection", asked, proposal.pk), {"reason": "because"}).status_code == 422
    page = client.post(address("ai-rejection", asked, proposal.pk), {"reason": "outdated"}).content.decode()
    [decided] = desk.proposals(asked)
    assert (decided.state, decided.reject_reason, decided.decided_by_id) == ("rejected", "outdated", agent.pk)
    assert "data-proposal" not in page
    with scope(desk.workspace.pk):
        assert Document.objects.filter(cited_count=1, rejected_count=1).count() == 1


def test_suggestion_that_is_asked_for_is_waited_for_and_comes(desk: Desk, client: Client, asked: Conversation) -> None:
    [first] = desk.proposals(asked)
    client.post(address("ai-rejection", asked, first.pk), {"reason": "tone"})
    assert "Writing a suggestion" in client.post(address("ai-ask-suggestion", asked)).content.decode()
    with scope(desk.workspace.pk):
        job = Assist.objects.get(kind="suggest")
    run(desk.workspace.pk, job.pk)
    assert f'data-proposal="{desk.proposals(asked)[-1].pk}"' in suggestion(client, asked)


def test_suggestion_that_nobody_would_send_unread_is_shown_to_agents_with_how_sure_it_is(desk: Desk, client: Client) -> None:
    """Below what an answer needs to go out by itself."""
    question = "Can I return a bowl that was a gift?"
    talk = desk.writes(question)
    [proposal] = desk.proposals(talk)
    assert 0.2 <= proposal.evidence < 0.4
    assert f"{round(proposal.evidence * 100)} %" in suggestion(client, talk)
    desk.set(mode="auto")
    other = desk.writes(question, visitor="visitor-3")
    assert "30 days" not in " ".join(desk.said(other))


def test_suggestion_for_which_there_is_no_source_says_so(desk: Desk, client: Client) -> None:
    talk = desk.writes("Which colours do your bicycles come in?")
    client.post(address("ai-ask-suggestion", talk))
    with scope(desk.workspace.pk):
        job = Assist.objects.get(kind="suggest")
    run(desk.workspace.pk, job.pk)
    assert "nothing in the knowledge base" in suggestion(client, talk)


def test_nothing_of_the_ai_is_shown_where_it_is_off(desk: Desk, client: Client, asked: Conversation) -> None:
    with scope(desk.workspace.pk):
        switch_off(Switch.Level.CONTACT, asked.contact, None, Switch.Reason.OBJECTION, actor=Actor.system())
    assert suggestion(client, asked).strip() == ""
    page = client.get(address("ai-understanding", asked)).content.decode()
    assert "objected to AI" in page
    assert "Mood" not in page


def test_understanding_shows_mood_language_and_the_next_step(desk: Desk, client: Client, asked: Conversation) -> None:
    page = client.get(address("ai-understanding", asked)).content.decode()
    for words in ("Neutral", "English", "Look at the suggested reply"):
        assert words in page


def test_label_and_priority_are_proposed_and_set_by_a_click(desk: Desk, client: Client) -> None:
    with scope(desk.workspace.pk):
        label = Label.objects.create(name="Damaged goods")
        broken = {"name": "Broken on arrival", "description": "The parcel came with a broken bowl", "label": label}
        for values in (broken, {"name": "Opening hours", "description": "When is the studio open?"}):
            save_intent(Intent(), values, actor=Actor.system())
    talk = desk.writes("The bowl was broken on arrival, the parcel came with a broken bowl. This is urgent!")
    page = client.get(address("ai-understanding", talk)).content.decode()
    assert escape("Add “Damaged goods”") in page
    assert "Set priority to" in page
    client.post(address("labels", talk), {"label": str(label.pk), "on": "1"})
    assert escape("Add “Damaged goods”") not in client.get(address("ai-understanding", talk)).content.decode()


def test_similar_resolved_conversations_bring_the_reply_that_ended_them(desk: Desk, client: Client, asked: Conversation) -> None:
    assert reply(client, asked, "Thirty days, and the parcel label is inside.") == 200
    client.post(address("status", asked), {"status": "resolved"})
    again = desk.writes("How long will my refund take?", visitor="visitor-9")
    page = client.get(address("ai-similar", again)).content.decode()
    assert f"#{asked.number}" in page
    assert "Thirty days, and the parcel label is inside." in page


def test_summary_is_asked_for_and_shown(desk: Desk, client: Client, asked: Conversation) -> None:
    assert "Summarising" in client.post(address("ai-summary", asked)).content.decode()
    with scope(desk.workspace.pk):
        job = Assist.objects.get(kind="summarise")
    run(desk.workspace.pk, job.pk)
    with scope(desk.workspace.pk):
        text = Assist.objects.get(pk=job.pk).result["text"]
    assert text.splitlines()[0].strip()
    assert escape(text.splitlines()[0]) in client.get(address("ai-understanding", asked)).content.decode()


@pytest.fixture
def colleague(desk: Desk) -> Client:
    return signed_in(make_member(desk.workspace, Role.OWNER).user)


def test_rewriting_without_a_language_model_says_what_to_do(
    desk: Desk, client: Client, colleague: Client, asked: Conversation
) -> None:
    answer = client.post(address("ai-rewording", asked), {"text": "send it back", "tone": "formal"})
    job = answer.json()["job"]
    assert (answer.status_code, client.get(address("ai-job", asked, job)).json()["state"]) == (202, "waiting")
    run(desk.workspace.pk, job)
    found = client.get(address("ai-job", asked, job)).json()
    assert (found["state"], "Settings, AI, Providers" in found["message"]) == ("failed", True)
    assert colleague.get(address("ai-job", asked, job)).status_code == 404


@pytest.mark.parametrize(
    "form", [{"text": " ", "tone": "formal"}, {"text": "x", "tone": "rude"}, {"text": "x" * 9000, "to": "pt"}]
)
def test_text_that_cannot_be_rewritten_is_refused_in_words(client: Client, asked: Conversation, form: dict[str, str]) -> None:
    answer = client.post(address("ai-rewording", asked), form)
    assert (answer.status_code, bool(answer.json()["message"])) == (422, True)
