"""Jobs that agents give, what readings advise, and the try-out: each leaves what the page needs, and nothing is sent."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ai.models import Assist, Proposal, Reading, Switch
from ai.services import assist_running, assisting, trying
from ai.services.switches import switch_off
from conversations.models import Conversation, Message
from conversations.services.replies import send_reply
from conversations.services.state import set_status
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, says
from tests.ai.replies.desk import Desk
from tests.factories import make_member, receive

REFUND = "How long does a refund take?"


def done(desk: Desk, assist: Assist) -> Assist:
    """The job, once the AI's process has done it."""
    assist_running.run(desk.workspace.pk, assist.pk)
    with scope(desk.workspace.pk):
        found = Assist.objects.select_related("conversation__contact").get(pk=assist.pk)
        assert isinstance(found.result, dict)
        return found


def test_agent_asks_for_a_suggestion_and_decides_once(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, REFUND).conversation
        assist = assisting.suggest(conversation, by=agent)
    result = done(desk, assist).result
    with scope(desk.workspace.pk):
        proposal = Proposal.objects.get()
        assert result == {"proposal": str(proposal.pk), "reason": ""}
        with pytest.raises(ValidationError):
            assisting.decide(proposal, "rejected", by=agent)
        assert assisting.decide(proposal, "edited", by=agent, final_text="Five to seven days").final_text == "Five to seven days"
        assert assisting.decide(proposal, "accepted", by=agent).state == Proposal.State.EDITED
    assert desk.said(conversation) == []


def test_summary_needs_no_provider_and_a_rewording_says_that_it_needs_one(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, "My order #4711 is broken, please help").conversation
        summary = assisting.summarise(conversation, by=agent, language="fr")
        wording = assisting.rewrite("hello", "formal", conversation=conversation, by=agent)
    assert done(desk, summary).result["model"] == "extract"
    assert "#4711" in done(desk, summary).result["text"]
    assert done(desk, wording).error == "no_provider"


def test_summary_of_a_long_conversation_begins_at_its_beginning(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, "My order #4711 came broken").conversation
        for number in range(60):
            receive(desk.inbox, f"And another thing, number {number}")
        conversation.refresh_from_db()
        summary = assisting.summarise(conversation, by=agent, language="en")
    text = done(desk, summary).result["text"]
    assert "Asked: My order #4711 came broken / " in text
    assert "number 59" in text
    assert "Named: #4711" in text


@pytest.fixture
def wording(desk: Desk, server: Scripted) -> Assist:
    """A rewording that a provider will do."""
    set_up(desk.workspace, server)
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, "Hello").conversation
        return assisting.rewrite("send it back", "formal", conversation=conversation, by=make_member(desk.workspace).user)


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """How the job's row stood each time that it had grown."""
    seen: list[tuple[str, object]] = []

    def look(workspace_id: UUID, assist_id: UUID, text: str) -> None:
        assisting.grow(workspace_id, assist_id, text)
        with scope(workspace_id):
            found = Assist.objects.select_related("conversation__contact").get(pk=assist_id)
            seen.append((found.state, found.result))

    monkeypatch.setattr(assist_running, "grow", look)
    return seen


def test_what_a_provider_writes_is_kept_while_it_comes(
    desk: Desk, server: Scripted, wording: Assist, grown: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assist_running, "_GROWS_EVERY", 0.0)
    server.replies = [says("Please send it back.", pieces=4)]
    assert done(desk, wording).result["text"] == "Please send it back."
    assert grown == [("waiting", {"text": text}) for text in ("Pleas", "Please sen", "Please send it", "Please send it back.")]
    # What comes after the end changes nothing.
    assisting.grow(desk.workspace.pk, wording.pk, "late")
    with scope(desk.workspace.pk):
        assert Assist.objects.select_related("conversation__contact").get(pk=wording.pk).result["text"] == "Please send it back."


def test_a_text_that_grows_fast_is_not_written_at_every_word(
    desk: Desk, server: Scripted, wording: Assist, grown: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assist_running, "_GROWS_EVERY", 3_600.0)
    server.replies = [says("Please send it back.", pieces=20)]
    assert done(desk, wording).state == Assist.State.DONE
    assert grown == [("waiting", {"text": "P"})]


def test_half_a_text_does_not_stay_where_the_provider_broke_off(
    desk: Desk, server: Scripted, wording: Assist, grown: list[tuple[str, object]]
) -> None:
    server.replies = [says("Please send it", finish="length")]
    found = done(desk, wording)
    assert (found.state, found.error, list(found.result)) == ("failed", "provider", ["words"])
    assert len(grown) >= 1


def test_job_is_closed_where_ai_is_off_and_ends_where_nobody_did_it(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, REFUND).conversation
        off, lost = assisting.suggest(conversation, by=agent), assisting.suggest(conversation, by=agent)
        switch_off(Switch.Level.CONVERSATION, conversation, actor=Actor.system())
        Assist.objects.filter(pk=lost.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    assert done(desk, off).error == "closed"
    assisting.sweep()
    with scope(desk.workspace.pk):
        assert Assist.objects.get(pk=lost.pk).error == "lost"


def test_solved_conversation_that_began_alike_is_found(desk: Desk) -> None:
    member = make_member(desk.workspace, "admin")
    solved = desk.writes(REFUND, visitor="first")
    desk.writes("Do you sell bicycles?", visitor="other")
    with scope(desk.workspace.pk):
        send_reply(solved, body="Five days.", author=member.user, idempotency_key=uuid4())
        set_status(solved, Conversation.Status.RESOLVED, by=None)
    asking = desk.writes("How many days until I get my refund?", visitor="second")
    with scope(desk.workspace.pk):
        (found,) = assisting.similar_solved(asking, membership=member)
        assert found.conversation.pk == solved.pk
        assert found.answer is not None
        assert found.answer.body == "Five days."


def test_urgent_words_propose_a_priority_with_their_reason(desk: Desk) -> None:
    conversation = desk.writes("I was charged twice, my lawyer will call you")
    with scope(desk.workspace.pk):
        proposed = assisting.proposed_priority(conversation)
        assert proposed is not None
        assert proposed.priority == Conversation.Priority.HIGH
        assert {"topic": "legal", "word": "lawyer"} in proposed.why
        conversation.refresh_from_db()
        assert conversation.priority == Conversation.Priority.NONE


def test_trying_a_question_keeps_and_sends_nothing(desk: Desk) -> None:
    member = make_member(desk.workspace, "admin")
    with scope(desk.workspace.pk):
        assist = trying.try_question(desk.inbox, REFUND, by=member.user)
    result = done(desk, assist).result
    assert (result["kind"], result["steps"]) == ("answer", ["found", "quoted"])
    with scope(desk.workspace.pk):
        assert (Reading.objects.count(), Proposal.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_trying_a_past_conversation_shows_what_a_colleague_wrote(desk: Desk) -> None:
    member = make_member(desk.workspace, "admin")
    with scope(desk.workspace.pk):
        conversation = receive(desk.inbox, REFUND).conversation
        send_reply(conversation, body="Five days or so.", author=member.user, idempotency_key=uuid4())
        assist = trying.try_conversation(conversation, by=member.user)
    result = done(desk, assist).result
    assert result["actual"] == "Five days or so."
    assert result["text"].startswith("You can return unused items")
    with scope(desk.workspace.pk):
        assert Message.objects.filter(is_ai=True).count() == 0
