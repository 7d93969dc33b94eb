"""Conversations that go on by mail when their contact has left."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import Workspace
from channels_app.adapters.website.config import ConfigForm
from channels_app.contract import Capabilities, ChannelError, Feature, InboxConfig
from channels_app.models import OutboundDelivery
from channels_app.services import continuing, outbox, settling
from conversations.models import Contact, Conversation, Inbox, Message
from conversations.normalised import Claim, InboundMessage, ReadUpTo, Receipt, Sender, Thread
from conversations.services import inbound
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

VISITOR = Sender("visitor", "visitor-1", name="Zoë", claims=(Claim("email", "zoe@example.com"),))


class MailLikeAdapter(FakeAdapter):
    capabilities = Capabilities(features=frozenset({Feature.SUBJECT, Feature.ATTACHMENTS}), max_text=9000, max_file=9000)

    def own_id(self, reference: UUID, inbox: InboxConfig) -> str:
        return f"<{reference}@shop.example>"


@pytest.fixture
def adapter_type() -> type[FakeAdapter]:
    return MailLikeAdapter


@pytest.fixture
def workspace(adapter: FakeAdapter) -> Workspace:
    workspace = make_workspace("Loja Azul")
    with scope(workspace.pk):
        mail = make_inbox("fake", "Mail")
        website = make_inbox(continues_in=str(mail.pk))
        inbound.apply(website, InboundMessage(VISITOR, "m1", timezone.now(), "Where is my parcel?"))
    return workspace


def answer(workspace: Workspace, *texts: str) -> None:
    with scope(workspace.pk):
        for text in texts:
            conversation = Conversation.objects.select_related("contact", "identity", "inbox").get()
            send_reply(conversation, body=text, author=make_user("Kwame Mensah"), idempotency_key=uuid4())
    while outbox.deliver_due():
        pass


def let_pass(workspace: Workspace, minutes: int) -> None:
    with scope(workspace.pk):
        for model, field in ((Message, "created_at"), (Contact, "last_seen_at")):
            for one in model.objects.all():
                model.objects.filter(pk=one.pk).update(**{field: getattr(one, field) - timedelta(minutes=minutes)})


def test_unread_replies_go_on_as_one_mail_once(workspace: Workspace, adapter: FakeAdapter) -> None:
    answer(workspace, "It is on its way.", "It comes tomorrow.")
    assert continuing.continue_conversations() == 0  # the visitor may still be reading
    let_pass(workspace, 6)
    assert continuing.continue_conversations() == 1
    assert continuing.continue_conversations() == 0
    assert outbox.deliver_due() == 1
    (sent,) = adapter.sent
    assert (sent.to, sent.name, sent.text) == ("zoe@example.com", "Zoë", "It is on its way.\n\nIt comes tomorrow.")
    assert sent.subject == "Your conversation with Loja Azul"
    with scope(workspace.pk):
        conversation = Conversation.objects.get()
        assert sent.conversation == conversation.pk
        assert Message.objects.get(kind="activity").data == {"action": "continued_by_mail"}


def test_read_replies_and_present_visitors_get_no_mail(workspace: Workspace) -> None:
    answer(workspace, "It is on its way.")
    let_pass(workspace, 6)
    with scope(workspace.pk):
        Contact.objects.update(last_seen_at=timezone.now())
    assert continuing.continue_conversations() == 0
    with scope(workspace.pk):
        website = Inbox.objects.get(channel="website")
        inbound.apply(website, ReadUpTo(Sender("visitor", "visitor-1"), 2, timezone.now()))
        Contact.objects.update(last_seen_at=timezone.now() - timedelta(minutes=9))
    assert continuing.continue_conversations() == 0


def test_answer_by_mail_comes_back_into_the_conversation_from_the_same_person(workspace: Workspace, adapter: FakeAdapter) -> None:
    answer(workspace, "It is on its way.")
    let_pass(workspace, 6)
    continuing.continue_conversations()
    outbox.deliver_due()
    with scope(workspace.pk):
        mail = Inbox.objects.get(channel="fake")
        thread = Thread(subject="Re: Your conversation", conversation=adapter.sent[0].conversation)
        back = InboundMessage(
            Sender("email", "zoe@example.com"), "<1@example.com>", timezone.now(), "Thank you!", thread=thread, original=b"raw"
        )
        inbound.apply(mail, back)
        conversation = Conversation.objects.get()
        assert Contact.objects.count() == 1
        last = Message.objects.order_by("-seq")[0]
        assert (last.body, last.author_contact_id, last.conversation_id) == (
            "Thank you!",
            conversation.contact_id,
            conversation.pk,
        )
        Contact.objects.update(last_seen_at=timezone.now() - timedelta(minutes=9))
    answer(workspace, "You are welcome.")
    assert continuing.continue_conversations() == 1  # somebody who writes by mail is answered by mail, at once


def test_stranger_with_the_token_joins_as_themselves(workspace: Workspace, adapter: FakeAdapter) -> None:
    with scope(workspace.pk):
        conversation = Conversation.objects.get()
        mail = Inbox.objects.get(channel="fake")
        thread = Thread(subject="Fwd", conversation=conversation.pk)
        inbound.apply(mail, InboundMessage(Sender("email", "bo@example.com"), "<2@x>", timezone.now(), "I am Bo", thread=thread))
        last = Message.objects.order_by("-seq")[0]
        assert last.conversation_id == conversation.pk
        assert last.author_contact_id != conversation.contact_id


def test_without_an_address_nothing_goes_on(workspace: Workspace) -> None:
    with scope(workspace.pk):
        website = Inbox.objects.get(channel="website")
        Conversation.objects.get().contact.identities.filter(kind="email").delete()
        assert website.settings["continues_in"]
    answer(workspace, "It is on its way.")
    let_pass(workspace, 6)
    assert continuing.continue_conversations() == 0


def test_form_offers_the_inboxes_of_this_workspace_that_send_mail(workspace: Workspace) -> None:
    with scope(workspace.pk):
        mail = Inbox.objects.get(channel="fake")
        offered = dict(ConfigForm().fields["continues_in"].choices)  # type: ignore[attr-defined]
        assert set(offered) == {"", str(mail.pk)}


def go_on(workspace: Workspace) -> None:
    """Queue the mail of a reply that nobody has read."""
    answer(workspace, "It is on its way.")
    let_pass(workspace, 6)
    assert continuing.continue_conversations() == 1


def outcome(workspace: Workspace) -> tuple[str, str]:
    """The state of the mail's delivery, and what the thread says of it."""
    with scope(workspace.pk):
        told = [one.data["action"] for one in Message.objects.filter(kind="activity").order_by("seq")]
        return OutboundDelivery.objects.get(message=None).state, told[-1]


def let_leases_end(workspace: Workspace) -> None:
    with scope(workspace.pk):
        OutboundDelivery.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_mail_that_may_have_left_is_not_sent_again(workspace: Workspace, adapter: FakeAdapter) -> None:
    go_on(workspace)
    adapter.script = [ChannelError("cut_off", is_ambiguous=True)]
    assert outbox.deliver_due() == 1
    assert outcome(workspace) == ("unknown", "mail_unsure")
    with scope(workspace.pk):
        OutboundDelivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver_due() == 0
    assert len(adapter.sent) == 1


def test_mail_of_a_dead_worker_is_not_sent_again(
    workspace: Workspace, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on(workspace)

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MailLikeAdapter, "send", die)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver_due()
    let_leases_end(workspace)
    assert outbox.expire_leases() == 1
    assert outbox.deliver_due() == 0
    assert (adapter.sent, outcome(workspace)) == ([], ("unknown", "mail_unsure"))


def report(workspace: Workspace, status: str, code: str = "") -> None:
    """A report on the mail comes in."""
    with scope(workspace.pk):
        mail, delivery = Inbox.objects.get(channel="fake"), OutboundDelivery.objects.get(message=None)
        said = Receipt("", status, timezone.now(), error_code=code, message=delivery.pk)
        settling.apply_said(mail, [said])


@pytest.mark.parametrize(("status", "expected"), [("failed", ("failed", "mail_failed")), ("sent", ("sent", "mail_unsure"))])
def test_report_says_what_became_of_the_mail(
    workspace: Workspace, adapter: FakeAdapter, status: str, expected: tuple[str, str]
) -> None:
    go_on(workspace)
    adapter.script = [ChannelError("cut_off", is_ambiguous=True)]
    outbox.deliver_due()
    report(workspace, status, "void" if status == "failed" else "")
    assert outcome(workspace) == expected


def test_mail_that_came_back_is_told_once(workspace: Workspace, adapter: FakeAdapter) -> None:
    go_on(workspace)
    outbox.deliver_due()
    report(workspace, "failed", "void")
    report(workspace, "failed", "void")
    with scope(workspace.pk):
        told = [one.data for one in Message.objects.filter(kind="activity", conversation__inbox__channel="website")]
    assert told[1:] == [{"action": "mail_failed", "channel": "fake", "code": "void"}]


def test_answer_that_names_the_mail_joins_and_proves_that_it_left(workspace: Workspace, adapter: FakeAdapter) -> None:
    go_on(workspace)
    adapter.script = [ChannelError("cut_off", is_ambiguous=True)]
    outbox.deliver_due()
    with scope(workspace.pk):
        mail, delivery = Inbox.objects.get(channel="fake"), OutboundDelivery.objects.get(message=None)
        thread = Thread(subject="Re: Your conversation", answers=(f"<{delivery.pk}@shop.example>",))
        claim = Claim("email", "zoe@example.com", is_verified=True)
        sender = Sender("email", "zoe@example.com", is_verified=True, claims=(claim,))
        settling.apply_said(mail, [InboundMessage(sender, "<1@example.com>", timezone.now(), "Thank you!", thread=thread)])
        assert OutboundDelivery.objects.get(pk=delivery.pk).state == "sent"
        assert Conversation.objects.count() == 1
