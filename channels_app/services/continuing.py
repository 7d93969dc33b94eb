"""Conversations that go on by mail: what a contact who has left did not read is sent on, once, and the answer comes back.

The mail carries a token of the conversation, so its answer joins that conversation wherever it comes in.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.contract import Feature, Outgoing
from channels_app.models import Continuation, OutboundDelivery
from channels_app.registry import channels_with
from channels_app.services import outbox
from channels_app.services.jobs import MAILS, files_of
from conversations.models import ContactIdentity, Conversation, Inbox, Message, MessageOriginal
from conversations.services.messages import add_activity
from core.tenancy import crossing, scope

log = structlog.get_logger(__name__)

#: The kind of the action that carries a continuation.
KIND = "continue"
#: A reply may be read for so long before it is sent on; somebody who answers by mail is not kept waiting.
UNREAD_FOR = timedelta(minutes=5)
AWAY_FOR = timedelta(minutes=2)
#: What lies unread for longer than this is left alone: nobody expects a mail about it any more.
NO_OLDER_THAN = timedelta(days=2)


def continue_conversations() -> int:
    """Send on what lies unread, in all workspaces; return how many conversations go on. For the beat."""
    channels = channels_with(Feature.CONTINUES)
    with crossing("find inboxes whose conversations go on by mail"):
        inboxes = [
            (one.workspace_id, one.pk, one.settings) for one in Inbox.objects.filter(channel__in=channels, is_enabled=True)
        ]
    count = 0
    for workspace_id, inbox_id, settings in inboxes:
        if settings.get("continues_in"):
            with scope(workspace_id):
                count += _continue_inbox(inbox_id, settings["continues_in"])
    return count


def outgoing_of(delivery: OutboundDelivery, data: dict[str, str]) -> Outgoing:
    """The mail of a continuation: the unread replies as one."""
    messages = list(Message.objects.filter(pk__in=data["messages"].split(","), deleted_at=None).order_by("seq"))
    conversation = Conversation.objects.select_related("contact", "workspace").get(pk=data["conversation"])
    with translation.override(conversation.contact.language or "en"):
        subject = conversation.subject or _("Your conversation with %(name)s") % {"name": conversation.workspace.name}
    return Outgoing(
        reference=delivery.pk,
        to=data["to"],
        name=conversation.contact.name,
        text="\n\n".join(one.body for one in messages if one.body),
        files=files_of(messages),
        conversation=conversation.pk,
        subject=subject,
        author=next((one.author_user.name for one in reversed(messages) if one.author_user), ""),
    )


def _continue_inbox(inbox_id: UUID, mail_inbox_id: str) -> int:
    mail_inbox = Inbox.objects.filter(pk=mail_inbox_id, is_enabled=True).first()
    if mail_inbox is None:
        return 0
    now = timezone.now()
    unread = Message.objects.filter(
        conversation=OuterRef("pk"),
        kind=Message.Kind.OUTBOUND,
        status__in=(Message.Status.SENT, Message.Status.DELIVERED),
        seq__gt=Coalesce(OuterRef("continuation__seq"), 0),
    )
    addresses = ContactIdentity.objects.filter(contact=OuterRef("contact"), kind=ContactIdentity.Kind.EMAIL, is_reachable=True)
    # The company had the last word, lately, and nobody has read it.
    waiting = Conversation.objects.filter(inbox=inbox_id, preview_kind="outbound", last_activity_at__gt=now - NO_OLDER_THAN)
    away = waiting.filter(Q(contact__last_seen_at=None) | Q(contact__last_seen_at__lt=now - AWAY_FOR))
    due = away.filter(Exists(unread), Exists(addresses)).select_related("contact").order_by("id")
    return sum(_continue(conversation, mail_inbox) for conversation in due)


@transaction.atomic
def _continue(conversation: Conversation, mail_inbox: Inbox) -> bool:
    """Queue one mail with what the contact has not read yet, if there is anything and an address for it."""
    known, _is_new = Continuation.objects.select_for_update().get_or_create(
        conversation=conversation, defaults={"workspace_id": conversation.workspace_id}
    )
    messages = _unread(conversation, known.seq)
    address = _address(conversation) if messages else ""
    if not address:
        return False
    known.seq, known.sent_at = messages[-1].seq, timezone.now()
    known.save(update_fields=["seq", "sent_at"])
    data = {"to": address, "conversation": str(conversation.pk), "messages": ",".join(str(one.pk) for one in messages)}
    outbox.queue_action(mail_inbox, {"kind": KIND, "data": data}, conversation)
    add_activity(conversation, "continued_by_mail")
    return True


def _unread(conversation: Conversation, sent_seq: int) -> Sequence[Message]:
    """The replies that were neither read nor sent on, once the last of them has lain long enough."""
    after = max(conversation.contact_read_seq, sent_seq)
    replies = Message.objects.filter(
        conversation=conversation, kind=Message.Kind.OUTBOUND, seq__gt=after, deleted_at=None
    ).exclude(status=Message.Status.READ)
    found = list(replies.order_by("seq"))
    waited = timedelta() if _writes_by_mail(conversation) else UNREAD_FOR
    return found if found and found[-1].created_at <= timezone.now() - waited else []


def _writes_by_mail(conversation: Conversation) -> bool:
    last = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND).order_by("-seq").first()
    return last is not None and MessageOriginal.objects.filter(message=last).exists()


def _address(conversation: Conversation) -> str:
    """The contact's e-mail address: a proven one before one that was only typed."""
    addresses = ContactIdentity.objects.filter(contact=conversation.contact, kind=ContactIdentity.Kind.EMAIL, is_reachable=True)
    found = addresses.order_by("-is_verified", "-id").first()
    return found.value if found else ""


MAILS[KIND] = outgoing_of
