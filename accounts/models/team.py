"""Teams: groups of members to whom conversations are given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from core.tenancy.models import WorkspaceModel


class Team(WorkspaceModel):
    """A group of members, such as Sales or Returns."""

    name = models.CharField(_("name"), max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="team_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamMember(WorkspaceModel):
    """A user in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "team", "user"], name="team_member")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"
