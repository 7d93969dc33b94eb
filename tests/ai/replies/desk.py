"""A shop whose AI answers, with a knowledge base, and short ways to write to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Workspace
from ai.models import Handover, Proposal, Turn
from ai.services import incoming, replying
from ai.services.embedding import embed_waiting
from ai.services.settings import save_inbox_ai, save_settings
from conversations.models import Conversation, Inbox, Message
from core.audit import Actor
from core.events.models import Event
from core.tenancy import scope
from tests.factories import make_inbox, make_workspace, receive
from tests.harness.vectors import remembered_vectors
from tests.knowledge.making import make_document

ARTICLES = {
    "Returns and refunds": (
        "You can return unused items within 30 days of delivery. Send them back with the label that lies in the parcel. "
        "Refunds arrive on your card within 5 to 7 business days after we have received the parcel."
    ),
    "Shipping": (
        "We ship within Europe with DHL. Standard shipping costs 4.90 euros and takes 3 to 5 business days. "
        "Orders above 60 euros ship without a charge. We do not ship to post office boxes."
    ),
    "Caring for your bowls": (
        "Our stoneware bowls may go into the dishwasher. Do not heat them in the microwave, because of the metal in the glaze. "
        "Small cracks in the glaze are normal and no reason for concern."
    ),
    "Opening hours of the studio": (
        "Our studio in Lisbon is open from Tuesday to Saturday, 10:00 to 18:00. On Mondays we are closed."
    ),
}
ARTICLES_PT = {
    "Trocas e devoluções": (
        "Você pode devolver artigos sem uso em até 30 dias após a entrega. O reembolso chega ao cartão em 5 a 7 dias úteis."
    ),
}


@dataclass
class Desk:
    """A workspace whose website inbox answers by itself."""

    workspace: Workspace
    inbox: Inbox

    def writes(self, *texts: str, visitor: str = "visitor-1", **fields: Any) -> Conversation:
        """A visitor writes, the quiet time passes, and the AI takes its turn."""
        with scope(self.workspace.pk):
            for text in texts:
                message = receive(self.inbox, text, visitor=visitor, **fields)
                note(message)
        return self.takes_turn(message.conversation)

    def takes_turn(self, conversation: Conversation) -> Conversation:
        """The AI takes what is due, as if its time had come."""
        with scope(self.workspace.pk):
            Turn.objects.filter(conversation=conversation, due_at__isnull=False).update(
                due_at=timezone.now() - timedelta(seconds=1)
            )
        replying.take_turn(self.workspace.pk, conversation.pk)
        with scope(self.workspace.pk):
            return Conversation.objects.select_related("contact", "identity", "inbox").get(pk=conversation.pk)

    def said(self, conversation: Conversation, kind: str = Message.Kind.OUTBOUND) -> list[str]:
        """What the AI has written in a conversation."""
        with scope(self.workspace.pk):
            rows = Message.objects.filter(conversation=conversation, kind=kind, is_ai=True).order_by("seq")
            return [one.body for one in rows]

    def handed_over(self, conversation: Conversation) -> list[str]:
        """Why it was handed over, each time."""
        with scope(self.workspace.pk):
            return list(Handover.objects.filter(conversation=conversation).order_by("id").values_list("reason", flat=True))

    def proposals(self, conversation: Conversation) -> Sequence[Proposal]:
        """What it wrote, the oldest first."""
        with scope(self.workspace.pk):
            return list(Proposal.objects.filter(conversation=conversation).order_by("id"))

    def set(self, **values: Any) -> None:
        """Change how the inbox answers."""
        with scope(self.workspace.pk):
            save_inbox_ai(self.inbox, values, actor=Actor.system())

    def configure(self, **values: Any) -> None:
        """Change the workspace's AI."""
        with scope(self.workspace.pk):
            save_settings(values, actor=Actor.system())


def note(message: Message) -> None:
    """What the consumer of events does with a new message."""
    data = {"message": str(message.pk), "kind": str(message.kind), "seq": message.seq}
    incoming.on_messages([Event(type="message.created", conversation_id=message.conversation.pk, data=data)])


def open_desk(*, channel: str = "website", **settings: Any) -> Desk:
    """A shop with articles that answers all conversations at all hours."""
    workspace = make_workspace("Terra & Glaze")
    with scope(workspace.pk):
        desk = Desk(workspace, make_inbox(channel, **settings))
        for title, text in ARTICLES.items():
            make_document(title, text)
        for title, text in ARTICLES_PT.items():
            make_document(title, text, language="pt")
    with remembered_vectors():
        embed_waiting(workspace.pk)
    desk.configure(assistant_name="Mina")
    desk.set(mode="auto", stage="all", hours="always")
    return desk
