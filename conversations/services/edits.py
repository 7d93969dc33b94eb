"""Agents' second thoughts: another text for what they wrote, a reaction to what they read."""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from conversations.models import Message, MessageRevision, Reaction
from conversations.services import search_index
from conversations.services.messages import message_changed, refresh_preview
from conversations.services.replies import MAX_LENGTH
from core.audit import Action, Actor, record

#: The longest emoji there are, in code points: families and flags are several joined together.
MAX_EMOJI = 16
_WORDS = re.compile(r"[\w\s<>&]")


@transaction.atomic
def edit_message(message: Message, *, body: str, author: User) -> bool:
    """Give a reply another text, keeping the former as a revision; False where it is the same.

    Raises ValidationError, in words, for an empty or too long text.
    """
    text = re.sub(r"\r\n?", "\n", body).replace("\x00", "").strip()
    if not text:
        raise ValidationError(_("A message cannot become empty. Delete it instead."))
    if len(text) > MAX_LENGTH:
        raise ValidationError(_("This is %(count)d characters too long. Shorten it.") % {"count": len(text) - MAX_LENGTH})
    if text == message.body:
        return False
    change_text(message, text, timezone.now())
    record(Action.MESSAGE_EDITED, actor=Actor.user(author.pk), target=message)
    return True


@transaction.atomic
def change_text(message: Message, text: str, at: datetime) -> None:
    """Replace a message's text; the former one is kept as a revision."""
    MessageRevision(message=message, body=message.body).save(force_insert=True)
    message.body, message.edited_at, message.error_code = text, at, ""
    message.save(update_fields=["body", "edited_at", "error_code"])
    search_index.index_message(message, message.conversation)
    refresh_preview(message.conversation)
    message_changed(message, message.conversation)


@transaction.atomic
def set_reaction(message: Message, *, emoji: str, author: User) -> str:
    """Set an agent's one reaction to a message, or take it back (empty); the company's newest reaction, which its customer sees.

    Raises ValidationError for what is no emoji.
    """
    if len(emoji) > MAX_EMOJI or _WORDS.search(emoji):
        raise ValidationError(_("This is no emoji."))
    Reaction.objects.filter(message=message, author_user=author).delete()
    if emoji:
        Reaction(message=message, author_user=author, emoji=emoji).save(force_insert=True)
    message_changed(message, message.conversation)
    newest = Reaction.objects.filter(message=message, author_user__isnull=False).order_by("-id").first()
    return newest.emoji if newest else ""
