"""What became of the questions that the AI answered by itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ai.models.readings import Intent
from conversations.models import Conversation
from core.tenancy.models import WorkspaceModel


class Resolution(WorkspaceModel):
    """A run of the AI's answers in a conversation, from its first answer until it is known how that ended.

    `waiting` ends as `confirmed` when the customer says that it helped, as `assumed` when for 72 hours no person of the company
    wrote to them on any channel or did anything in the conversation, and they wrote on none, and as `handed_over`, `taken_over`
    or `asked_again` otherwise. Only the first two are resolutions, and they are never added up without saying which is which. A
    later question is a run of its own.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Not known yet")
        CONFIRMED = "confirmed", _("Resolved, confirmed by the customer")
        ASSUMED = "assumed", _("Resolved, as nothing came for 72 hours")
        HANDED_OVER = "handed_over", _("Handed over to people")
        TAKEN_OVER = "taken_over", _("A colleague took part")
        ASKED_AGAIN = "asked_again", _("The customer came back on another way")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="resolutions")
    intent = models.ForeignKey(Intent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    answers = models.SmallIntegerField(default=1)
    answered_at = models.DateTimeField()
    last_answer_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation"], name="resolution_waiting_one", condition=Q(state="waiting"))
        ]
        indexes = [
            models.Index(fields=["workspace", "answered_at"], name="resolution_by_time"),
            models.Index(fields=["last_answer_at"], name="resolution_waits", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.state} of {self.conversation_id}"
