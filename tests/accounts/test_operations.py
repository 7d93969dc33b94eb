"""The operator's site: behind staff and a second factor, useful, and without content."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import User, UserSession
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.accounts.test_factors import with_app
from tests.factories import PASSWORD, make_conversation, make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db


def _staff(*, verified: bool = True) -> tuple[User, Client]:
    user = make_user("Staff")
    call_command("make_staff", user.email)
    user.refresh_from_db()
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    if verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = with_app(user).persistent_id
        session.save()
    return user, client


def test_site_does_not_exist_for_others() -> None:
    assert Client().get("/operations/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    assert signed_in(make_user()).get("/operations/", follow=True).status_code == 404


def test_site_asks_staff_for_a_second_factor() -> None:
    _user, client = _staff(verified=False)

    assert client.get("/operations/", follow=True).redirect_chain[-1][0].startswith("/me/second-factor/required/")


def test_users_are_found_by_whole_address_and_shown_masked() -> None:
    _user, client = _staff()
    make_user("Inês Duarte", email="ines@lojaazul.pt")
    make_user("Kwame", email="kwame@lojaazul.pt")

    page = client.get("/operations/accounts/user/?q=ines@lojaazul.pt").content.decode()

    assert "i…@….pt" in page
    assert "k…@….pt" not in page
    assert "Duarte" not in page
    assert "lojaazul.pt</td>" not in page


def test_staff_can_end_sessions_and_deactivate() -> None:
    _user, client = _staff()
    user = make_user()
    theirs = signed_in(user)

    client.post("/operations/accounts/user/", {"action": "deactivate", "_selected_action": [str(user.pk)]})

    user.refresh_from_db()
    assert user.is_active is False
    assert UserSession.objects.filter(user=user).count() == 0
    assert theirs.get("/me/").status_code == 302


def test_staff_can_activate_again_but_nobody_whose_address_is_gone() -> None:
    _user, client = _staff()
    away, purged = make_user(is_active=False), make_user(is_active=False)
    User.objects.filter(pk=purged.pk).update(email_index=None)

    client.post("/operations/accounts/user/", {"action": "activate", "_selected_action": [str(away.pk), str(purged.pk)]})

    away.refresh_from_db()
    purged.refresh_from_db()
    assert (away.is_active, purged.is_active) == (True, False)
    answer = Client().post("/sign-in/", {"email": away.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[0][0] == "/"


@pytest.mark.parametrize("path", ["accounts/user/add/", "accounts/user/{user}/delete/"])
def test_staff_can_neither_add_nor_delete_people(path: str) -> None:
    user, client = _staff()

    assert client.get(f"/operations/{path.format(user=user.pk)}").status_code == 403


def test_opening_a_workspace_shows_counts_without_content_and_is_audited() -> None:
    staff, client = _staff()
    workspace = make_workspace("Loja Azul")
    with scope(workspace.pk):
        make_conversation(make_inbox(), "Where is my order?", name="Zoe Miller")

    listed = client.get("/operations/workspaces/").content.decode()
    opened = client.get(f"/operations/workspaces/{workspace.pk}/").content.decode()
    queues = client.get("/operations/queues/")

    assert "Loja Azul" in listed
    assert queues.status_code == 200
    for text in ("Where is my order", "Zoe"):
        assert text not in listed + opened
    with scope(workspace.pk):
        entries = AuditEntry.objects.filter(action="staff.crossed", actor_kind="staff", actor_id=staff.pk)
        assert entries.count() == 1


@pytest.mark.parametrize("path", ["", "accounts/user/", "accounts/usersession/", "workspaces/", "queues/"])
def test_page_of_the_site_opens(path: str) -> None:
    _user, client = _staff()

    assert client.get(f"/operations/{path}").status_code == 200


def test_make_staff_wants_a_proven_address() -> None:
    user = make_user(email_verified_at=None)

    with pytest.raises(CommandError):
        call_command("make_staff", user.email)
