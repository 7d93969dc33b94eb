"""What may go out and when: message windows, consent, token buckets; files and templates for platforms."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User, Workspace
from channels_app import tasks
from channels_app.contract import (
    Capabilities,
    ChannelError,
    Connection,
    Feature,
    InboxConfig,
    Outgoing,
    Rate,
    Sent,
    Template,
    Window,
)
from channels_app.models import InboxAccount, InboxHealth, MessageTemplate, OutboundDelivery
from channels_app.services import accounts, buckets, connecting, outbox, profiles, public_files, rules, settling
from conversations.models import Attachment, ConsentEvent, ContactIdentity, Conversation, Inbox, Message
from conversations.normalised import AccountNotice, InboundMessage, Normalised, Receipt, Sender, TemplateChanged
from conversations.services import attachments
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
OFFER = MappingProxyType({"template": {"name": "sale", "language": "en", "category": "MARKETING", "components": []}})
NOTICE = MappingProxyType({"template": {"name": "sent", "language": "en", "category": "UTILITY", "components": []}})


class StrictAdapter(FakeAdapter):
    capabilities = Capabilities(
        features=frozenset({Feature.ATTACHMENTS, Feature.STOP_WORDS, Feature.TEMPLATES}),
        max_text=4096,
        max_file=1000,
        window=Window(timedelta(hours=24), human=timedelta(days=7)),
        has_aliases=True,
    )
    rate: Sequence[Rate] = ()
    approved: Sequence[Template] = ()
    connection = Connection()

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        return self.rate

    def templates(self, inbox: InboxConfig) -> Sequence[Template]:
        return self.approved

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return self.connection

    def refresh(self, inbox: InboxConfig) -> Connection | None:
        return self.connection


@pytest.fixture
def adapter_type() -> type[FakeAdapter]:
    return StrictAdapter


@pytest.fixture
def author() -> User:
    return make_user()


def say(workspace: Workspace, inbox: Inbox, *said: Normalised) -> None:
    with scope(workspace.pk):
        settling.apply_said(inbox, said)


def write(workspace: Workspace, inbox: Inbox, text: str = "Hello", at: datetime | None = None) -> Conversation:
    say(workspace, inbox, InboundMessage(Sender("channel", "ana", also=("4915",)), uuid4().hex, at or timezone.now(), text))
    with scope(workspace.pk):
        return Conversation.objects.select_related("contact", "identity", "inbox").get()


def answer(workspace: Workspace, author: User, text: str = "Hi", **more: object) -> UUID:
    with scope(workspace.pk):
        conversation = Conversation.objects.select_related("contact", "identity", "inbox").get()
        return send_reply(conversation, body=text, author=author, idempotency_key=uuid4(), **more).pk  # type: ignore[arg-type]


def status_of(workspace: Workspace, message: UUID) -> tuple[str, str]:
    with scope(workspace.pk):
        found = Message.objects.get(pk=message)
        return found.status, found.error_code


@pytest.mark.parametrize(
    ("hours", "is_late", "is_closed"), [(0, False, False), (23, False, False), (25, True, False), (24 * 7 + 1, False, True)]
)
def test_the_window_counts_from_what_the_contact_wrote_last(hours: int, is_late: bool, is_closed: bool) -> None:
    identity = ContactIdentity(wrote_at=NOW)
    standing = rules.standing_of(identity, StrictAdapter.capabilities, now=NOW + timedelta(hours=hours))
    assert (standing.has_window, standing.is_late, standing.is_closed) == (True, is_late, is_closed)


def test_who_never_wrote_gets_templates_only() -> None:
    assert rules.standing_of(ContactIdentity(), StrictAdapter.capabilities, now=NOW).is_closed
    assert not rules.standing_of(ContactIdentity(), FakeAdapter.capabilities, now=NOW).has_window


def test_a_closed_window_refuses_words_and_takes_templates(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, author: User
) -> None:
    write(workspace, inbox, at=timezone.now() - timedelta(days=8))
    with pytest.raises(ValidationError, match="template"):
        answer(workspace, author)
    message = answer(workspace, author, data=NOTICE)
    assert outbox.deliver_due() == 1
    assert status_of(workspace, message) == ("sent", "")
    assert adapter.sent[-1].data["template"]["name"] == "sent"


def test_a_window_that_closes_while_the_message_waits_is_said(workspace: Workspace, inbox: Inbox, author: User) -> None:
    write(workspace, inbox)
    message = answer(workspace, author)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=True):
        assert outbox.deliver_due() == 1
    assert status_of(workspace, message) == ("failed", rules.WINDOW_CLOSED)


def test_the_longer_window_is_for_people(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, author: User) -> None:
    write(workspace, inbox, at=timezone.now() - timedelta(hours=30))
    mine, machines = answer(workspace, author), answer(workspace, author)
    with scope(workspace.pk):
        Message.objects.filter(pk=machines).update(is_ai=True)
    while outbox.deliver_due():
        pass
    assert status_of(workspace, mine) == ("sent", "")
    assert adapter.sent[0].is_late
    assert status_of(workspace, machines) == ("failed", rules.WINDOW_CLOSED)


def test_a_stop_word_stops_everything_until_start(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, author: User) -> None:
    write(workspace, inbox)
    waiting = answer(workspace, author)
    write(workspace, inbox, "STOP")
    while outbox.deliver_due():
        pass
    assert status_of(workspace, waiting) == ("failed", rules.OPTED_OUT)
    with pytest.raises(ValidationError, match="START"):
        answer(workspace, author)
    with pytest.raises(ValidationError, match="START"):
        answer(workspace, author, data=NOTICE)
    write(workspace, inbox, "please send me nothing about socks")
    with pytest.raises(ValidationError):
        answer(workspace, author)
    write(workspace, inbox, "start")
    answer(workspace, author)
    assert outbox.deliver_due() == 1
    with scope(workspace.pk):
        events = list(ConsentEvent.objects.order_by("id"))
        assert [(one.is_given, one.source, one.message is not None) for one in events] == [
            (False, "word", True), (True, "word", True)
        ]  # fmt: skip


def test_offers_stop_alone(workspace: Workspace, inbox: Inbox, author: User) -> None:
    conversation = write(workspace, inbox)
    with scope(workspace.pk):
        ContactIdentity.objects.filter(pk=conversation.identity_id).update(marketing_stopped_at=timezone.now())
    answer(workspace, author)
    answer(workspace, author, data=NOTICE)
    with pytest.raises(ValidationError, match="offers"):
        answer(workspace, author, data=OFFER)


def test_a_full_bucket_makes_deliveries_wait_without_an_attempt(
    workspace: Workspace, inbox: Inbox, adapter: StrictAdapter, author: User
) -> None:
    write(workspace, inbox)
    adapter.rate = [Rate("number", per_second=0.01, burst=2)]
    for _time in range(3):
        answer(workspace, author)
    while outbox.deliver_due():
        pass
    assert len(adapter.sent) == 2
    with scope(workspace.pk):
        waiting = OutboundDelivery.objects.get(state="waiting")
    assert waiting.attempts == 0
    assert timezone.now() + timedelta(seconds=30) < waiting.next_attempt_at < timezone.now() + timedelta(seconds=101)


def test_buckets_are_of_one_inbox_and_one_key() -> None:
    slow, inbox = [Rate("pair:1", per_second=0.01, burst=1)], uuid4()
    assert buckets.wait_for(inbox, slow) == 0
    assert buckets.wait_for(inbox, slow) > 1
    assert buckets.wait_for(inbox, [Rate("pair:2", per_second=0.01, burst=1)]) == 0
    assert buckets.wait_for(uuid4(), slow) == 0
    assert buckets.wait_for(inbox, []) == 0


def test_platforms_fetch_files_by_links_that_end(workspace: Workspace, inbox: Inbox, author: User, client: Client) -> None:
    write(workspace, inbox)
    with scope(workspace.pk):
        upload = attachments.store_upload(b"words for a file\n", name="räté 1.txt", user=author)
    message = answer(workspace, author, uploads=[upload.pk])
    with scope(workspace.pk):
        link = public_files.link_to(Attachment.objects.get(message=message))
    path = link.removeprefix("http://").partition("/")[2]
    got = client.get(f"/{path}")
    assert (got.status_code, b"".join(got.streaming_content)) == (200, b"words for a file\n")  # type: ignore[attr-defined]
    assert client.get(f"/{path[:40]}x{path[41:]}").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(seconds=3700)):
        assert client.get(f"/{path}").status_code == 404
    with scope(workspace.pk):
        Message.objects.filter(pk=message).update(deleted_at=timezone.now())
    assert client.get(f"/{path}").status_code == 404


def template(name: str, status: str = "APPROVED", language: str = "en") -> Template:
    return Template("1", name, language, "UTILITY", status, [{"type": "BODY", "text": "Hi {{1}}"}])


def test_templates_are_as_the_platform_has_them(workspace: Workspace, inbox: Inbox, adapter: StrictAdapter) -> None:
    adapter.approved = [template("one"), template("two", "PENDING")]
    tasks.sync_templates(str(workspace.pk), str(inbox.pk))
    adapter.approved = [template("two")]
    tasks.sync_all_templates()
    say(workspace, inbox, TemplateChanged("two", "en", status="PAUSED", reason="quality"))
    say(workspace, inbox, TemplateChanged("unknown", "en", status="APPROVED"))
    with scope(workspace.pk):
        found = dict(MessageTemplate.objects.values_list("name", "status"))
        assert found == {"one": "GONE", "two": "PAUSED"}
        assert MessageTemplate.objects.get(name="two").reason == "quality"


def test_connecting_keeps_account_and_facts_and_a_taken_one_is_said(
    workspace: Workspace, inbox: Inbox, adapter: StrictAdapter
) -> None:
    adapter.connection = Connection(account="111", parent="biz", owner="42", facts={"quality": "GREEN"}, words="+55 11")
    connecting.connect(workspace.pk, inbox.pk)
    with scope(workspace.pk):
        account, line = InboxAccount.objects.get(), InboxHealth.objects.get()
        assert (account.account, account.parent, line.facts, line.account) == ("111", "biz", {"quality": "GREEN"}, "+55 11")
    other = make_workspace()
    with scope(other.pk):
        theirs = Inbox.objects.create(name="Theirs", channel="fake")
    connecting.connect(other.pk, theirs.pk)
    with scope(other.pk):
        assert InboxHealth.objects.get().error_code == accounts.TAKEN


def test_what_the_platform_says_of_an_account_is_kept_and_may_stop_it(workspace: Workspace, inbox: Inbox) -> None:
    say(workspace, inbox, AccountNotice(facts={"quality": "RED"}))
    with scope(workspace.pk):
        assert (InboxHealth.objects.get().facts, InboxHealth.objects.get().stopped_at) == ({"quality": "RED"}, None)
    say(workspace, inbox, AccountNotice(stop="login_refused"))
    with scope(workspace.pk):
        assert InboxHealth.objects.get().stopped_at is not None


def test_credentials_are_renewed_at_half_of_their_time(workspace: Workspace, inbox: Inbox, adapter: StrictAdapter) -> None:
    now = timezone.now()
    adapter.connection = Connection(expires_at=now + timedelta(days=60))
    connecting.connect(workspace.pk, inbox.pk)
    with time_machine.travel(now + timedelta(days=29)):
        assert connecting.renew_due() == 0
    adapter.connection = Connection(settings={"token": "new"}, expires_at=now + timedelta(days=91))
    with time_machine.travel(now + timedelta(days=31)):
        assert connecting.renew_due() == 1
        assert connecting.renew_due() == 0
    with scope(workspace.pk):
        assert Inbox.objects.get().settings["token"] == "new"  # a stand-in


def test_a_void_token_that_cannot_be_renewed_stops_the_inbox(
    workspace: Workspace, inbox: Inbox, adapter: StrictAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(inbox: InboxConfig) -> Connection | None:
        raise ChannelError("login_expired", stops_inbox=True)

    adapter.connection = Connection(expires_at=timezone.now() + timedelta(seconds=0.001))
    connecting.connect(workspace.pk, inbox.pk)
    monkeypatch.setattr(adapter, "refresh", refuse)
    assert connecting.renew_due() == 1
    with scope(workspace.pk):
        assert InboxHealth.objects.get().stopped_at is not None


def test_an_adapter_is_given_every_value_of_a_person(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, author: User
) -> None:
    write(workspace, inbox)
    answer(workspace, author)
    outbox.deliver_due()
    assert (adapter.sent[-1].to, list(adapter.sent[-1].also)) == ("ana", ["4915"])


def test_a_name_that_messages_do_not_carry_is_asked_for_once(
    workspace: Workspace, inbox: Inbox, adapter: StrictAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def describe(self: StrictAdapter, to: str, inbox: InboxConfig) -> Sender | None:
        asked.append(to)
        return Sender("channel", to, name="Amara Okafor")

    monkeypatch.setattr(StrictAdapter, "describe", describe)
    for _time in range(2):
        conversation = write(workspace, inbox)
    with scope(workspace.pk):
        identity = conversation.identity_id
    profiles.describe(workspace.pk, identity)
    assert asked == ["ana"]
    with scope(workspace.pk):
        assert Conversation.objects.get().contact_name == "Amara Okafor"
    assert profiles._is_first(identity) is False


def test_what_is_found_of_an_uncertain_send_is_not_another_message(
    workspace: Workspace, inbox: Inbox, adapter: StrictAdapter, author: User
) -> None:
    write(workspace, inbox)
    first = answer(workspace, author, "the same")
    outbox.deliver_due()
    with scope(workspace.pk):
        known = Message.objects.get(pk=first).provider_id
    second = answer(workspace, author, "the same")
    adapter.script, adapter.found = [ChannelError("down", is_ambiguous=True)], Sent(known)
    outbox.deliver_due()
    assert status_of(workspace, second)[0] == "unknown"


def test_a_receipt_that_gives_our_id_back_tells_what_the_message_is_there(
    workspace: Workspace, inbox: Inbox, author: User
) -> None:
    write(workspace, inbox)
    message = answer(workspace, author)
    say(workspace, inbox, Receipt("p-77", "sent", timezone.now(), message=message))
    say(workspace, inbox, Receipt("p-77", "read", timezone.now()))
    assert status_of(workspace, message) == ("read", "")
