"""Signing in, up and out."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.selectors import memberships_of
from tests.factories import PASSWORD, make_user, make_workspace

pytestmark = pytest.mark.django_db


def test_sign_in_opens_the_workspace(client: Client) -> None:
    user = make_user(email="ana@example.com")
    workspace = make_workspace(owner=user)

    answer = client.post("/sign-in/", {"email": "Ana@Example.com ", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/w/{workspace.pk}/"


def test_sign_up_makes_a_user_and_a_workspace(client: Client) -> None:
    answer = client.post(
        "/sign-up/",
        {"name": "Inês", "email": "ines@example.com", "company": "Ateliê", "password": PASSWORD, "time_zone": "Europe/Lisbon"},
    )

    assert answer.status_code == 302
    user = User.objects.by_email("ines@example.com")
    assert user is not None
    assert [one.workspace.name for one in memberships_of(user)] == ["Ateliê"]


def test_sign_out_ends_the_session(client: Client) -> None:
    client.force_login(make_user(), backend="accounts.backends.EmailBackend")

    client.post("/sign-out/")

    assert client.get("/me/").status_code == 302
