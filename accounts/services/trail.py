"""What a person does with their own account, in the trail of each workspace they belong to."""

from typing import Any

from accounts.models import User
from accounts.selectors import memberships_of
from core.audit import Action, Actor, record
from core.tenancy import scope


def record_everywhere(user: User, action: Action | str, **data: Any) -> None:
    """Add an entry about the user to every workspace of theirs. Outside any scope; `data` as in `record`."""
    for membership in memberships_of(user):
        with scope(membership.workspace_id):
            record(action, actor=Actor.user(user.pk), target=user, **data)
