"""Messages with HTML, quotations, copies and files that are on their way, as agents see and answer them."""

import io
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Workspace
from accounts.permissions import Role
from conversations.models import Conversation, Inbox, Message, Participant
from conversations.normalised import InboundMessage, InlineFile, Person, RemoteFile, Sender, Thread
from conversations.services import inbound
from conversations.services.replies import read_addresses, send_reply
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

HTML = (
    '<h1>Order</h1><script>alert(1)</script><img src="cid:logo"><img src="https://track.example/p.gif">'
    '<p onclick="alert(2)">Where is it?</p>'
)


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return signed_in(make_member(workspace, Role.OWNER).user)


def pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "teal").save(out, "PNG")
    return out.getvalue()


def mail(workspace: Workspace, **changes: object) -> Conversation:
    with scope(workspace.pk):
        inbox = make_inbox()
        said = {
            "sender": Sender("email", "zoe@example.com", name="Zoë"),
            "provider_id": f"<{uuid4()}@example.com>",
            "occurred_at": timezone.now(),
            "text": "Where is it?\n\nOn Monday you wrote:\n> It is on its way.",
            "thread": Thread(subject="Order 7", others=(Person("bo@example.com", "Bo"),)),
        }
        inbound.apply(inbox, InboundMessage(**{**said, **changes}))  # type: ignore[arg-type]
        return Conversation.objects.get()


def address(conversation: Conversation, name: str, *more: object) -> str:
    return reverse(f"dashboard:{name}", args=[conversation.workspace_id, conversation.number, *more])


def only_message(workspace: Workspace) -> Message:
    with scope(workspace.pk):
        return Message.objects.get()


def test_html_is_framed_cleaned_and_calls_nobody(workspace: Workspace, client: Client) -> None:
    logo = InlineFile("logo.png", pixel(), "image/png", content_id="logo")
    conversation = mail(workspace, html=HTML, files=(logo,))
    page = client.get(address(conversation, "conversation")).content.decode()
    message = only_message(workspace)
    assert f'data-src="{address(conversation, "html", message.pk)}"' in page
    framed = client.get(address(conversation, "html", message.pk))
    shown = framed.content.decode()
    assert "<h1>Order</h1>" in shown
    assert "script" not in shown
    assert "onclick" not in shown
    assert 'data-src="https://track.example/p.gif"' in shown
    assert 'src="/w/' in shown  # the inline image has the address of its attachment
    assert 'data-remote="1"' in shown
    policy = framed["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "https:" not in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


def test_remote_images_come_when_asked_for(workspace: Workspace, client: Client) -> None:
    conversation = mail(workspace, html=HTML)
    framed = client.get(address(conversation, "html-with-images", only_message(workspace).pk))
    assert ' src="https://track.example/p.gif"' in framed.content.decode()
    assert "img-src 'self' data: https: http:" in framed["Content-Security-Policy"]


def test_original_is_given_as_it_came_and_that_is_recorded(workspace: Workspace, client: Client) -> None:
    conversation = mail(workspace, html="<p>Hello</p>", original=b"Subject: Order 7\r\n\r\nHello")
    response = client.get(address(conversation, "original", only_message(workspace).pk))
    assert response.getvalue() == b"Subject: Order 7\r\n\r\nHello"
    assert response["Content-Type"] == "message/rfc822"
    assert response["Content-Disposition"].startswith("attachment")


def test_strangers_and_deleted_originals_give_nothing(workspace: Workspace, client: Client) -> None:
    conversation = mail(workspace, html="<p>Hello</p>", original=b"x")
    message = only_message(workspace)
    client.delete(address(conversation, "message", message.pk))
    for name in ("html", "html-with-images", "original"):
        assert client.get(address(conversation, name, message.pk)).status_code == 404


def test_quotations_are_folded_and_nothing_is_lost(workspace: Workspace, client: Client) -> None:
    text = "Where is it?\n\nOn Monday you wrote:\n> It is on its way."
    conversation = mail(workspace, data={"quoted": [["quote", 14, len(text)]]})
    page = client.get(address(conversation, "conversation")).content.decode()
    fold = page.partition('<details class="fold">')[2].partition("</details>")[0]
    assert "It is on its way." in fold
    assert "Where is it?" not in fold
    assert "Where is it?" in page


def test_subject_copies_and_an_unproven_sender_are_shown(workspace: Workspace, client: Client) -> None:
    data = {"auth": {"outcome": "none"}, "cc": [["bo@example.com", "Bo"]], "subject": "Re: Order 7"}
    page = client.get(address(mail(workspace, data=data), "conversation")).content.decode()
    assert "Order 7" in page
    assert "Unverified sender" in page
    assert "Cc: Bo" in page


def test_subject_is_said_once_and_again_only_when_it_changes(workspace: Workspace, client: Client) -> None:
    conversation = mail(workspace, provider_id="<first@example.com>", data={"subject": "Order 7"})
    with scope(workspace.pk):
        inbox = Inbox.objects.get()
        for number, subject in enumerate(("Re: Order 7", "Order 8, too")):
            again = InboundMessage(
                Sender("email", "zoe@example.com"), f"<{number}@x>", timezone.now(), "And?", data={"subject": subject},
                thread=Thread(subject=subject, answers=("<first@example.com>",)),
            )  # fmt: skip
            inbound.apply(inbox, again)
    page = client.get(address(conversation, "conversation")).content.decode()
    assert "Re: Order 7" not in page
    assert "Order 8, too" in page


def test_file_on_its_way_says_so(workspace: Workspace, client: Client) -> None:
    conversation = mail(workspace, files=(RemoteFile({"id": "1"}, name="plan.pdf"),))
    page = client.get(address(conversation, "conversation")).content.decode()
    assert "plan.pdf" in page
    assert "Being fetched" in page


def test_reply_carries_its_copies_and_notes_who_takes_part(workspace: Workspace) -> None:
    conversation = mail(workspace)
    with scope(workspace.pk):
        conversation = Conversation.objects.select_related("contact", "identity", "inbox").get()
        sent = send_reply(
            conversation, body="On its way", author=make_user(), idempotency_key=uuid4(),
            copies={"cc": ["cy@example.com"], "bcc": ["di@example.com"]},
        )  # fmt: skip
        assert sent.data == {"cc": [["cy@example.com", ""]], "bcc": [["di@example.com", ""]]}
        assert {one.address for one in Participant.objects.all()} == {"bo@example.com", "cy@example.com"}


@pytest.mark.parametrize("typed", ["nobody", "a@b.example, <x>"])
def test_address_that_is_none_is_named(typed: str) -> None:
    with pytest.raises(ValidationError, match="is no e-mail address"):
        read_addresses(typed)


def test_addresses_are_read_as_people_type_them() -> None:
    assert read_addresses("a@b.example; c@d.example,\n a@b.example") == ["a@b.example", "c@d.example"]


def test_list_shows_the_subject_before_the_words(workspace: Workspace, client: Client) -> None:
    mail(workspace, text="Where is it?")
    page = client.get(reverse("dashboard:conversations", args=[workspace.pk])).content.decode()
    assert "Order 7 — Where is it?" in page
