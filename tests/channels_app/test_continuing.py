"""Conversations that go on by mail when their contact has left."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Workspace
from channels_app.adapters.website.config import ConfigForm
from channels_app.contract import Capabilities, Feature
from channels_app.registry import all_adapters
from channels_app.services import continuing, outbox
from conversations.models import Contact, Conversation, Inbox, Message
from conversations.normalised import Claim, InboundMessage, ReadUpTo, Sender, Thread
from conversations.services import inbound
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

VISITOR = Sender("visitor", "visitor-1", name="Zoë", claims=(Claim("email", "zoe@example.com"),))


class MailLikeAdapter(FakeAdapter):
    capabilities = Capabilities(features=frozenset({Feature.SUBJECT, Feature.ATTACHMENTS}), max_text=9000, max_file=9000)


@pytest.fixture
def adapter() -> Iterator[FakeAdapter]:
    fake = all_adapters()["fake"] = MailLikeAdapter()
    yield fake
    del all_adapters()["fake"]


@pytest.fixture
def workspace(adapter: FakeAdapter) -> Workspace:
    workspace = make_workspace("Loja Azul")
    with scope(workspace.pk):
        mail = Inbox(name="Mail", channel="fake")
        mail.save(force_insert=True)
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
