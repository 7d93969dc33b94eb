"""The product's side: workspaces whose e-mail inboxes read and send through the servers, and the customers' side."""

import smtplib
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

from accounts.models import User, Workspace
from channels_app.models import InboxHealth
from channels_app.services import drain, listening, outbox
from conversations import outbound
from conversations.models import Conversation, Inbox, Message
from conversations.services.messages import Draft, add_message
from conversations.services.replies import send_reply
from core.events.models import Event
from core.tenancy import scope
from tests.factories import make_inbox, make_user, make_workspace
from tests.mail_servers.running import LIMIT, PASSWORD, MailServers

ZOE = "zoe@customer.test"


class Shop:
    """A workspace with one e-mail inbox."""

    def __init__(self, servers: MailServers, address: str = "help@shop.test", **settings: Any) -> None:
        self.servers, self.address = servers, address
        self.agent: User = make_user("Kwame Mensah")
        self.workspace: Workspace = make_workspace(owner=self.agent)
        known = {
            "address": address,
            "display_name": "Terra & Glaze",
            "receive": "mailbox",
            "reply_secret": f"the secret of {address}",
            "mailbox_host": "localhost",
            "mailbox_port": servers.ports["imaps"],
            "mailbox_security": "tls",
            "smtp_host": "localhost",
            "smtp_port": servers.ports["submission"],
            "smtp_security": "starttls",
            "user": address,
            "password": PASSWORD,
        }
        with scope(self.workspace.pk):
            self.inbox: Inbox = make_inbox("email", "Help", **{**known, **settings})

    def work(self) -> None:
        """What the workers do: apply what came, send what waits."""
        drain.drain()
        while outbox.deliver_due():
            pass

    def wait(self, is_so: Callable[[], Any], limit: float = LIMIT) -> None:
        """Work until something is so."""
        deadline = time.monotonic() + limit
        while not is_so():
            assert time.monotonic() < deadline, self.servers.logs()
            self.work()
            time.sleep(0.05)

    def wait_for_messages(self, count: int, limit: float = LIMIT) -> list[Message]:
        """The messages of the workspace, once there are so many."""
        self.wait(lambda: len(self.messages()) >= count, limit)
        return self.messages()

    def messages(self) -> list[Message]:
        """All but the notes of what happened, in order."""
        with scope(self.workspace.pk):
            return list(Message.objects.exclude(kind="activity").select_related("conversation").order_by("id"))

    def message(self, message: Message) -> Message:
        """A message as it is now."""
        with scope(self.workspace.pk):
            return Message.objects.get(pk=message.pk)

    def conversations(self) -> list[Conversation]:
        with scope(self.workspace.pk):
            return list(Conversation.objects.order_by("number"))

    def reply(self, message: Message, text: str) -> Message:
        """An agent's answer, on its way."""
        with scope(self.workspace.pk):
            return send_reply(message.conversation, body=text, author=self.agent, idempotency_key=uuid4())

    def answer_automatically(self, message: Message, text: str) -> None:
        """What an automation does: a message that no person wrote."""
        with scope(self.workspace.pk):
            sent = add_message(message.conversation, Draft(kind="outbound", body=text, status=Message.Status.QUEUED))
            outbound.queue_delivery(sent)

    def health(self) -> InboxHealth:
        with scope(self.workspace.pk):
            return InboxHealth.objects.get(inbox=self.inbox)

    def events(self, kind: str) -> int:
        """How often something was told to the rest of the product."""
        with scope(self.workspace.pk):
            return Event.objects.filter(type=kind).count()

    def listen(self, listener: listening.Listener) -> None:
        """Have the inbox read, from now on."""
        listener.look_around()
        self.wait(lambda: self.health().cursor)


def write(servers: MailServers, recipient: str, mail: EmailMessage, sender: str = ZOE) -> None:
    """Hand a mail to the mail server that the world knows. Its fields need not name the recipient."""
    with smtplib.SMTP("127.0.0.1", servers.ports["smtp"]) as client:
        client.send_message(mail, sender, [recipient])


def letter(text: str = "Is the blue bowl still there?", **fields: str) -> EmailMessage:
    """A mail of a customer's; a `_` in a field's name stands for `-`."""
    mail = EmailMessage()
    known = {
        "From": f"Zoë <{ZOE}>",
        "To": "help@shop.test",
        "Subject": "The blue bowl",
        "Message-ID": f"<{uuid4()}@customer.test>",
    }
    for name, value in (known | {name.replace("_", "-"): value for name, value in fields.items()}).items():
        mail[name] = value
    mail.set_content(text)
    return mail


def read(raw: bytes) -> EmailMessage:
    """A mail that lies in a mailbox."""
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found
