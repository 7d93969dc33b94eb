"""Mail through the whole way in, on real tables: which conversation it joins, and whom nothing lets in."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Workspace
from channels_app.adapters.email.adapter import EmailAdapter
from channels_app.adapters.email.envelope import Head, Outcome, Verdict, mail_envelope
from channels_app.adapters.email.message_ids import own_message_id
from channels_app.adapters.email.reply_tokens import bounce_address, reply_address
from channels_app.contract import ChannelError, Envelope, Sent
from channels_app.intake import Intake
from channels_app.models import InboundEvent, OutboundDelivery
from channels_app.registry import config_of
from channels_app.services import drain, outbox
from conversations.models import Contact, Conversation, Inbox, Message, MessageOriginal
from conversations.normalised import Claim, InboundMessage, Sender
from conversations.services import inbound_messages, originals
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.channels_app.email.builders import INBOX, SECRET, make_mail, make_multipart
from tests.channels_app.email.corpus import mails
from tests.factories import make_inbox, make_user, make_workspace, receive

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; z@x\n"
ZOE = Verdict("pass", "dkim", "customer.example")


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox("email", "Help", **INBOX.settings)


def store(inbox: Inbox, envelopes: Sequence[Envelope]) -> None:
    """Take envelopes in as the edge does, and apply them as a worker does."""

    async def run() -> None:
        intake = Intake()
        await intake.store("email", config_of(inbox), envelopes)
        await intake.close()

    asyncio.run(run())
    drain.drain()


def come_in(inbox: Inbox, raw: bytes, *, verdict: Verdict = ZOE, **head: Any) -> None:
    store(inbox, [mail_envelope(raw, Head(received_at=datetime.now(UTC), source="test", verdict=verdict, **head))])


def talks(workspace: Workspace) -> list[list[str]]:
    """The texts of each conversation, in order."""
    with scope(workspace.pk):
        messages = Message.objects.exclude(kind="activity").order_by("id")
        return [
            [message.body for message in messages if message.conversation_id == conversation.pk]
            for conversation in Conversation.objects.order_by("number")
        ]


def replied(workspace: Workspace, text: str = "Yes, two.") -> tuple[UUID, UUID]:
    """Answer the first conversation; its id and the reply's."""
    with scope(workspace.pk):
        conversation = Conversation.objects.order_by("number")[0]
        return conversation.pk, send_reply(conversation, body=text, author=make_user(), idempotency_key=uuid4()).pk


def second(**named: str) -> bytes:
    return make_mail(**{"Message_ID": f"<{uuid4()}@customer.example>", "body": "And the red one?", **named})


def test_mail_opens_a_conversation_and_its_raw_form_is_kept(workspace: Workspace, inbox: Inbox) -> None:
    raw = make_multipart("alternative", "\nHello", "Content-Type: text/html\n\n<b>Hello</b>")
    come_in(inbox, raw)
    assert talks(workspace) == [["Hello"]]
    with scope(workspace.pk):
        conversation = Conversation.objects.get()
        assert (conversation.subject, conversation.contact.name) == ("The blue bowl", "Zoë")
        kept = MessageOriginal.objects.get()
        assert b"".join(originals.read(kept)) == raw
        assert "<b>Hello</b>" in kept.html


def test_answer_with_a_token_joins_from_whatever_address(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, make_mail())
    conversation, _reply = replied(workspace)
    address = reply_address("help@shop.example", SECRET, conversation)
    come_in(inbox, second(From="zoe@private.example", To=address.title()), verdict=Verdict())
    assert [len(texts) for texts in talks(workspace)] == [3]


def test_answer_by_message_id_joins_for_who_takes_part(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, make_mail())
    _conversation, reply = replied(workspace)
    with scope(workspace.pk):
        sent = Message.objects.get(pk=reply)
        sent.provider_id = own_message_id(reply, SECRET, "shop.example")
        sent.save(update_fields=["provider_id"])
    come_in(inbox, second(**{"In-Reply-To": "<one@customer.example>"}))
    assert [len(texts) for texts in talks(workspace)] == [3]


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
def test_stranger_who_names_a_message_does_not_join(workspace: Workspace, inbox: Inbox, field: str) -> None:
    come_in(inbox, make_mail())
    come_in(inbox, second(From="eve@stranger.example", **{field: "<one@customer.example>"}), verdict=Verdict())
    assert [len(texts) for texts in talks(workspace)] == [1, 1]


@pytest.mark.parametrize("named", ["<>", "", "<null>", "<@>", "<somebody@else.example>"])
def test_empty_and_foreign_ids_join_nothing(workspace: Workspace, inbox: Inbox, named: str) -> None:
    come_in(inbox, make_mail(Message_ID="<>"))
    come_in(inbox, second(**{"In-Reply-To": named, "References": named}))
    assert [len(texts) for texts in talks(workspace)] == [1, 1]


def test_token_of_another_workspace_joins_nothing(workspace: Workspace, inbox: Inbox) -> None:
    other = make_workspace("Casa Verde")
    with scope(other.pk):
        foreign = make_inbox("email", "Help", **INBOX.settings)
    come_in(foreign, make_mail())
    conversation, _reply = replied(other)
    come_in(inbox, second(To=reply_address("help@shop.example", SECRET, conversation)))
    assert [[len(texts) for texts in talks(one)] for one in (workspace, other)] == [[1], [2]]


def test_same_mail_by_two_ways_is_one_message(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, b"Received: by one\r\n" + make_mail())
    come_in(inbox, b"Received: by another\r\n" + make_mail())
    assert talks(workspace) == [["Hello, is the blue bowl still there?"]]


def test_mail_coded_anew_on_its_way_is_the_same_one(workspace: Workspace, inbox: Inbox) -> None:
    coded = b64encode(b"Hello, is the blue\r\nbowl still there?\r\n").decode()
    come_in(inbox, make_mail())
    come_in(inbox, make_mail(Content_Transfer_Encoding="base64", body=coded))
    assert talks(workspace) == [["Hello, is the blue bowl still there?"]]


@pytest.mark.parametrize("changed", [{"body": "Send the money to another account."}, {"From": "eve@stranger.example"}])
def test_other_mail_under_a_known_id_is_a_message_of_its_own(workspace: Workspace, inbox: Inbox, changed: dict[str, str]) -> None:
    come_in(inbox, make_mail())
    for way in (b"Received: by one\r\n", b"Received: by another\r\n"):
        come_in(inbox, way + make_mail(**changed), verdict=Verdict())
    with scope(workspace.pk):
        found = Message.objects.exclude(kind="activity").order_by("id")
        assert [one.data.get("is_twin", False) for one in found] == [False, True]
        assert found[1].body == changed.get("body", found[0].body)
        assert InboundEvent.objects.exclude(state="applied").count() == 0


def test_new_mails_are_applied_together_and_told_apart_all_the_same(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, together = inbound_messages.apply_messages, []

    def counted(inbox: Inbox, events: Sequence[InboundMessage]) -> list[Contact | None]:
        together.append(len(events))
        return real(inbox, events)

    monkeypatch.setattr(inbound_messages, "apply_messages", counted)
    named, eve = Head(received_at=datetime.now(UTC), source="test", verdict=ZOE), "eve@stranger.example"
    unnamed = Head(received_at=datetime.now(UTC), source="test", verdict=Verdict())
    ways = (b"Received: by one\r\n", b"Received: by another\r\n")
    said = [mail_envelope(way + make_mail(), named) for way in ways]
    said += [mail_envelope(way + make_mail(From=eve, body="Send the money to me."), unnamed) for way in ways]
    file = "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment; filename=a.csv\n\n1;2\n"
    with_file = make_multipart("mixed", "Content-Type: text/plain\n\nHere it is.\n", file, Message_ID="<file@customer.example>")
    store(inbox, [*said, mail_envelope(with_file, named)])
    assert together == [5]
    with scope(workspace.pk):
        found = {message.body.strip(): message for message in Message.objects.exclude(kind="activity")}
        assert len(found) == Message.objects.exclude(kind="activity").count() == Conversation.objects.count() == 3
        assert sorted(one.data.get("is_twin", False) for one in found.values()) == [False, False, True]
        assert found["Here it is."].attachments.count() == 1
        assert MessageOriginal.objects.count() == 3
        assert Conversation.objects.values("contact").distinct().count() == 2
        assert InboundEvent.objects.exclude(state="applied").count() == 0


@pytest.mark.parametrize(("action", "status"), [("failed", "failed"), ("delayed", "queued")])
def test_report_reaches_its_message_and_a_delay_is_no_failure(
    workspace: Workspace, inbox: Inbox, action: str, status: str
) -> None:
    come_in(inbox, make_mail())
    _conversation, reply = replied(workspace)
    original = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {own_message_id(reply, SECRET, 'shop.example')}\n"
    said = f"{STATUS}Action: {action}\nStatus: 5.1.1\n"
    come_in(inbox, make_multipart("report", "\nWords.", said, original, From="MAILER-DAEMON@x.example"), verdict=Verdict())
    with scope(workspace.pk):
        message = Message.objects.get(pk=reply)
        assert InboundEvent.objects.exclude(state="applied").count() == 0
        assert Conversation.objects.count() == 1
        assert (message.status == "failed") is (status == "failed")
        assert message.error_code == ("mailbox_unknown" if status == "failed" else "delayed")


def test_bounce_address_reaches_its_message(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, make_mail())
    _conversation, reply = replied(workspace)
    said = f"{STATUS}Action: failed\nStatus: 5.2.2\n"
    raw = make_multipart("report", "\nWords.", said, From="MAILER-DAEMON@x.example")
    come_in(inbox, raw, recipients=(bounce_address("help@shop.example", SECRET, reply),), verdict=Verdict())
    with scope(workspace.pk):
        assert Message.objects.get(pk=reply).error_code == "mailbox_full"


@pytest.fixture
def lost(workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A reply of which nobody knows whether it left: the server was cut off after it had the mail."""

    def cut_off(*_arguments: object) -> Sent:
        raise ChannelError("unconfirmed", is_ambiguous=True)

    come_in(inbox, make_mail())
    _conversation, reply = replied(workspace)
    with monkeypatch.context() as patch:
        patch.setattr(EmailAdapter, "send", cut_off)
        outbox.deliver_due()
    assert fate(workspace, reply) == ("unknown", "unknown", "unconfirmed")
    return reply


def fate(workspace: Workspace, reply: UUID) -> tuple[str, str, str]:
    """What is known of a message, and of its delivery."""
    with scope(workspace.pk):
        message, delivery = Message.objects.get(pk=reply), OutboundDelivery.objects.get()
        assert message.error_code == delivery.error_code
        return message.status, delivery.state, message.error_code


def test_answer_proves_that_an_uncertain_mail_left(workspace: Workspace, inbox: Inbox, lost: UUID) -> None:
    come_in(inbox, second(**{"In-Reply-To": own_message_id(lost, SECRET, "shop.example")}))
    assert fate(workspace, lost) == ("sent", "sent", "")
    assert [len(texts) for texts in talks(workspace)] == [3]


def test_answer_to_something_else_proves_nothing(workspace: Workspace, inbox: Inbox, lost: UUID) -> None:
    come_in(inbox, second(**{"In-Reply-To": "<one@customer.example>"}))
    assert fate(workspace, lost) == ("unknown", "unknown", "unconfirmed")


@pytest.mark.parametrize(
    ("action", "expected"), [("failed", ("failed", "failed", "mailbox_unknown")), ("delayed", ("sent", "sent", "delayed"))]
)
def test_report_proves_what_became_of_an_uncertain_mail(
    workspace: Workspace, inbox: Inbox, lost: UUID, action: str, expected: tuple[str, str, str]
) -> None:
    original = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {own_message_id(lost, SECRET, 'shop.example')}\n"
    said = f"{STATUS}Action: {action}\nStatus: 5.1.1\n"
    come_in(inbox, make_multipart("report", "\nWords.", said, original, From="MAILER-DAEMON@x.example"), verdict=Verdict())
    assert fate(workspace, lost) == expected


def test_our_own_mail_that_comes_back_becomes_nothing(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, make_mail())
    _conversation, reply = replied(workspace)
    come_in(inbox, make_mail(Message_ID=own_message_id(reply, SECRET, "shop.example"), From="list@other.example"))
    come_in(inbox, make_mail(From="help@shop.example", Message_ID="<loop@shop.example>"))
    assert [len(texts) for texts in talks(workspace)] == [2]
    with scope(workspace.pk):
        assert InboundEvent.objects.filter(state="applied").count() == 3


@pytest.mark.parametrize(("outcome", "is_known"), [("pass", True), ("fail", False), ("none", False)])
def test_only_a_proven_sender_is_whom_the_company_knows(
    workspace: Workspace, inbox: Inbox, outcome: Outcome, is_known: bool
) -> None:
    with scope(workspace.pk):
        claim = Claim("email", "zoe@customer.example", is_verified=True)
        known = receive(make_inbox(), sender=Sender("visitor", "v1", claims=(claim,))).conversation.contact_id
    come_in(inbox, make_mail(), verdict=Verdict(outcome, "dmarc", "customer.example"))
    with scope(workspace.pk):
        message = Message.objects.get(inbox=inbox)
        assert (message.conversation.contact_id == known) is is_known
        assert message.data["auth"]["outcome"] == outcome


def test_unproven_mail_is_marked(workspace: Workspace, inbox: Inbox) -> None:
    come_in(inbox, make_mail())
    come_in(inbox, second(), verdict=Verdict("fail", "dmarc", "customer.example"))
    with scope(workspace.pk):
        marks = [message.data["auth"]["outcome"] for message in Message.objects.filter(kind="inbound").order_by("id")]
        assert marks == ["pass", "fail"]


def test_hardest_mails_go_all_the_way(workspace: Workspace, inbox: Inbox) -> None:
    hard = [raw for _name, raw in mails()]
    store(inbox, [mail_envelope(raw, Head(received_at=datetime.now(UTC), source="test")) for raw in hard])
    with scope(workspace.pk):
        assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}
        assert InboundEvent.objects.count() == len(set(hard))
        for kept in MessageOriginal.objects.all():
            assert b"".join(originals.read(kept)) in hard
        assert MessageOriginal.objects.count() > 200
