"""The conversation: one exchange with a contact in an inbox, its state, its labels and who has read how far."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from conversations.models.contact import Contact, ContactIdentity, stand_in_name
from conversations.models.inbox import Inbox
from core.tenancy.models import WorkspaceModel
from core.vault.fields import BlindIndexField, EncryptedModel, EncryptedTextField

#: How far the assignee has read.
_READ_BY_ASSIGNEE = Coalesce(
    Func(
        F("read_seqs"),
        Cast(F("assignee"), models.TextField()),
        arg_joiner=" ->> ",
        template="(%(expressions)s)::integer",
        output_field=models.IntegerField(),
    ),
    0,
)


class Conversation(EncryptedModel, WorkspaceModel):
    """An exchange with a contact. What the list shows is kept on the row, so that a page of it reads one table.

    `last_seq` counts the messages; `inbound_seq` is the newest one from the contact. `read_seqs` holds how far each
    agent has read, by user id: the conversation is unread for an agent who is behind `inbound_seq`.
    `contact_read_seq` is how far the contact has read. `contact_name` and `label_ids` repeat what stands elsewhere.
    `first_replied_at` is when a person first replied; an answer of the AI ends the waiting (`waiting_since`), and is no reply of
    theirs. `is_threaded`: the channel has threads (e-mail), so that one identity may have several live conversations.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PENDING = "pending", _("Pending")
        SNOOZED = "snoozed", _("Snoozed")
        RESOLVED = "resolved", _("Resolved")

    class Priority(models.IntegerChoices):
        NONE = 0, _("No priority")
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    number = models.BigIntegerField()
    subject = EncryptedTextField(max_length=255, blank=True)
    is_threaded = models.BooleanField(default=False, db_default=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    # Indexes below begin with these two.
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    identity = models.ForeignKey(ContactIdentity, on_delete=models.PROTECT, related_name="conversations", db_index=False)

    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NONE)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    snoozed_until = models.DateTimeField(null=True, blank=True)

    last_seq = models.IntegerField(default=0)
    inbound_seq = models.IntegerField(default=0)
    contact_read_seq = models.IntegerField(default=0)
    read_seqs = models.JSONField(default=dict)
    contact_name = EncryptedTextField(max_length=120, blank=True)
    label_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    preview = EncryptedTextField(max_length=160, blank=True)
    preview_kind = models.CharField(max_length=8, blank=True)
    last_activity_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="conversation_number"),
            # One live conversation per identity: an album that arrives as ten webhooks opens one, not ten.
            models.UniqueConstraint(
                fields=["identity"], name="conversation_live_one", condition=~Q(status="resolved") & Q(is_threaded=False)
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "status", "-last_activity_at", "-id"], name="conversation_list"),
            models.Index(
                fields=["workspace", "assignee", "status", "-last_activity_at", "-id"],
                name="conversation_assigned",
                condition=Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["workspace", "status", "-last_activity_at", "-id"],
                name="conversation_unassigned",
                condition=Q(assignee__isnull=True),
            ),
            # A label's page looks its conversations up one by one: of the open ones alone, each look is a step shorter.
            models.Index(fields=["id"], name="conversation_open", condition=Q(status="open")),
            models.Index(
                fields=["workspace", "assignee", "status", "-last_activity_at", "-id"],
                name="conversation_mine_unread",
                condition=Q(inbound_seq__gt=_READ_BY_ASSIGNEE),
            ),
            models.Index(fields=["workspace", "inbox", "status", "-last_activity_at", "-id"], name="conversation_inbox"),
            models.Index(fields=["workspace", "team", "status", "-last_activity_at", "-id"], name="conversation_team"),
            models.Index(fields=["workspace", "-last_activity_at", "-id"], name="conversation_all"),
            models.Index(fields=["workspace", "status", "-priority", "-last_activity_at", "-id"], name="conversation_priority"),
            models.Index(
                fields=["workspace", "status", "waiting_since", "id"],
                name="conversation_waiting",
                condition=Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["contact", "-last_activity_at"], name="conversation_of_contact"),
            models.Index(fields=["identity", "-id"], name="conversation_of_identity"),
            models.Index(fields=["snoozed_until"], name="conversation_wakes", condition=Q(status="snoozed")),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    def vault_key_id(self) -> UUID | None:
        return self.contact.key_id

    @property
    def display_name(self) -> str:
        """The contact's name, or a stable stand-in that says nothing about the person."""
        return self.contact_name or stand_in_name(self.contact_id)


class Participant(EncryptedModel, WorkspaceModel):
    """Somebody besides the contact whom a conversation's messages name: they may answer in it and can be put in copy."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    address = EncryptedTextField(max_length=320)
    address_index = BlindIndexField()
    name = EncryptedTextField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "address_index"], name="participant_of_conversation")]

    def __str__(self) -> str:
        return f"participant of {self.conversation_id}"

    def vault_key_id(self) -> UUID | None:
        return self.conversation.contact.key_id


class ConversationCounter(WorkspaceModel):
    """The last conversation number given in a workspace."""

    last_number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="conversation_counter_workspace")]

    def __str__(self) -> str:
        return f"last number {self.last_number}"


class Label(WorkspaceModel):
    """A word that the company sorts its conversations by."""

    name = models.CharField(_("name"), max_length=40)
    color = models.CharField(_("colour"), max_length=16, default="neutral")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="label_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ConversationLabel(WorkspaceModel):
    """A label on a conversation, with the conversation's place in the list, so that a label's list is one walk."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="label_links")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="links")
    status = models.CharField(max_length=8, choices=Conversation.Status)
    last_activity_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "label"], name="conversation_label")]
        indexes = [
            # They hold the workspace too, so that a list is read from the index alone: row security asks for it.
            models.Index(
                fields=["label", "status", "-last_activity_at", "-conversation"], include=["workspace"], name="label_list"
            ),
            models.Index(fields=["label", "-last_activity_at", "-conversation"], include=["workspace"], name="label_list_any"),
        ]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.conversation_id}"
