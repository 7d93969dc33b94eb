"""A workspace whose Telegram inbox is connected to the emulator, in the running product."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from accounts.models import User, Workspace
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from conversations.models import Conversation, Inbox, Message
from conversations.services import attachments, replies
from core.tenancy import scope
from tests.emulators.running import TOKEN, Running
from tests.factories import make_user, make_workspace
from tests.harness.stack import Stack

LIMIT = 120.0
_ON_THE_WAY = (Message.Status.SENT, Message.Status.DELIVERED, Message.Status.READ)


@dataclass
class Shop:
    """The workspace, its one inbox, and what is behind both."""

    stack: Stack
    emulator: Running
    workspace: Workspace
    inbox: Inbox
    agent: User

    def seen(self, look: Callable[[], Any], limit: float = LIMIT) -> Any:
        """What `look` finds in the workspace, once it finds something."""
        deadline = time.monotonic() + limit
        while True:
            with scope(self.workspace.pk):
                found = look()
            if found:
                return found
            assert time.monotonic() < deadline, "It has not come."
            time.sleep(0.1)

    def messages(self, **where: Any) -> list[Message]:
        found = Message.objects.select_related("conversation", "author_contact").filter(inbox=self.inbox, **where)
        return list(found.order_by("id"))

    def inbound(self, count: int) -> list[Message]:
        """The customers' messages, once there are so many."""
        return list(self.seen(lambda: found if len(found := self.messages(kind="inbound")) >= count else None))

    def reply(self, conversation: Conversation, text: str, *uploads: bytes, **parts: Any) -> Message:
        with scope(self.workspace.pk):
            files = [attachments.store_upload(one, name="photo.jpg", user=self.agent) for one in uploads]
            ids = [one.pk for one in files]
            return replies.send_reply(conversation, body=text, author=self.agent, idempotency_key=uuid4(), uploads=ids, **parts)

    def settled(self, message: Message, status: str, limit: float = LIMIT) -> Message:
        """The message, once it has come so far: receipts may have moved it on before anybody looked."""
        enough = _ON_THE_WAY[_ON_THE_WAY.index(status) :] if status in _ON_THE_WAY else (status,)
        found: Message = self.seen(lambda: Message.objects.filter(pk=message.pk, status__in=enough).first(), limit)
        return found


def open_shop(emulator: Running, stack: Stack, *, token: str = TOKEN, username: str = "shop_bot") -> Shop:
    """Make a bot and a workspace, and connect them."""
    emulator.control("telegram/bots", token=token, username=username, first_name="Terra & Glaze")
    agent = make_user("Kwame Mensah")
    workspace = make_workspace(owner=agent)
    with scope(workspace.pk):
        settings = adapter_of("telegram").new_settings({"token": token, "groups": "mentions"})
        inbox = Inbox(name="Telegram", channel="telegram", settings=settings)
        inbox.save(force_insert=True)
        ask_to_connect(inbox)
    made = Shop(stack, emulator, workspace, inbox, agent)
    made.seen(lambda: InboxHealth.objects.filter(inbox=inbox, connected_at__isnull=False).exists())
    with scope(workspace.pk):
        inbox.refresh_from_db()
    return made
