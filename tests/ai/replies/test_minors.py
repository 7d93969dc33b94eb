"""A customer who says to be under 18: no model is shown the conversation, until a person has looked and taken it back."""

from uuid import uuid4

import pytest
from django.utils import timezone

from ai.models import Assist, Handover, Proposal, Switch, Turn
from ai.purposes import Purpose
from ai.services import assist_running, assisting
from ai.services.switches import switch_off, switch_on
from conversations.models import Conversation
from conversations.services.merging import merge
from conversations.services.replies import send_reply
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted
from tests.ai.replies.desk import Desk
from tests.factories import make_member, receive

REFUND = "How long does a refund take?"
SIGN = "I'm 15 years old."


@pytest.fixture(params=[True, False], ids=["read", "unread"])
def shop(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """A shop that answers; once it may read messages, once it may not."""
    if not request.param:
        with scope(desk.workspace.pk):
            switch_off(Switch.Level.WORKSPACE, None, Purpose.ANALYSE, actor=Actor.system())
    return desk


def is_off(desk: Desk) -> bool:
    with scope(desk.workspace.pk):
        return Switch.objects.filter(reason=Switch.Reason.MINOR).exists()


def lift(desk: Desk, conversation: Conversation) -> None:
    """Somebody has looked: the customer is of age. The conversation is the AI's again."""
    with scope(desk.workspace.pk):
        user = make_member(desk.workspace).user
        assert switch_on(Switch.Level.CONTACT, conversation.contact, None, Switch.Reason.MINOR, actor=Actor.user(user.pk))
        Handover.objects.update(ended_at=timezone.now())


def test_what_was_written_before_the_lift_is_no_sign_any_more(shop: Desk) -> None:
    conversation = shop.writes(f"{SIGN} {REFUND}")
    assert is_off(shop)
    lift(shop, conversation)
    conversation = shop.writes(REFUND)
    assert not is_off(shop)
    assert shop.handed_over(conversation) == ["minor"]
    assert "Refunds arrive" in shop.said(conversation)[-1]


def test_message_that_waited_while_it_was_lifted_is_no_sign_either(shop: Desk) -> None:
    conversation = shop.writes(SIGN)
    with scope(shop.workspace.pk):
        receive(shop.inbox, "As I said, I am 15 years old.")
    lift(shop, conversation)
    with scope(shop.workspace.pk):
        Turn.objects.filter(conversation=conversation).update(from_seq=1)
    conversation = shop.writes(REFUND)
    assert not is_off(shop)
    assert "Refunds arrive" in shop.said(conversation)[-1]


def test_what_is_written_after_the_lift_is_a_sign_again(shop: Desk) -> None:
    conversation = shop.writes(SIGN)
    lift(shop, conversation)
    conversation = shop.writes("I was joking. I am 16 years old.")
    assert is_off(shop)
    assert shop.handed_over(conversation) == ["minor", "minor"]


def test_lift_counts_for_all_who_became_one_person(shop: Desk) -> None:
    conversation = shop.writes(SIGN)
    lift(shop, conversation)
    with scope(shop.workspace.pk):
        other = receive(shop.inbox, "Hello", visitor="other").conversation
        merge(other.contact, conversation.contact, by=make_member(shop.workspace, "admin").user)
    shop.writes(REFUND)
    assert not is_off(shop)


def ask(desk: Desk, kind: str, conversation: Conversation) -> Assist:
    """A job that an agent gave, once it was done."""
    agent = make_member(desk.workspace).user
    with scope(desk.workspace.pk):
        asked = {
            "suggest": lambda: assisting.suggest(conversation, by=agent),
            "summarise": lambda: assisting.summarise(conversation, by=agent, language="en"),
            "rewrite": lambda: assisting.rewrite("send it back", "formal", conversation=conversation, by=agent),
            "translate": lambda: assisting.translate("send it back", "pt", conversation=conversation, by=agent),
        }[kind]()
    assist_running.run(desk.workspace.pk, asked.pk)
    with scope(desk.workspace.pk):
        return Assist.objects.select_related("conversation__contact").get(pk=asked.pk)


@pytest.mark.parametrize("kind", ["suggest", "summarise", "rewrite", "translate"])
@pytest.mark.parametrize("is_answered", [False, True], ids=["waiting", "answered"])
def test_no_model_helps_with_a_minors_conversation(shop: Desk, server: Scripted, kind: str, *, is_answered: bool) -> None:
    set_up(shop.workspace, server)
    with scope(shop.workspace.pk):
        conversation = receive(shop.inbox, f"{SIGN} {REFUND}").conversation
        if is_answered:
            send_reply(conversation, body="Five days.", author=make_member(shop.workspace).user, idempotency_key=uuid4())
            conversation = receive(shop.inbox, REFUND).conversation
    done = ask(shop, kind, conversation)
    assert server.requests == []
    assert is_off(shop)
    assert (done.error, done.result) == (
        ("", {"proposal": None, "reason": "minor"}) if kind == "suggest" else ("closed", {"closed": "minor"})
    )
    with scope(shop.workspace.pk):
        assert not Proposal.objects.exists()


def test_summary_of_a_long_conversation_looks_for_a_minor_at_its_beginning(shop: Desk, server: Scripted) -> None:
    set_up(shop.workspace, server)
    with scope(shop.workspace.pk):
        conversation = receive(shop.inbox, SIGN).conversation
        for number in range(45):
            receive(shop.inbox, f"And another thing, number {number}")
        conversation.refresh_from_db()
    assert ask(shop, "summarise", conversation).result == {"closed": "minor"}
    assert server.requests == []


@pytest.mark.parametrize("kind", ["summarise", "rewrite", "translate"])
def test_models_help_again_once_it_is_lifted(shop: Desk, server: Scripted, kind: str) -> None:
    set_up(shop.workspace, server)
    conversation = shop.writes(SIGN)
    lift(shop, conversation)
    assert ask(shop, kind, conversation).error == ""
    assert len(server.requests) == 1
