"""Contacts who may be one person: suggested, merged by an agent, and taken apart again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conversations.models.contact import Contact
from core.tenancy.models import WorkspaceModel


class MergeSuggestion(WorkspaceModel):
    """Two contacts that look like one person, and why. A person decides; nothing is merged by itself."""

    class Reason(models.TextChoices):
        EMAIL = "email", _("The same e-mail address")
        PHONE = "phone", _("The same phone number")
        CHANNEL = "channel", _("The platform says that they are one person")
        AGENT = "agent", _("An agent found them")

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        MERGED = "merged"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merge_suggestions")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=7, choices=Reason)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "other"], name="merge_suggestion")]
        indexes = [models.Index(fields=["other"], name="merge_suggestion_other")]

    def __str__(self) -> str:
        return f"{self.contact_id} may be {self.other_id}"


class ContactMerge(WorkspaceModel):
    """`other` became part of `contact`. `moved` lists the ids of what went along, by kind, so that it can go back."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contact", "-id"], name="merge_of_contact"),
            models.Index(fields=["other"], name="merge_other"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} into {self.contact_id}"
