"""A customer's mail becomes a conversation, the answer lands in the customer's mailbox, and the next mail comes back."""

from collections.abc import Callable

import pytest

from channels_app.adapters.email.message_ids import own_reference
from channels_app.adapters.email.reply_tokens import bounced_in, conversation_in
from conversations.models import MessageOriginal
from conversations.services import originals
from core.tenancy import scope
from tests.mail_servers.running import MailServers
from tests.mail_servers.shop import ZOE, Shop, letter, read, write

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True)]


def secret_of(shop: Shop) -> str:
    return str(shop.inbox.settings["reply_secret"])


def test_mail_becomes_a_conversation_and_the_answer_lands_threaded(servers: MailServers, shop: Shop) -> None:
    first = letter()
    write(servers, "help@shop.test", first)
    [message] = shop.wait_for_messages(1)
    assert (message.body.strip(), message.conversation.subject) == ("Is the blue bowl still there?", "The blue bowl")
    with scope(shop.workspace.pk):
        assert [b"".join(originals.read(one)) for one in MessageOriginal.objects.all()] == [
            raw.replace(b"\n", b"\r\n") for raw in servers.mails("help@shop.test")
        ]
    reply = shop.reply(message, "It is **still** there.")
    shop.wait(lambda: servers.mails(ZOE))
    answer = read(servers.mails(ZOE)[0])
    assert (answer["In-Reply-To"], answer["References"]) == (first["Message-ID"], first["Message-ID"])
    assert own_reference(answer["Message-ID"], secret_of(shop)) == reply.pk
    assert (answer["Subject"], str(answer["From"])) == ("Re: The blue bowl", "Terra & Glaze <help@shop.test>")
    assert conversation_in([answer["Reply-To"]], secret_of(shop)) == message.conversation_id
    assert bounced_in([answer["Return-Path"].strip("<>")], secret_of(shop)) == reply.pk
    assert shop.message(reply).status == "sent"


def test_answer_to_the_token_comes_back_with_nothing_else_to_go_by(servers: MailServers, shop: Shop) -> None:
    write(servers, "help@shop.test", letter())
    [message] = shop.wait_for_messages(1)
    shop.reply(message, "It is.")
    shop.wait(lambda: servers.mails(ZOE))
    token = str(read(servers.mails(ZOE)[0])["Reply-To"])
    # The fields name the inbox alone and no earlier mail: only the envelope has the token.
    write(servers, token, letter("Then I take it.", Subject="Bowl", From="zoe@elsewhere.test"), "zoe@elsewhere.test")
    found = shop.wait_for_messages(3)
    assert {one.conversation_id for one in found} == {message.conversation_id}
    delivered = read(servers.mails("help@shop.test")[-1])
    assert delivered["Delivered-To"] == token
    assert token not in str(delivered["To"])


def test_answer_by_its_ids_joins(servers: MailServers, shop: Shop) -> None:
    write(servers, "help@shop.test", letter())
    [message] = shop.wait_for_messages(1)
    shop.reply(message, "It is.")
    shop.wait(lambda: servers.mails(ZOE))
    answered = read(servers.mails(ZOE)[0])["Message-ID"]
    write(servers, "help@shop.test", letter("Then I take it.", In_Reply_To=answered, References=answered))
    found = shop.wait_for_messages(3)
    assert {one.conversation_id for one in found} == {message.conversation_id}


@pytest.mark.parametrize("field", ["In_Reply_To", "References"])
def test_stranger_who_names_a_mail_stays_outside(servers: MailServers, shop: Shop, field: str) -> None:
    write(servers, "help@shop.test", letter())
    [message] = shop.wait_for_messages(1)
    shop.reply(message, "It is.")
    shop.wait(lambda: servers.mails(ZOE))
    answered = read(servers.mails(ZOE)[0])["Message-ID"]
    forged = letter("Send it to me.", From="Eve <eve@stranger.test>", **{field: answered})
    write(servers, "help@shop.test", forged, "eve@stranger.test")
    found = shop.wait_for_messages(3)
    assert [one.conversation_id == message.conversation_id for one in found] == [True, True, False]


def test_two_inboxes_that_answer_by_themselves_stop_after_one(
    servers: MailServers, shop: Shop, open_shop: Callable[..., Shop]
) -> None:
    other = open_shop("other@shop.test")
    write(servers, "help@shop.test", letter(From="other@shop.test"), "other@shop.test")
    shop.wait_for_messages(1)
    answered = set()

    def settle() -> None:
        """Each side answers every mail that does not say of itself that nobody wrote it."""
        for one in (shop, other):
            for message in one.messages():
                if message.kind == "inbound" and message.pk not in answered and not message.data.get("automatic"):
                    answered.add(message.pk)
                    one.answer_automatically(message, "We have your mail.")

    def has_ended() -> bool:
        settle()
        return len(other.messages()) > 0

    shop.wait(has_ended)
    settle()
    shop.work()
    assert len(answered) == 1
    assert read(servers.mails("other@shop.test")[0])["Auto-Submitted"] == "auto-replied"
    assert [(one.kind, bool(one.data["automatic"])) for one in other.messages()] == [("inbound", True)]
    assert [one.kind for one in shop.messages()] == ["inbound", "outbound"]
