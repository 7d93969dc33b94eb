"""The people, teams, labels and inboxes of a workspace by name, and the position of its events: what every page shows."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import User
from accounts.permissions import Permission, permissions_of
from core.database.asking import Question, Row
from core.tenancy import current_workspace_id
from core.vault import keyring
from core.vault.keyring import PLATFORM
from core.vault.opening import encrypted_field, open_value

#: One statement for all of them: composing five by the ORM took ten times as long as this takes to run.
_SQL = """
SELECT 'member', m.user_id, m.role, '', u.name, u.key_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.workspace_id = %s AND m.is_active AND u.is_active
UNION ALL SELECT 'team', id, name, '', NULL, NULL FROM accounts_team WHERE workspace_id = %s
UNION ALL SELECT 'label', id, name, color, NULL, NULL FROM conversations_label WHERE workspace_id = %s
UNION ALL SELECT 'inbox', id, name, channel, NULL, NULL FROM conversations_inbox WHERE workspace_id = %s
UNION ALL SELECT 'head', workspace_id, '', position::text, NULL, NULL FROM core_eventhead WHERE workspace_id = %s
"""


class Named(NamedTuple):
    """A team, label (with its colour) or inbox (with its channel)."""

    pk: UUID
    name: str
    color: str = ""
    channel: str = ""


class Person(NamedTuple):
    """An active member."""

    pk: UUID
    name: str
    role: str

    @property
    def can_reply(self) -> bool:
        """Whether conversations can be given to them."""
        return Permission.CONVERSATIONS_REPLY in permissions_of(self.role)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody and everything with a name in a workspace, each list by name; `position`: of the last event before them."""

    people: list[Person]
    teams: list[Named]
    labels: list[Named]
    inboxes: list[Named]
    position: int


def directory_asked() -> Question[Directory]:
    """The directory of the workspace in scope, in one question."""
    return Question(_SQL, [current_workspace_id()] * _SQL.count("%s"), _directory)


def _directory(rows: list[Row]) -> Directory:
    found: dict[str, list[Any]] = {"member": [], "team": [], "label": [], "inbox": [], "head": []}
    for kind, *values in rows:
        found[kind].append(values)
    people = _people(found["member"])
    return Directory(
        people=sorted(people, key=lambda one: one.name.casefold()),
        teams=_by_name(Named(pk, name) for pk, name, *_rest in found["team"]),
        labels=_by_name(Named(pk, name, color=color) for pk, name, color, *_rest in found["label"]),
        inboxes=_by_name(Named(pk, name, channel=channel) for pk, name, channel, *_rest in found["inbox"]),
        position=int(found["head"][0][2]) if found["head"] else 0,
    )


def _people(rows: list[Any]) -> list[Person]:
    keyring.load(key_id for *_rest, key_id in rows)
    field = encrypted_field(User, "name")
    return [
        Person(pk, open_value(field, sealed, workspace_id=PLATFORM, row_id=pk, key_id=key_id), role)
        for pk, role, _text, sealed, key_id in rows
    ]


def _by_name(named: Any) -> list[Named]:
    return sorted(named, key=lambda one: one.name)
