"""What became of answers: confirmed only when said, assumed only after silence everywhere, and never both."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from ai.models import Proposal, Resolution
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
    assert (found.total.answered, found.total.confirmed.value, found.total.confirmed.interval, found.saved_seconds) == (
        0, None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (50, 100, 0.404, 0.596)]
)
def test_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    found = Share(count, of).interval
    assert found is not None
    assert [round(one, 3) for one in found] == [low, high]
