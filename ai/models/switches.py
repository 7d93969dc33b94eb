"""What is switched off: a row is an off."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ai.purposes import Purpose
from conversations.models import Contact, Conversation, Inbox
from core.tenancy.models import WorkspaceModel


class Switch(WorkspaceModel):
    """AI is off for a workspace, inbox, conversation or contact; for one purpose, or (`purpose` empty) for all.

    Reasons stand side by side: an objection stays when a setting is switched on again. `actor_kind` and `user` tell who did it.
    """

    class Level(models.TextChoices):
        WORKSPACE = "workspace", _("Workspace")
        INBOX = "inbox", _("Inbox")
        CONVERSATION = "conversation", _("Conversation")
        CONTACT = "contact", _("Contact")

    class Reason(models.TextChoices):
        SETTING = "setting", _("Switched off")
        OBJECTION = "objection", _("The customer objected")
        RESTRICTION = "restriction", _("The customer's data are restricted")
        MINOR = "minor", _("The customer may be a minor")

    level = models.CharField(max_length=12, choices=Level)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_switches")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_switches")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_switches")
    purpose = models.CharField(max_length=8, choices=Purpose, blank=True)
    reason = models.CharField(max_length=11, choices=Reason, default=Reason.SETTING)
    actor_kind = models.CharField(max_length=8)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "level", "inbox", "conversation", "contact", "purpose", "reason"],
                name="ai_switch_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="ai_switch_target",
                condition=(
                    Q(level="workspace", inbox=None, conversation=None, contact=None)
                    | Q(level="inbox", inbox__isnull=False, conversation=None, contact=None)
                    | Q(level="conversation", inbox=None, conversation__isnull=False, contact=None)
                    | Q(level="contact", inbox=None, conversation=None, contact__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose or 'all'} off for {self.level} {self.target_id}"

    @property
    def target_id(self) -> UUID:
        """The id of what is off."""
        return self.inbox_id or self.conversation_id or self.contact_id or self.workspace_id


class MinorLift(WorkspaceModel):
    """When a person of the company last took back that a contact may be a minor: what was written until then is no sign of it."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="minor_lift")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"no minor until {self.lifted_at}: {self.contact_id}"
