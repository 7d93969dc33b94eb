"""Who and what a workspace has before any customer writes: people, teams, inboxes, labels. Made by the product's services."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Membership, Team, User, Workspace
from accounts.models.user import email_index
from accounts.permissions import Role
from accounts.services.workspaces import add_member, create_workspace
from conversations.models import Inbox, InboxMember, Label
from core.audit import Actor
from core.tenancy import scope

AGENTS = 12
ORIGIN = "https://shop.example"
_LABELS = """
refund delivery invoice vip complaint exchange size stock payment account praise spam bug loyalty wholesale
""".split()  # noqa: SIM905  # a list of words reads better than a list of quotes


@dataclass(frozen=True, slots=True)
class Cast:
    """The ids that rows of a workspace refer to, in a fixed order."""

    workspace: UUID
    inboxes: list[UUID]
    teams: list[UUID]
    labels: list[UUID]
    agents: list[UUID]


def make_cast(number: int) -> UUID:
    """Make workspace `number` with its people and return its id."""
    password = make_password("bench-lantern-harbour-42")
    owner = _user(number, 0, password)
    workspace = create_workspace(name=f"Bench {number:02}", owner=owner)
    with scope(workspace.pk):
        inboxes = [_inbox(name) for name in ("Shop", "Help", "Wholesale")]
        for name in ("Sales", "Returns", "Care"):
            Team.objects.create(name=name)
        for name in _LABELS:
            Label.objects.create(name=name)
        for index in range(1, AGENTS if number == 0 else 4):
            user = _user(number, index, password)
            add_member(user, role=Role.AGENT, actor=Actor.system())
            for inbox in inboxes[: 1 + index % 3]:
                InboxMember.objects.create(inbox=inbox, user=user)
    return workspace.pk


@cache
def read_cast(workspace_id: UUID) -> Cast:
    """The cast of a workspace that was made."""
    with scope(workspace_id):
        return Cast(
            workspace_id,
            list(Inbox.objects.order_by("id").values_list("id", flat=True)),
            list(Team.objects.order_by("id").values_list("id", flat=True)),
            list(Label.objects.order_by("id").values_list("id", flat=True)),
            list(Membership.objects.order_by("id").values_list("user_id", flat=True)),
        )


def bench_workspaces() -> list[UUID]:
    """The ids of the made workspaces by number."""
    from core.tenancy import crossing

    with crossing("bench: list workspaces"):
        return list(Workspace.objects.filter(name__startswith="Bench ").order_by("name").values_list("id", flat=True))


def _inbox(name: str) -> Inbox:
    inbox = Inbox(name=name, channel="website", settings={"allowed_origins": [ORIGIN]})
    inbox.save(force_insert=True)
    return inbox


def _user(workspace: int, index: int, password: str) -> User:
    email = f"agent{index}.{workspace}@bench.example"
    known = User.objects.filter(email_index=email_index(email)).first()
    if known is not None:
        return known
    user = User(email=email, email_index=email_index(email), name=f"Agent {index}", email_verified_at=timezone.now())
    user.password = password
    user.save(force_insert=True)
    return user
