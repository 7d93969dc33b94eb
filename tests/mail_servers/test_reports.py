"""What mail servers say of mail that does not arrive comes back to the message that it is about."""

import re

import pytest

from channels_app.adapters.email.errors import ERRORS
from conversations.models import DeliveryReceipt, Message
from core.tenancy import scope
from tests.mail_servers.running import MailServers
from tests.mail_servers.shop import Shop, letter, read, write

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True)]


def replied(servers: MailServers, shop: Shop, customer: str) -> Message:
    """A reply to a customer, handed over."""
    write(servers, "help@shop.test", letter(From=customer), customer)
    [message] = shop.wait_for_messages(1)
    reply = shop.reply(message, "It is.")
    shop.wait(lambda: shop.message(reply).status == "sent")
    return reply


def receipts(shop: Shop, message: Message) -> list[tuple[str, str]]:
    with scope(shop.workspace.pk):
        return list(DeliveryReceipt.objects.filter(message=message).order_by("id").values_list("status", "error_code"))


def reports(servers: MailServers) -> list[str]:
    """The states that the reports in the inbox's mailbox name, as their machine-readable parts have them."""
    found = [part for raw in servers.mails("help@shop.test") for part in read(raw).walk()]
    said = [part.as_string() for part in found if part.get_content_type() == "message/delivery-status"]
    return [status for text in said for status in re.findall(r"^Status: (\S+)", text, re.MULTILINE)]


@pytest.mark.parametrize(
    ("customer", "status", "code"),
    [("nobody@customer.test", "5.1.1", "mailbox_unknown"), ("full@customer.test", "5.2.2", "mailbox_full")],
)
def test_bounce_fails_its_message_with_the_words(servers: MailServers, shop: Shop, customer: str, status: str, code: str) -> None:
    reply = replied(servers, shop, customer)
    shop.wait(lambda: shop.message(reply).status == "failed")
    assert reports(servers) == [status]
    assert shop.message(reply).error_code == code
    assert str(ERRORS[code])
    assert [one.kind for one in shop.messages()] == ["inbound", "outbound"]


def test_delay_is_told_and_is_no_failure(servers: MailServers, shop: Shop) -> None:
    reply = replied(servers, shop, "mika@slow.test")
    shop.wait(lambda: ("sent", "delayed") in receipts(shop, reply))
    assert reports(servers)[0] == "4.7.1"
    assert shop.message(reply).status == "sent"
    assert [one.kind for one in shop.messages()] == ["inbound", "outbound"]
