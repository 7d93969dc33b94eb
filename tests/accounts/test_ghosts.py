"""Accounts that nobody can get into any more are removed, and no others."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Membership, User, UserSession
from accounts.services.ghosts import KEEP, purge_ghosts
from accounts.services.sign_up import prove_address, sign_up
from accounts.tasks import purge_ghosts as task
from conversations.services.replies import add_note
from core.audit.models import AuditEntry
from core.events.models import Event
from core.ids import new_id
from core.tenancy import scope
from tests.factories import PASSWORD, make_conversation, make_inbox, make_user

pytestmark = pytest.mark.django_db

TAKEN = "ana@example.com"


def _sign_up(email: str = TAKEN) -> tuple[User, UUID]:
    """Somebody who signed up long ago, and their workspace."""
    user, membership = sign_up(name="Ana S.", email=email, password=PASSWORD, company="Loja")
    long_ago = timezone.now() - KEEP - timedelta(days=1)
    User.objects.filter(pk=user.pk).update(created_at=long_ago)
    user.refresh_from_db()
    return user, membership.workspace_id


def test_ghost_goes_with_its_sessions_and_membership() -> None:
    owner = make_user(email=TAKEN)
    ghost, workspace = _sign_up()
    UserSession.objects.create(user=ghost, key_digest=b"d" * 32, session_key="key", ip="", user_agent="")

    task()

    assert list(User.objects.all()) == [owner]
    assert UserSession.objects.count() == 0
    with scope(workspace):
        assert Membership.objects.count() == 0
        assert AuditEntry.objects.order_by("id").last().action == "member.removed"  # type: ignore[union-attr]
        assert Event.objects.get(type="member.changed").data == {"user": str(ghost.pk)}


def test_ghost_that_wrote_something_stays_as_a_name() -> None:
    make_user(email=TAKEN)
    ghost, workspace = _sign_up()
    with scope(workspace):
        add_note(make_conversation(make_inbox()), body="Call back", author=ghost, idempotency_key=new_id())

    assert (purge_ghosts(), purge_ghosts()) == (1, 0)

    ghost = User.objects.get(pk=ghost.pk)
    assert (ghost.name, ghost.email, ghost.is_active, ghost.has_usable_password()) == ("Ana S.", "", False, False)


def test_account_that_lost_its_address_to_whoever_proved_it_is_a_ghost() -> None:
    first, _workspace = _sign_up()
    second, _other = _sign_up()
    prove_address(second)

    assert purge_ghosts() == 1
    assert list(User.objects.all()) == [second]
    assert first.pk != second.pk


def test_account_with_an_address_of_its_own_stays() -> None:
    _sign_up("new@example.com")
    assert purge_ghosts() == 0


@pytest.mark.parametrize("field", ["created_at", "last_login"])
def test_account_that_was_used_lately_stays(field: str) -> None:
    make_user(email=TAKEN)
    ghost, _workspace = _sign_up()
    User.objects.filter(pk=ghost.pk).update(**{field: timezone.now() - KEEP + timedelta(hours=1)})
    assert purge_ghosts() == 0
