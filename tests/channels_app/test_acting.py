"""What agents do with messages besides writing them: here, and at the platform where the channel can."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User, Workspace
from channels_app import tasks
from channels_app.contract import Action, Capabilities, ChannelError, Feature, Sent
from channels_app.models import DeliveryAction, InboxHealth
from channels_app.registry import all_adapters
from channels_app.services import acting, health, outbox
from conversations.models import Conversation, Inbox, Message, MessageRevision, Reaction
from conversations.normalised import InboundMessage, Sender
from conversations.services import inbound
from conversations.services.replies import add_note, send_reply
from core.audit import Actor
from core.audit.models import AuditEntry
from core.tenancy import scope
from core.valkey import valkey
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_inbox, make_user

pytestmark = pytest.mark.django_db(transaction=True)


class ActingAdapter(FakeAdapter):
    capabilities = Capabilities(
        features=frozenset({Feature.EDIT, Feature.DELETE, Feature.REACTIONS, Feature.TYPING}),
        max_text=100,
        max_file=0,
        max_files=0,
    )


@pytest.fixture
def adapter_type() -> type[FakeAdapter]:
    return ActingAdapter


@pytest.fixture
def plain() -> Iterator[None]:
    """A channel that can do nothing with messages but send them."""
    all_adapters()["plain"] = FakeAdapter()
    yield
    del all_adapters()["plain"]


@pytest.fixture
def author(workspace: Workspace) -> User:
    return make_user("Kwame Mensah")


@pytest.fixture
def conversation(workspace: Workspace, inbox: Inbox) -> Conversation:
    with scope(workspace.pk):
        inbound.apply(inbox, InboundMessage(Sender("channel", "ana"), "in-1", timezone.now(), "Hello"))
        return Conversation.objects.select_related("contact", "identity", "inbox").get()


def reply(conversation: Conversation, author: User, text: str = "Hi") -> Message:
    with scope(conversation.workspace_id):
        return send_reply(conversation, body=text, author=author, idempotency_key=uuid4())


def deliver() -> None:
    while outbox.deliver_due():
        pass


def found(message: Message) -> Message:
    with scope(message.workspace_id):
        return Message.objects.select_related("conversation", "inbox", "author_user").get(pk=message.pk)


def written_by_customer(conversation: Conversation) -> Message:
    with scope(conversation.workspace_id):
        return Message.objects.select_related("conversation", "inbox").get(kind="inbound")


def test_edit_reaches_the_platform_after_the_message(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author, "Hi")
    with scope(message.workspace_id):
        acting.edit_message(found(message), body=" Hello, Ana ", author=author)
    deliver()
    assert [one.text for one in adapter.sent] == ["Hello, Ana"]
    assert adapter.acted == [Action("edit", "ana", f"p-{message.pk}", "Hello, Ana")]
    with scope(message.workspace_id):
        now = Message.objects.get(pk=message.pk)
        assert (now.body, now.edited_at is not None, now.conversation.preview) == ("Hello, Ana", True, "Hello, Ana")
        assert MessageRevision.objects.get().body == "Hi"
        assert AuditEntry.objects.filter(action="message.edited", target_id=message.pk).count() == 1


def test_edit_to_the_same_text_does_nothing(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author, "Hi")
    deliver()
    with scope(message.workspace_id):
        acting.edit_message(found(message), body="Hi ", author=author)
        assert not DeliveryAction.objects.exists()
        assert Message.objects.get(pk=message.pk).edited_at is None


@pytest.mark.parametrize("body", ["", " \n", "x" * 101])
def test_edit_to_what_cannot_be_sent_is_refused(conversation: Conversation, author: User, body: str) -> None:
    message = reply(conversation, author, "Hi")
    with scope(message.workspace_id), pytest.raises(ValidationError):
        acting.edit_message(found(message), body=body, author=author)


def test_edit_is_measured_in_the_channels_own_unit(
    conversation: Conversation, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActingAdapter, "capabilities", replace(ActingAdapter.capabilities, is_text_in_bytes=True))
    message = reply(conversation, author, "Hi")
    with scope(message.workspace_id):
        with pytest.raises(ValidationError, match="This is 2 characters too long"):
            acting.edit_message(found(message), body="ã" * 51, author=author)
        assert Message.objects.get(pk=message.pk).body == "Hi"
        acting.edit_message(found(message), body="ã" * 49 + "\r\n!\r\n", author=author)
        assert Message.objects.get(pk=message.pk).body == "ã" * 49 + "\n!"


def test_nobody_edits_what_a_colleague_or_a_customer_wrote(conversation: Conversation, author: User) -> None:
    mine = reply(conversation, author)
    deliver()
    for message, who in ((mine, make_user("Ana Souza")), (written_by_customer(conversation), author)):
        with scope(message.workspace_id), pytest.raises(ValidationError):
            acting.edit_message(found(message), body="Something else", author=who)


def test_deletion_reaches_every_part_at_the_platform(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author)
    adapter.script = [Sent("part-1", more_ids=("part-2", "part-3"))]
    deliver()
    with scope(message.workspace_id):
        acting.delete_message(found(message), actor=Actor.user(author.pk))
        acting.delete_message(found(message), actor=Actor.user(author.pk))
    deliver()
    assert adapter.acted == [Action("delete", "ana", "part-1", data={"more_ids": ["part-2", "part-3"]})]
    assert (found(message).body, found(message).deleted_at is not None) == ("", True)


def test_message_that_became_several_cannot_be_edited(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author)
    adapter.script = [Sent("part-1", more_ids=("part-2",))]
    deliver()
    assert acting.possible(found(message), "fake") == {Feature.DELETE}


def test_message_deleted_before_it_was_sent_never_leaves(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author)
    with scope(message.workspace_id):
        acting.delete_message(found(message), actor=Actor.user(author.pk))
    deliver()
    assert (adapter.sent, adapter.acted) == ([], [])


def test_reaction_is_the_companys_newest(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message, other = written_by_customer(conversation), make_user("Ana Souza")
    for emoji, who in (("👍", author), ("🎉", other), ("🙏", author), ("", author)):
        with scope(message.workspace_id):
            acting.react(message, emoji=emoji, author=who)
    deliver()
    assert [one.text for one in adapter.acted] == ["👍", "🎉", "🙏", "🎉"]
    assert {(one.kind, one.provider_id, one.to) for one in adapter.acted} == {("react", "in-1", "ana")}
    with scope(message.workspace_id):
        assert [(one.emoji, one.author_user_id) for one in Reaction.objects.all()] == [("🎉", other.pk)]


@pytest.mark.parametrize("emoji", ["ok", "<b>", "👍 👍", "👍" * 20])
def test_reaction_that_is_no_emoji_is_refused(conversation: Conversation, author: User, emoji: str) -> None:
    message = written_by_customer(conversation)
    with scope(message.workspace_id), pytest.raises(ValidationError):
        acting.react(message, emoji=emoji, author=author)


def test_what_the_platform_refuses_is_told_at_the_message(conversation: Conversation, author: User, adapter: FakeAdapter) -> None:
    message = reply(conversation, author)
    deliver()
    adapter.script = [ChannelError("down", permanent=True)]
    with scope(message.workspace_id):
        acting.delete_message(found(message), actor=Actor.user(author.pk))
    deliver()
    assert (found(message).status, found(message).error_code) == ("sent", "down")


def test_channel_without_features_lets_nothing_be_done(workspace: Workspace, author: User, plain: None) -> None:
    with scope(workspace.pk):
        inbound.apply(make_inbox("plain"), InboundMessage(Sender("channel", "bo"), "in-2", timezone.now(), "Hello"))
        conversation = Conversation.objects.select_related("contact", "identity", "inbox").get()
        message = send_reply(conversation, body="Hi", author=author, idempotency_key=uuid4())
        assert acting.possible(message, "plain") == frozenset()
        with pytest.raises(ValidationError):
            acting.delete_message(message, actor=Actor.user(author.pk))
        with pytest.raises(ValidationError):
            acting.react(Message.objects.get(kind="inbound"), emoji="👍", author=author)
        note = add_note(conversation, body="Mind the vase", author=author, idempotency_key=uuid4())
        acting.delete_message(note, actor=Actor.user(author.pk))
        assert not DeliveryAction.objects.exists()


def test_website_is_shown_deletions_by_its_own_socket(workspace: Workspace, author: User) -> None:
    with scope(workspace.pk):
        website = make_inbox()
        inbound.apply(website, InboundMessage(Sender("visitor", "v1"), "in-3", timezone.now(), "Hello"))
        conversation = Conversation.objects.select_related("contact", "identity", "inbox").get()
        message = send_reply(conversation, body="Hi", author=author, idempotency_key=uuid4())
        acting.delete_message(message, actor=Actor.user(author.pk))
        assert not DeliveryAction.objects.exists()
        assert Message.objects.get(pk=message.pk).deleted_at is not None


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Which tasks were asked for, instead of asking for them."""
    valkey().flushdb()
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(acting, "wake_up", lambda *arguments, **_more: told.append(arguments))
    return told


def test_typing_is_told_once_in_a_while_and_stored_nowhere(
    conversation: Conversation, adapter: FakeAdapter, woken: list[tuple[str, ...]]
) -> None:
    for _key in range(5):
        acting.tell_typing(conversation.workspace_id, conversation.pk, "fake")
    assert woken == [("channels_app.tasks.show_typing", str(conversation.workspace_id), str(conversation.pk))]
    tasks.show_typing(*woken[0][1:])
    assert adapter.acted == [Action("typing", "ana", "in-1")]
    with scope(conversation.workspace_id):
        assert not DeliveryAction.objects.exists()
    adapter.script = [ChannelError("void", stops_inbox=True)]
    tasks.show_typing(*woken[0][1:])  # lost without harm
    with scope(conversation.workspace_id):
        assert not InboxHealth.objects.exclude(stopped_at=None).exists()


def test_typing_needs_a_channel_that_shows_it(woken: list[tuple[str, ...]]) -> None:
    for channel in ("website", "email", "no such channel"):
        acting.tell_typing(UUID(int=1), UUID(int=2), channel)
    assert woken == []


def test_typing_is_not_told_through_a_stopped_inbox(conversation: Conversation, inbox: Inbox, adapter: FakeAdapter) -> None:
    with scope(conversation.workspace_id):
        health.stop(inbox, health.of_inbox(inbox))
    acting.show_typing(conversation.workspace_id, conversation.pk)
    assert adapter.acted == []
