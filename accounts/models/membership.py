"""The membership: a user's place and role in a workspace."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.permissions import Permission, Role, permissions_of
from core.tenancy.models import WorkspaceModel


class Membership(WorkspaceModel):
    """A user in a workspace, with exactly one role."""

    class Availability(models.TextChoices):
        ONLINE = "online", _("Available")
        BUSY = "busy", _("Busy")
        AWAY = "away", _("Away")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role.value, role.label) for role in Role])
    availability = models.CharField(max_length=8, choices=Availability, default=Availability.ONLINE)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"

    def can(self, permission: Permission) -> bool:
        """Whether this member's role holds a permission."""
        return self.is_active and permission in permissions_of(self.role)
