"""Turns: what contacts wrote and the AI has not dealt with yet."""

from django.db import models

from conversations.models import Conversation
from core.tenancy.models import WorkspaceModel


class Turn(WorkspaceModel):
    """A conversation's place in the AI's line. One row a conversation, for ever; `due_at` is null while nothing waits.

    `from_seq` is the first message that waits, `to_seq` the newest; `done_seq` how far everything has been dealt with.
    `read_seq` is how far messages have been read (understood), which goes on where the AI does not answer. A worker holds
    the row until `leased_until`; what a dead one held is due again then. `is_held`: the AI answers here alone, so that the
    conversation waits as pending and not among what people have to do.
    `answers` counts the AI's answers in a row that nobody of the company interrupted; `asked_seq` is the message after which
    it asked what the contact means, so that it asks once; 0 again when the conversation is resolved.
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="turn")
    from_seq = models.IntegerField(default=0)
    to_seq = models.IntegerField(default=0)
    done_seq = models.IntegerField(default=0)
    read_seq = models.IntegerField(default=0)
    waits_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    is_held = models.BooleanField(default=False)
    answers = models.SmallIntegerField(default=0)
    asked_seq = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="turn_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"turn of {self.conversation_id}"
