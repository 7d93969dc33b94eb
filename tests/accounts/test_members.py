"""Members, invitations, teams and workspace settings: who may do what, and what comes of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Invitation, Membership, Team, TeamMember, User, Workspace
from accounts.permissions import Role
from accounts.selectors import memberships_of
from accounts.services import members, teams
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.accounts.conftest import link_in_mail, signed_in
from tests.factories import PASSWORD, make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db

#: Page of a workspace's settings, method, and the roles that may use it.
ADMINS = {"owner", "admin"}
PAGES = [
    ("get", "members/", {"owner", "admin", "agent", "dpo", "viewer"}),
    ("post", "members/invitations/", ADMINS),
    ("post", "members/invitations/{invitation}/", ADMINS),
    ("post", "members/{member}/role/", ADMINS),
    ("post", "members/{member}/removal/", ADMINS),
    ("get", "teams/", ADMINS),
    ("post", "teams/", ADMINS),
    ("get", "teams/{team}/", ADMINS),
    ("post", "teams/{team}/", ADMINS),
    ("get", "workspace/", ADMINS),
    ("post", "workspace/", ADMINS),
    ("get", "security/", ADMINS),
    ("post", "security/enforcement/", ADMINS),
]


def _client(user: User) -> Client:
    """A signed-in browser that is fresh, without the time that a password takes."""
    import time

    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    session = client.session
    session["fresh_at"] = time.time()
    session.save()
    return client


def _world() -> tuple[Workspace, dict[str, str]]:
    workspace = make_workspace()
    target = make_member(workspace)
    with scope(workspace.pk):
        owner = Membership.objects.get(role="owner")
        invitation = Invitation.objects.create(
            email="x@example.com", role="agent", invited_by=owner.user, expires_at=timezone.now() + timedelta(days=7)
        )
        team = teams.create_team("Sales", user_ids=[], by=owner)
    return workspace, {"invitation": str(invitation.pk), "member": str(target.pk), "team": str(team.pk)}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(("method", "path", "allowed"), PAGES)
def test_page_is_open_to_its_roles_alone(method: str, path: str, allowed: set[str], role: str) -> None:
    workspace, ids = _world()
    client = _client(make_member(workspace, role).user)

    answer = getattr(client, method)(f"/w/{workspace.pk}/settings/{path.format(**ids)}")

    assert (answer.status_code != 403) == (role in allowed)
    assert answer.status_code in {200, 302, 422, 403}


@pytest.mark.parametrize(("method", "path", "allowed"), PAGES)
def test_page_does_not_exist_for_a_stranger(method: str, path: str, allowed: set[str]) -> None:
    workspace, ids = _world()
    stranger = make_user()
    make_workspace(owner=stranger)

    assert getattr(_client(stranger), method)(f"/w/{workspace.pk}/settings/{path.format(**ids)}").status_code == 404


@pytest.mark.parametrize(("method", "path", "allowed"), [one for one in PAGES if "{" in one[1]])
def test_row_of_another_workspace_does_not_exist(method: str, path: str, allowed: set[str]) -> None:
    _workspace, ids = _world()
    owner = make_user()
    own = make_workspace(owner=owner)

    assert getattr(_client(owner), method)(f"/w/{own.pk}/settings/{path.format(**ids)}", {"role": "agent"}).status_code == 404


@pytest.mark.parametrize("path", ["members/", "teams/", "security/"])
def test_page_costs_the_same_for_one_and_three_rows(path: str) -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    client = _client(owner)
    client.get(f"/w/{workspace.pk}/settings/{path}")
    counts: list[int] = []
    for _round in range(2):
        with scope(workspace.pk):
            by = Membership.objects.get(user=owner)
        for _row in range(1 if not counts else 2):
            member = make_member(workspace, user=make_user("Yuki Tanaka"))
            with scope(workspace.pk):
                teams.create_team(f"Team {uuid4()}"[:60], user_ids=[member.user_id], by=by)
                Invitation.objects.create(
                    email=f"{uuid4()}@example.com", role="agent", invited_by=owner, expires_at=timezone.now() + timedelta(days=7)
                )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/w/{workspace.pk}/settings/{path}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_admin_cannot_touch_or_make_owners() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    admin = make_member(workspace, "admin")
    client = _client(admin.user)
    with scope(workspace.pk):
        target = Membership.objects.get(user=owner)
    base = f"/w/{workspace.pk}/settings/members"

    assert client.post(f"{base}/{target.pk}/removal/").status_code == 403
    assert client.post(f"{base}/{target.pk}/role/", {"role": "agent"}).status_code == 403
    assert client.post(f"{base}/{admin.pk}/role/", {"role": "owner"}).status_code == 403
    assert client.post(f"{base}/invitations/", {"emails": "a@example.com", "role": "owner"}).status_code == 422


def test_last_owner_stays() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    with scope(workspace.pk):
        by = Membership.objects.get(user=owner)
        with pytest.raises(ValidationError):
            members.change_role(by, "agent", by=by)
        with pytest.raises(ValidationError):
            members.remove_member(by, by=by)
    second = make_member(workspace, "owner")
    with scope(workspace.pk):
        members.change_role(by, "agent", by=second)
        assert list(Membership.objects.filter(role="owner").values_list("user_id", flat=True)) == [second.user_id]


@pytest.mark.django_db(transaction=True)
def test_removed_member_is_out_at_once_and_leaves_teams() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    member = make_member(workspace)
    with scope(workspace.pk):
        teams.create_team("Sales", user_ids=[member.user_id], by=Membership.objects.get(user=owner))
    theirs = _client(member.user)
    assert theirs.get(f"/w/{workspace.pk}/settings/members/").status_code == 200

    _client(owner).post(f"/w/{workspace.pk}/settings/members/{member.pk}/removal/")

    assert theirs.get(f"/w/{workspace.pk}/settings/members/").status_code == 404
    with scope(workspace.pk):
        assert TeamMember.objects.count() == 0
        assert AuditEntry.objects.filter(action="member.removed", target_id=member.pk).count() == 1


def _invite(workspace: Workspace, owner: User, emails: str, capture: Any, role: str = "agent") -> None:
    with capture(execute=True):
        answer = _client(owner).post(f"/w/{workspace.pk}/settings/members/invitations/", {"emails": emails, "role": role})
    assert answer.status_code == 302, answer.content


def test_new_person_joins_by_the_mailed_link_with_a_proven_address(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    _invite(workspace, owner, "Yuki@Example.com", django_capture_on_commit_callbacks, role="viewer")
    link, client = link_in_mail(), Client()

    answer = client.post(link, {"name": "Yuki Tanaka", "password": "purple-anchor-meadow-17"})

    assert answer.status_code == 302
    user = User.objects.by_email("yuki@example.com")
    assert user is not None
    assert user.email_verified_at is not None
    assert [(one.workspace_id, one.role) for one in memberships_of(user)] == [(workspace.pk, "viewer")]
    assert Client().get(link).status_code == 410


def test_existing_person_signs_in_and_joins(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    owner, guest = make_user(), make_user(email="guest@example.com")
    workspace = make_workspace(owner=owner)
    _invite(workspace, owner, "guest@example.com", django_capture_on_commit_callbacks)
    link = link_in_mail()

    assert Client().get(link).context["must_sign_in"] is True
    assert signed_in(guest).post(link).status_code == 302

    assert [one.workspace_id for one in memberships_of(guest)] == [workspace.pk]


def test_invitation_is_for_its_address_alone(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    owner, other = make_user(), make_user()
    workspace = make_workspace(owner=owner)
    _invite(workspace, owner, "guest@example.com", django_capture_on_commit_callbacks)

    _client(other).post(link_in_mail())

    assert memberships_of(other) == []


def test_invitation_ends_after_seven_days(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    owner = make_user()
    _invite(make_workspace(owner=owner), owner, "guest@example.com", django_capture_on_commit_callbacks)
    link = link_in_mail()

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert Client().get(link).status_code == 410


def test_resent_invitation_voids_the_earlier_link_and_a_revoked_one_both(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    _invite(workspace, owner, "guest@example.com", django_capture_on_commit_callbacks)
    with scope(workspace.pk):
        url = f"/w/{workspace.pk}/settings/members/invitations/{Invitation.objects.get().pk}/"

    with django_capture_on_commit_callbacks(execute=True):
        _client(owner).post(url)
    assert [Client().get(link_in_mail(place)).status_code for place in (0, 1)] == [410, 200]
    _client(owner).post(url, {"revoke": "1"})
    assert Client().get(link_in_mail(1)).status_code == 410


def test_invitation_of_the_same_address_twice_is_one(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    emails = f"guest@example.com, GUEST@example.com;{owner.email}"

    _invite(workspace, owner, emails, django_capture_on_commit_callbacks)
    _invite(workspace, owner, "guest@example.com", django_capture_on_commit_callbacks, role="admin")

    with scope(workspace.pk):
        assert [one.role for one in Invitation.objects.all()] == ["admin"]
    assert [one.to for one in mail.outbox] == [["guest@example.com"], ["guest@example.com"]]


def test_unproven_person_cannot_invite() -> None:
    owner = make_user(email_verified_at=None)
    workspace = make_workspace(owner=owner)

    answer = _client(owner).post(f"/w/{workspace.pk}/settings/members/invitations/", {"emails": "a@b.com", "role": "agent"})

    assert answer.status_code == 422
    with scope(workspace.pk):
        assert Invitation.objects.count() == 0


def test_wrong_address_among_invitations_is_named_and_the_text_kept() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)

    answer = _client(owner).post(
        f"/w/{workspace.pk}/settings/members/invitations/", {"emails": "a@b.com nonsense", "role": "agent"}
    )

    assert answer.context["form"].errors["emails"] == ["This is not an e-mail address: nonsense."]
    assert "a@b.com nonsense" in answer.content.decode()


def test_team_is_made_changed_and_deleted() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    member, client = make_member(workspace), _client(owner)
    base = f"/w/{workspace.pk}/settings/teams/"

    client.post(base, {"name": "Sales", "people": [str(member.user_id)]})
    with scope(workspace.pk):
        team = Team.objects.get()
        assert [one.user_id for one in TeamMember.objects.all()] == [member.user_id]
    assert client.post(base, {"name": "sales"}).status_code == 422
    client.post(f"{base}{team.pk}/", {"name": "Returns"})
    with scope(workspace.pk):
        assert (Team.objects.get().name, TeamMember.objects.count()) == ("Returns", 0)
    client.post(f"{base}{team.pk}/", {"delete": "1"})
    with scope(workspace.pk):
        assert Team.objects.count() == 0
        whats = [entry.data["what"] for entry in AuditEntry.objects.filter(action="team.changed").order_by("id")]
    assert whats == ["created", "changed", "deleted"]


def test_workspace_settings_are_saved() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)

    _client(owner).post(
        f"/w/{workspace.pk}/settings/workspace/", {"name": "Ateliê", "time_zone": "Europe/Lisbon", "language": "pt"}
    )

    with scope(workspace.pk):
        workspace.refresh_from_db()
    assert (workspace.name, workspace.time_zone, workspace.language) == ("Ateliê", "Europe/Lisbon", "pt")


def test_last_workspace_is_remembered() -> None:
    owner = make_user()
    first, second = make_workspace(owner=owner), make_workspace(owner=owner)
    client = _client(owner)

    for workspace in (second, first, second):
        client.get(f"/w/{workspace.pk}/settings/members/")
        assert client.get("/")["Location"] == f"/w/{workspace.pk}/"


def test_password_of_the_factories_is_one_that_the_rules_allow() -> None:
    refused: list[str] = []
    try:
        validate_password(PASSWORD)
    except ValidationError as error:
        refused = error.messages
    assert refused == []
