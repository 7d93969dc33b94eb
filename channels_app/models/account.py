"""Which account of a platform an inbox is, and the platform's own requests about such accounts."""

from django.db import models
from django.db.models import Q

from conversations.models import Inbox
from core.tenancy.models import WorkspaceModel


class InboxAccount(WorkspaceModel):
    """The account of an inbox where one webhook carries events of many: a phone number's id, a page's.

    `source` is the platform's app that signs for it: empty for the operator's own, then no two workspaces share an
    account; else the id of the workspace's own app, which speaks for accounts of that workspace only. `owner_hash` is a
    keyed hash of the platform's user who connected it: the platform names that user when they leave.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="account")
    channel = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True)
    account = models.CharField(max_length=64)
    parent = models.CharField(max_length=64, blank=True)
    owner_hash = models.BinaryField(max_length=32, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "account"], name="account_of_operator", condition=Q(source="")),
            models.UniqueConstraint(
                fields=["workspace", "channel", "source", "account"], name="account_of_workspace", condition=~Q(source="")
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "source", "parent"], name="account_parent"),
            models.Index(fields=["owner_hash"], name="account_owner", condition=Q(owner_hash__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} account of {self.inbox_id}"


class PlatformRequest(models.Model):
    """A platform's request about one of its users who connected inboxes: to forget them, or that they left.

    It belongs to no workspace: that user may have connected inboxes of several. `code` names it on the public status page.
    """

    class Kind(models.TextChoices):
        DELETION = "deletion"
        DEAUTHORISATION = "deauthorisation"

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    platform = models.CharField(max_length=16)
    request_hash = models.BinaryField(max_length=32, unique=True)
    accounts = models.IntegerField(default=0)
    received_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
