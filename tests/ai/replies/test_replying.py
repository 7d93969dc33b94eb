"""Replies: what goes out, what does not, and what people find afterwards."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Team
from ai.models import Handover, InboxAi, Intent, Proposal, Reading, Switch, Turn
from ai.services import incoming, replying, turns
from ai.services.intents import save_intent
from ai.services.restraint import MOST_ANSWERS
from ai.services.settings import save_inbox_ai
from ai.services.switches import switch_off
from ai.services.thinking import think
from conversations.models import ContactIdentity, Conversation, Draft, Message
from conversations.services.replies import send_reply
from conversations.services.state import assign, set_status
from conversations.typing import Side, note as note_typing
from core.audit import Actor
from core.events.models import Event
from core.tenancy import scope
from knowledge.models import UnansweredQuestion
from tests.ai.replies.desk import Desk, note, open_desk
from tests.factories import make_member, receive

REFUND = "How long does a refund take?"
SHIPPING = "What does shipping cost?"


def test_question_is_answered_from_an_article_with_its_source(desk: Desk) -> None:
    conversation = desk.writes(REFUND)
    (text,) = desk.said(conversation)
    assert text.startswith("I'm Mina, the AI assistant of Terra & Glaze.")
    assert "Refunds arrive on your card within 5 to 7 business days after we have received the parcel." in text
    assert text.endswith("You can ask for a person at any time: just write “person”.")
    (proposal,) = desk.proposals(conversation)
    assert (proposal.state, proposal.steps) == ("sent", ["found", "quoted"])
    assert {one["title"] for one in proposal.sources} == {"Returns and refunds"}
    assert conversation.status == Conversation.Status.PENDING
    with scope(desk.workspace.pk):
        message = Message.objects.get(is_ai=True)
        assert message.pk == proposal.message_id
    assert message.data["ai"] == {"name": "Mina", "sources": [{"title": "Returns and refunds", "url": "https://shop.example/0"}]}
    assert desk.handed_over(conversation) == []


def test_ai_says_what_it_is_only_once(desk: Desk) -> None:
    desk.writes(REFUND)
    conversation = desk.writes(SHIPPING)
    first, second = desk.said(conversation)
    assert "AI assistant" in first
    assert "AI assistant" not in second
    assert second.startswith("Standard shipping costs 4.90 euros")


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [("Quero falar com um atendente", "pt", "assistente de IA"), ("quiero hablar con una persona", "es", "asistente de IA"),
     ("je veux parler à quelqu'un", "fr", "assistant IA"), ("Ich möchte mit einem Menschen sprechen", "de", "KI-Assistent")],
)  # fmt: skip
def test_wish_for_a_person_is_obeyed_in_the_language_it_was_said_in(desk: Desk, text: str, language: str, says: str) -> None:
    conversation = desk.writes(text)
    assert desk.handed_over(conversation) == ["asked_for_human"]
    assert conversation.status == Conversation.Status.OPEN
    (said,) = desk.said(conversation)
    assert says in said
    with scope(desk.workspace.pk):
        assert Reading.objects.get().language == language


def test_unknown_question_is_handed_over_with_summary_and_gap(desk: Desk) -> None:
    conversation = desk.writes("Do you sell bicycles with a child seat? My order is #4711.")
    assert desk.handed_over(conversation) == ["no_evidence"]
    (summary,) = desk.said(conversation, Message.Kind.NOTE)
    assert summary.splitlines()[:2] == ["Asked: Do you sell bicycles with a child seat? My order is #4711.", "Named: #4711"]
    assert conversation.status == Conversation.Status.OPEN
    assert conversation.waiting_since is not None
    with scope(desk.workspace.pk):
        assert [one.reason for one in UnansweredQuestion.objects.all()] == ["no_evidence"]
        activities = [one.data for one in Message.objects.filter(kind=Message.Kind.ACTIVITY)]
    assert {"action": "ai_handed_over", "reason": "no_evidence"} in activities


def test_ai_stays_out_after_a_handover_until_people_have_resolved_it(desk: Desk) -> None:
    desk.writes("Do you sell bicycles?")
    conversation = desk.writes(REFUND)
    assert len(desk.said(conversation)) == 1
    assert desk.proposals(conversation)[-1].state == "proposed"
    with scope(desk.workspace.pk):
        set_status(conversation, Conversation.Status.RESOLVED, by=None)
        event = Event(type="conversation.changed", conversation_id=conversation.pk, data={"fields": ["status"]})
        incoming.on_changes([event])
    conversation = desk.writes(REFUND)
    assert len(desk.said(conversation)) == 2
    assert conversation.status == Conversation.Status.PENDING


def test_several_messages_in_a_row_are_answered_once(desk: Desk) -> None:
    conversation = desk.writes("Hi!", "One question:", "how long does a refund take?")
    assert len(desk.said(conversation)) == 1
    with scope(desk.workspace.pk):
        turn = Turn.objects.get()
    assert (turn.from_seq, turn.done_seq, turn.due_at) == (1, 3, None)


def test_quiet_time_grows_with_each_message_and_waits_for_who_types(desk: Desk) -> None:
    with scope(desk.workspace.pk), time_machine.travel(timezone.now(), tick=False):
        message = receive(desk.inbox, "Hi!")
        note(message)
        first = Turn.objects.get().due_at
        assert first is not None
        note(receive(desk.inbox, "One more thing"))
        assert Turn.objects.get().due_at == first + turns.GROWS
        Turn.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        note_typing(message.conversation_id, Side.CONTACT, is_on=True)
    assert turns.claim(desk.workspace.pk, message.conversation_id) is None
    note_typing(message.conversation_id, Side.CONTACT, is_on=False)
    with scope(desk.workspace.pk):
        Turn.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert turns.claim(desk.workspace.pk, message.conversation_id) is not None


def test_turn_taken_twice_answers_once(desk: Desk) -> None:
    conversation = desk.writes(REFUND)
    replying.take_turn(desk.workspace.pk, conversation.pk)
    assert len(desk.said(conversation)) == 1


def test_worker_that_dies_before_it_acts_leaves_the_turn_to_the_next(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        note(message)
        Turn.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert turns.claim(desk.workspace.pk, message.conversation_id) is not None
    assert turns.claim(desk.workspace.pk, message.conversation_id) is None
    with scope(desk.workspace.pk):
        Turn.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert len(desk.said(desk.takes_turn(message.conversation))) == 1


def test_late_worker_does_not_act_on_a_turn_that_another_has_taken(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        note(message)
        Turn.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    late = turns.claim(desk.workspace.pk, message.conversation_id)
    assert late is not None
    with scope(desk.workspace.pk):
        Turn.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    conversation = desk.takes_turn(message.conversation)
    with scope(desk.workspace.pk):
        assert turns.still_mine(late) is None
    assert len(desk.said(conversation)) == 1


def test_what_the_ai_does_not_come_to_is_opened_for_people(desk: Desk) -> None:
    conversation = desk.writes(REFUND)
    assert conversation.status == Conversation.Status.PENDING
    with scope(desk.workspace.pk):
        note(receive(desk.inbox, SHIPPING))
        conversation.refresh_from_db()
        assert conversation.status == Conversation.Status.PENDING
        Turn.objects.update(due_at=timezone.now() - turns.RESCUE_AFTER - timedelta(seconds=1))
    turns.sweep()
    with scope(desk.workspace.pk):
        conversation.refresh_from_db()
        assert conversation.status == Conversation.Status.OPEN
        assert not Turn.objects.get().is_held


def test_assigned_conversation_gets_a_suggestion_only(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        assign(message.conversation, agent, by=agent)
        note(message)
    conversation = desk.takes_turn(message.conversation)
    assert desk.said(conversation) == []
    assert [one.state for one in desk.proposals(conversation)] == ["proposed"]


def test_agent_who_writes_or_has_written_is_not_talked_over(desk: Desk) -> None:
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        Draft(conversation=message.conversation, user=agent, mode="reply", body="Let me").save()
        note(message)
    conversation = desk.takes_turn(message.conversation)
    assert desk.said(conversation) == []
    with scope(desk.workspace.pk):
        send_reply(conversation, body="I am on it", author=agent, idempotency_key=uuid4())
        conversation.assignee = None
        conversation.save(update_fields=["assignee"])
    assert desk.said(desk.writes(SHIPPING)) == []


def test_agent_who_starts_typing_while_the_ai_thinks_wins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **ways: object) -> object:
        outcome = think(*args, **ways)  # type: ignore[arg-type]
        with scope(desk.workspace.pk):
            note_typing(Conversation.objects.get().pk, Side.AGENT, is_on=True)
        return outcome

    monkeypatch.setattr("ai.services.replying.think", slow)
    conversation = desk.writes(REFUND)
    assert desk.said(conversation) == []
    assert [one.state for one in desk.proposals(conversation)] == ["proposed"]


def test_message_that_comes_while_the_ai_thinks_is_answered_with_the_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **ways: object) -> object:
        outcome = think(*args, **ways)  # type: ignore[arg-type]
        with scope(desk.workspace.pk):
            note(receive(desk.inbox, "I mean for a bowl"))
        return outcome

    monkeypatch.setattr("ai.services.replying.think", slow)
    conversation = desk.writes(REFUND)
    assert desk.said(conversation) == []
    monkeypatch.setattr("ai.services.replying.think", think)
    assert len(desk.said(desk.takes_turn(conversation))) == 1


def test_switch_that_falls_while_the_ai_thinks_stops_the_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **ways: object) -> object:
        outcome = think(*args, **ways)  # type: ignore[arg-type]
        with scope(desk.workspace.pk):
            switch_off(Switch.Level.WORKSPACE, None, actor=Actor.system())
        return outcome

    monkeypatch.setattr("ai.services.replying.think", slow)
    conversation = desk.writes(REFUND)
    assert desk.said(conversation) == []
    assert conversation.status == Conversation.Status.OPEN


def test_switched_off_in_the_middle_of_a_talk_gives_it_to_people_in_silence(desk: Desk) -> None:
    conversation = desk.writes(REFUND)
    with scope(desk.workspace.pk):
        switch_off(Switch.Level.CONVERSATION, conversation, actor=Actor.system())
    conversation = desk.writes(SHIPPING)
    assert len(desk.said(conversation)) == 1
    assert desk.handed_over(conversation) == ["switched_off"]
    assert conversation.status == Conversation.Status.OPEN


def test_same_answer_is_not_said_twice(desk: Desk) -> None:
    desk.writes(REFUND)
    conversation = desk.writes(REFUND)
    assert desk.handed_over(conversation) == ["repeated"]


def test_two_machines_do_not_thank_each_other_for_ever(desk: Desk) -> None:
    for _number in range(MOST_ANSWERS + 3):
        conversation = desk.writes("thanks")
    assert desk.handed_over(conversation) == ["loop"]
    assert len(desk.said(conversation)) <= 4


def test_it_asks_what_is_meant_once(desk: Desk) -> None:
    conversation = desk.writes("that blue bowl")
    assert "could you tell me a little more" in desk.said(conversation)[0]
    conversation = desk.writes("some blue")
    assert len([one for one in desk.said(conversation) if "could you tell me" in one]) == 1
    assert len(desk.handed_over(conversation)) == 1


def test_minor_gets_a_person_and_no_ai(desk: Desk) -> None:
    conversation = desk.writes("I'm 15 years old, how long does a refund take?")
    assert desk.handed_over(conversation) == ["minor"]
    with scope(desk.workspace.pk):
        assert Switch.objects.get().reason == Switch.Reason.MINOR
    desk.writes(REFUND)
    assert len(desk.proposals(conversation)) == 0


def test_forbidden_topic_and_anger_go_to_people(desk: Desk) -> None:
    desk.configure(forbidden_topics=["medical advice"])
    assert desk.handed_over(desk.writes("Any medical advice on lead in glaze?", visitor="a")) == ["forbidden_topic"]
    with scope(desk.workspace.pk):
        save_inbox_ai(desk.inbox, {"forbidden_topics": ["recall of mugs"]}, actor=Actor.system())
    assert desk.handed_over(desk.writes("Is there a recall of your mugs?", visitor="of this inbox alone")) == ["forbidden_topic"]
    angry = desk.writes("This is outrageous, the worst shop ever, I am furious!", visitor="b")
    assert desk.handed_over(angry) == ["angry"]


def test_source_in_another_language_is_not_quoted(desk: Desk) -> None:
    conversation = desk.writes("¿Cuánto cuesta el envío estándar y cuántos días tarda?")
    assert desk.handed_over(conversation)[0] in ("language", "no_evidence")
    assert not any("Standard shipping" in one for one in desk.said(conversation))


def test_question_in_portuguese_is_answered_from_the_portuguese_article(desk: Desk) -> None:
    conversation = desk.writes("Em quantos dias posso devolver um artigo sem uso?")
    (text,) = desk.said(conversation)
    assert "Sou Mina, o assistente de IA" in text
    assert "Você pode devolver artigos sem uso em até 30 dias após a entrega." in text


def test_shadow_keeps_the_answer_and_sends_nothing(desk: Desk) -> None:
    desk.set(stage=InboxAi.Stage.SHADOW)
    conversation = desk.writes(REFUND)
    assert desk.said(conversation) == []
    assert [one.state for one in desk.proposals(conversation)] == ["shadow", "proposed"]
    assert desk.handed_over(desk.writes("I want a human", visitor="other")) == []


def test_share_answers_the_same_conversations_always(desk: Desk) -> None:
    desk.set(stage=InboxAi.Stage.SHARE, share=50)
    answered = {}
    for number in range(8):
        conversation = desk.writes(REFUND, visitor=f"v{number}")
        answered[conversation.pk] = bool(desk.said(conversation))
    assert answered == {key: key.int % 100 < 50 for key in answered}


def test_suggesting_inbox_sends_nothing(desk: Desk) -> None:
    desk.set(mode=InboxAi.Mode.SUGGEST)
    conversation = desk.writes(REFUND)
    assert desk.said(conversation) == []
    (proposal,) = desk.proposals(conversation)
    assert proposal.text.startswith("You can return unused items within 30 days")
    assert conversation.status == Conversation.Status.OPEN


def test_inbox_that_is_off_is_read_but_not_answered(desk: Desk) -> None:
    desk.set(mode=InboxAi.Mode.OFF)
    conversation = desk.writes(REFUND)
    assert (desk.said(conversation), list(desk.proposals(conversation))) == ([], [])
    with scope(desk.workspace.pk):
        assert Reading.objects.count() == 1


@pytest.mark.parametrize(("hour", "answers"), [(11, 0), (20, 1)])
def test_outside_business_hours_the_ai_answers_and_within_them_people(desk: Desk, hour: int, answers: int) -> None:
    desk.set(hours=InboxAi.Hours.OUTSIDE)
    with time_machine.travel(datetime(2026, 11, 24, hour, tzinfo=ZoneInfo("UTC"))):
        assert len(desk.said(desk.writes(REFUND))) == answers


def test_handover_at_night_says_when_people_are_back(desk: Desk) -> None:
    with time_machine.travel(datetime(2026, 11, 27, 22, tzinfo=ZoneInfo("UTC"))):  # a Friday
        conversation = desk.writes("Do you sell bicycles?")
    assert "They are back on Monday at 09:00" in desk.said(conversation)[0]


def test_intent_decides_team_and_whether_a_person_answers(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        team = Team.objects.create(name="Money")
        save_intent(
            Intent(),
            {
                "name": "Refund and return of an order",
                "description": "How long does a refund take?",
                "team": team,
                "may_be_automatic": False,
            },
            actor=Actor.system(),
        )
        save_intent(Intent(), {"name": "Shipping cost", "description": "What does shipping cost?"}, actor=Actor.system())
    conversation = desk.writes(REFUND)
    assert desk.handed_over(conversation) == ["not_automatic"]
    assert conversation.team_id == team.pk
    assert desk.proposals(conversation)[0].text.startswith("You can return")
    assert desk.handed_over(desk.writes(SHIPPING, visitor="other")) == []


def test_intent_over_its_error_budget_falls_back_to_people(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        intent = save_intent(Intent(), {"name": "Refund", "description": REFUND}, actor=Actor.system())
        save_intent(Intent(), {"name": "Shipping cost", "description": SHIPPING}, actor=Actor.system())
    earlier = desk.writes(REFUND, visitor="first")
    with scope(desk.workspace.pk):
        for number in range(6):
            review = "wrong" if number < 2 else "right"
            Proposal(conversation=earlier, purpose="answer", state="sent", intent=intent, review=review).save()
    assert desk.handed_over(desk.writes(REFUND, visitor="second")) == ["over_error_budget"]


def test_intent_sets_label_and_priority_only_where_it_was_told_to(desk: Desk) -> None:
    values = {"name": "Refund", "description": REFUND, "priority": Conversation.Priority.HIGH}
    with scope(desk.workspace.pk):
        intent = save_intent(Intent(), values, actor=Actor.system())
        save_intent(Intent(), {"name": "Shipping cost", "description": SHIPPING}, actor=Actor.system())
    assert desk.writes(REFUND, visitor="a").priority == Conversation.Priority.NONE
    with scope(desk.workspace.pk):
        save_intent(intent, {"applies_itself": True}, actor=Actor.system())
    assert desk.writes(REFUND, visitor="b").priority == Conversation.Priority.HIGH


def test_closed_message_window_keeps_ai_silent(db: None) -> None:
    desk = open_desk(channel="messenger")
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        ContactIdentity.objects.update(wrote_at=timezone.now() - timedelta(days=2))
        note(message)
    conversation = desk.takes_turn(message.conversation)
    assert desk.said(conversation) == []
    assert desk.handed_over(conversation) == ["window_closed"]


def test_stop_word_keeps_ai_silent(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, REFUND)
        ContactIdentity.objects.update(stopped_at=timezone.now())
        note(message)
    conversation = desk.takes_turn(message.conversation)
    assert desk.said(conversation) == []
    assert desk.handed_over(conversation) == ["stopped"]


def test_automatic_message_waits_for_nobody(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        message = receive(desk.inbox, "I am out of office", is_automatic=True)
        event = Event(type="message.created", conversation_id=message.conversation_id,
                      data={"message": str(message.pk), "kind": "inbound", "seq": message.seq})  # fmt: skip
        incoming.on_messages([event])
        assert not Turn.objects.exists()


def test_file_without_words_goes_to_people(desk: Desk) -> None:
    assert desk.handed_over(desk.writes("", content_type="image")) == ["unreadable"]


def test_handover_rows_are_one_each(desk: Desk) -> None:
    desk.writes("I want a human")
    conversation = desk.writes("I want a human!!")
    with scope(desk.workspace.pk):
        assert Handover.objects.count() == 1
    assert len(desk.said(conversation)) == 1
