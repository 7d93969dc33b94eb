"""Teams: groups of members."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, Team, TeamMember
from core.audit import Action, Actor, record
from core.events import publish


@transaction.atomic
def create_team(name: str, *, user_ids: Collection[UUID], by: Membership) -> Team:
    """Make a team of members. The name must be free."""
    team = Team.objects.create(name=name.strip())
    _put(team, user_ids)
    record(Action.TEAM_CHANGED, actor=Actor.user(by.user_id), target=team, what="created")
    publish("team.changed", team=str(team.pk))
    return team


@transaction.atomic
def change_team(team: Team, *, name: str, user_ids: Collection[UUID], by: Membership) -> None:
    """Rename a team and say who is in it."""
    team.name = name.strip()
    team.save(update_fields=["name"])
    _put(team, user_ids)
    record(Action.TEAM_CHANGED, actor=Actor.user(by.user_id), target=team, what="changed")
    publish("team.changed", team=str(team.pk))


@transaction.atomic
def delete_team(team: Team, *, by: Membership) -> None:
    """Delete a team. Its conversations and inboxes stay, without a team."""
    record(Action.TEAM_CHANGED, actor=Actor.user(by.user_id), target=team, what="deleted")
    publish("team.changed", team=str(team.pk))
    team.delete()


def _put(team: Team, user_ids: Collection[UUID]) -> None:
    """Make the team consist of these users, as far as they are active members."""
    wanted = set(Membership.objects.filter(is_active=True, user_id__in=user_ids).values_list("user_id", flat=True))
    TeamMember.objects.filter(team=team).exclude(user_id__in=wanted).delete()
    present = set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    for user_id in sorted(wanted - present):
        TeamMember.objects.create(team=team, user_id=user_id)
