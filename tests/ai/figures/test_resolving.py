"""What became of answers: confirmed only when said, assumed only after silence everywhere, and never both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from ai.models import Handover, Intent, Proposal, Provider, Reading, Resolution, Use
from ai.selectors.figures import Share, overview, to_review
from ai.services import resolving
from ai.services.proposing import review
from conversations.models import Conversation, Message
from conversations.services.merging import merge
from conversations.services.messages import Draft, add_message
from conversations.services.reading import mark_read
from conversations.services.replies import add_note, send_reply
from conversations.services.state import assign, set_status
from core.events.models import Event
from core.tenancy import scope
from tests.factories import make_inbox, make_member, make_workspace, receive

pytestmark = pytest.mark.django_db

SOURCE = {"document": str(uuid4()), "title": "Returns", "url": "", "quote": "Yes.", "passage": str(uuid4()), "is_public": True}


class Shop:
    """A workspace whose AI has answered."""

    def __init__(self) -> None:
        self.workspace = make_workspace()
        self.agent: User = make_member(self.workspace).user
        with scope(self.workspace.pk):
            self.inbox = make_inbox()
            self.other = make_inbox("telegram")

    def asks(self, text: str = "Can I return it?", *, visitor: str = "visitor-1") -> Message:
        message = receive(self.inbox, text, visitor=visitor)
        self.heard(message)
        return message

    def heard(self, message: Message) -> None:
        data = {"message": str(message.pk), "kind": message.kind}
        resolving.on_messages([self.event(message.conversation, "message.created", **data)])

    def asks_elsewhere(self, conversation: Conversation) -> None:
        """The same person asks on another channel as well."""
        merge(conversation.contact, receive(self.other, "Hello?", visitor="elsewhere").conversation.contact, by=self.agent)

    def elsewhere(self, conversation: Conversation) -> Conversation:
        return Conversation.objects.exclude(pk=conversation.pk).get()

    def answers(self, conversation: Conversation, *, language: str = "en") -> Proposal:
        asked = Message.objects.filter(conversation=conversation).order_by("-seq")[0]
        conversation.refresh_from_db()
        said = add_message(conversation, Draft(kind=Message.Kind.OUTBOUND, body="Yes.", is_ai=True))
        sent = Proposal(
            workspace_id=self.workspace.pk, conversation=conversation, purpose="answer", state="sent", text="Yes.", message=said,
            sources=[SOURCE], evidence=0.9, to_seq=asked.seq, language=language,
        )  # fmt: skip
        sent.save(force_insert=True)
        resolving.on_proposal(self.event(conversation, "ai.proposal", proposal=str(sent.pk), state="sent"))
        return sent

    def event(self, conversation: Conversation, type: str, **data: str) -> Event:  # noqa: A002  # the field's own word
        return Event(type=type, conversation_id=conversation.pk, workspace_id=self.workspace.pk, data=data)

    def states(self) -> list[str]:
        with scope(self.workspace.pk):
            return list(Resolution.objects.order_by("id").values_list("state", flat=True))


@pytest.fixture
def shop() -> Shop:
    return Shop()


def settle(after: timedelta) -> int:
    with time_machine.travel(timezone.now() + after, tick=False):
        return resolving.sweep()


def test_thanks_confirm_and_silence_is_not_asked_any_more(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        shop.answers(talk)
        shop.asks("Perfect, thank you!")
    assert shop.states() == ["confirmed"]
    assert settle(timedelta(days=4)) == 0


def test_silence_of_72_hours_is_assumed_and_no_hour_less(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        shop.answers(shop.asks().conversation)
    assert (settle(timedelta(hours=71)), shop.states()) == (0, ["waiting"])
    assert (settle(timedelta(hours=73)), shop.states()) == (1, ["assumed"])


def test_person_who_answers_too_takes_it_over(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        shop.answers(talk)
        talk.refresh_from_db()
        shop.heard(send_reply(talk, body="I looked too.", author=shop.agent, idempotency_key=uuid4()))
    assert shop.states() == ["taken_over"]


def notes(shop: Shop, talk: Conversation) -> None:
    add_note(talk, body="Called them.", author=shop.agent, idempotency_key=uuid4())


def resolves(shop: Shop, talk: Conversation) -> None:
    set_status(talk, "resolved", by=shop.agent)


def takes(shop: Shop, talk: Conversation) -> None:
    assign(talk, shop.agent, by=shop.agent)


def writes_elsewhere(shop: Shop, talk: Conversation) -> None:
    send_reply(shop.elsewhere(talk), body="We called you.", author=shop.agent, idempotency_key=uuid4())


def reads(shop: Shop, talk: Conversation) -> None:
    mark_read(talk, user=shop.agent)


def resolves_elsewhere(shop: Shop, talk: Conversation) -> None:
    set_status(shop.elsewhere(talk), "resolved", by=shop.agent)


def lets_a_rule_resolve(shop: Shop, talk: Conversation) -> None:
    set_status(talk, "resolved", by=None)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (notes, "taken_over"),
        (resolves, "taken_over"),
        (takes, "taken_over"),
        (writes_elsewhere, "taken_over"),
        (reads, "assumed"),
        (resolves_elsewhere, "assumed"),
        (lets_a_rule_resolve, "assumed"),
    ],
)
def test_what_a_person_touched_is_not_assumed(shop: Shop, act: Callable[[Shop, Conversation], None], state: str) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        shop.asks_elsewhere(talk)
        shop.answers(talk)
        talk.refresh_from_db()
        act(shop, talk)
    settle(timedelta(hours=73))
    assert shop.states() == [state]


@pytest.mark.parametrize("hours", [-1, 73])
def test_touch_before_the_answer_or_after_the_silence_takes_nothing_away(shop: Shop, hours: int) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            notes(shop, talk)
        shop.answers(talk)
    settle(timedelta(hours=80))
    assert shop.states() == ["assumed"]


def test_handover_is_no_resolution(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        shop.answers(talk)
        resolving.on_handovers([shop.event(talk, "ai.handed_over", reason="angry")])
    assert shop.states() == ["handed_over"]


@pytest.mark.parametrize("is_merged", [False, True])
def test_customer_who_comes_back_on_another_channel_was_not_helped(shop: Shop, is_merged: bool) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        shop.answers(talk)
        again = receive(shop.other, "Nobody helps me", visitor="elsewhere").conversation
        if is_merged:
            merge(talk.contact, again.contact, by=shop.agent)
    settle(timedelta(hours=73))
    assert shop.states() == ["asked_again" if is_merged else "assumed"]


def test_several_answers_are_one_run_and_a_later_question_is_another(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        first = shop.answers(talk)
        shop.asks("And how long does it take?")
        shop.answers(talk)
        resolving.on_proposal(shop.event(talk, "ai.proposal", proposal=str(first.pk), state="sent"))
        assert list(Resolution.objects.values_list("answers", flat=True)) == [2]
    settle(timedelta(hours=73))
    with scope(shop.workspace.pk):
        shop.asks("Something else")
        shop.answers(talk)
    assert shop.states() == ["assumed", "waiting"]


def test_event_that_comes_twice_counts_once(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks().conversation
        sent = shop.answers(talk)
        event = shop.event(talk, "ai.proposal", proposal=str(sent.pk), state="sent")
        resolving.on_proposal(event)
        shop.asks("thanks")
        resolving.on_proposal(event)
    assert shop.states() == ["confirmed"]


def test_greeting_is_no_answer_to_a_question(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        talk = shop.asks("Hi").conversation
        sent = shop.answers(talk)
        Resolution.objects.all().delete()
        Proposal.objects.all().delete()
        sent.sources = []
        sent.save(force_insert=True)
        resolving.on_proposal(shop.event(talk, "ai.proposal", proposal=str(sent.pk), state="sent"))
    assert shop.states() == []


def since() -> datetime:
    return timezone.now() - timedelta(days=7)


def test_figures_keep_confirmed_and_assumed_apart_and_leave_out_what_waits(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        for place, language in enumerate(["en", "en", "pt", "pt"]):
            shop.answers(shop.asks(visitor=f"v{place}").conversation, language=language)
    with scope(shop.workspace.pk):
        ids = list(Resolution.objects.order_by("id").values_list("id", flat=True))
        for pk, state in zip(ids, ["confirmed", "assumed", "handed_over", "waiting"], strict=True):
            Resolution.objects.filter(pk=pk).update(state=state)
        found = overview(since())
    total = found.total
    assert (total.answered, total.settled, found.waiting) == (4, 3, 1)
    assert [(one.count, one.of) for one in (total.confirmed, total.assumed, total.unresolved)] == [(1, 3)] * 3
    assert {one.name: (one.answered, one.confirmed.count) for one in found.by_language} == {"en": (2, 1), "pt": (2, 0)}


def hands_over(shop: Shop, asked: Message, *, intent: Intent | None, language: str) -> Handover:
    Reading.objects.create(
        message=asked,
        conversation=asked.conversation,
        seq=asked.seq,
        language=language,
        intent=intent,
        is_in_scope=intent is not None,
    )
    return Handover.objects.create(conversation=asked.conversation, reason="unknown", seq=asked.seq + 1)


def pays(shop: Shop, conversation: Conversation | None, micros: int | None, outcome: str = "ok") -> None:
    provider, _is_new = Provider.objects.get_or_create(name="Models", defaults={"base_url": "http://127.0.0.1:1/v1"})
    Use.objects.create(
        purpose="answer", task="answer", model="one", provider=provider, conversation=conversation, actor_kind="system",
        outcome=outcome, cost_micros=micros, created_at=timezone.now(),
    )  # fmt: skip


def test_what_was_left_to_people_what_it_saved_and_cost_are_told_by_intent_and_language(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with scope(shop.workspace.pk):
        refund, delivery = Intent.objects.create(name="Refund"), Intent.objects.create(name="Delivery")
        for place, (intent, language) in enumerate([(refund, "en"), (delivery, "pt"), (None, "pt")]):
            hands_over(shop, shop.asks(visitor=f"h{place}"), intent=intent, language=language)
        talks = [shop.asks(visitor=f"a{place}").conversation for place in range(3)]
        for talk, intent, language in zip(talks, (refund, refund, delivery), ("en", "pt", "pt"), strict=True):
            shop.answers(talk, language=language)
            Resolution.objects.filter(conversation=talk).update(intent=intent, state="assumed")
        for asked in Message.objects.filter(conversation__in=talks[:2], kind="inbound"):
            Reading.objects.create(
                message=asked, conversation=asked.conversation, seq=asked.seq, language="en", intent=refund, is_in_scope=True
            )
        pays(shop, talks[0], 200)
        pays(shop, talks[1], 50)
        pays(shop, talks[1], None, Use.PENDING)
        pays(shop, talks[2], 7)  # it was never read
        pays(shop, None, 1000)
        waited = shop.asks(visitor="people").conversation
        with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
            send_reply(waited, body="Yes.", author=shop.agent, idempotency_key=uuid4())
        with django_assert_num_queries(7):
            found = overview(since())
    intents = {one.name: one for one in found.by_intent}
    languages = {one.name: one for one in found.by_language}
    assert [(one.name, one.answered, one.abstained.count, one.abstained.of) for one in found.by_intent] == [
        ("Refund", 2, 1, 3), ("Delivery", 1, 1, 2), ("", 0, 1, 1),
    ]  # fmt: skip
    assert {name: (one.abstained.count, one.abstained.of) for name, one in languages.items()} == {
        "pt": (2, 4), "en": (1, 2), "": (0, 0),
    }  # fmt: skip
    assert {name: one.cost_micros for name, one in intents.items()} == {"Refund": 250, "Delivery": 0, "": 7}
    assert {name: one.cost_micros for name, one in languages.items()} == {"en": 250, "pt": 0, "": 7}
    assert (found.total.cost_micros, found.is_cost_apart) == (1257, True)
    saved = [one.saved_seconds or 0.0 for one in found.by_intent]
    assert (round(saved[0] / saved[1], 3), saved[2]) == (2.0, 0.0)
    assert found.total.saved_seconds == pytest.approx(sum(saved))
    assert found.total.saved_seconds == pytest.approx(1800, rel=0.02)


def test_cost_of_an_intent_is_not_told_where_a_price_is_missing(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        intent = Intent.objects.create(name="Refund")
        for place, micros in enumerate([40, None]):
            asked = shop.asks(visitor=f"v{place}")
            hands_over(shop, asked, intent=intent if micros is None else None, language="en")
            pays(shop, asked.conversation, micros)
        found = overview(since())
    assert {one.name: one.cost_micros for one in found.by_intent} == {"Refund": None, "": 40}
    assert (found.total.cost_micros, found.is_cost_apart) == (None, False)


def test_wrong_is_counted_among_reviewed_answers_alone(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        sent = [shop.answers(shop.asks(visitor=f"v{place}").conversation) for place in range(3)]
        review(sent[0], "right", by=shop.agent)
        review(sent[1], "wrong", by=shop.agent)
        assert (overview(since()).total.wrong.count, overview(since()).total.wrong.of) == (1, 2)
        assert [one.pk for one in to_review(since())] == [sent[2].pk]


def test_empty_workspace_has_figures_without_shares(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        found = overview(since())
    assert (found.total.answered, found.total.confirmed.value, found.total.confirmed.interval, found.total.saved_seconds) == (
        0, None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (50, 100, 0.404, 0.596)]
)
def test_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    found = Share(count, of).interval
    assert found is not None
    assert [round(one, 3) for one in found] == [low, high]
