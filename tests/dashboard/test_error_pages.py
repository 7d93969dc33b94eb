"""Pages that are not there, or not for the member: they keep the frame, and lead onward."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User, Workspace
from accounts.permissions import Role
from tests.accounts.conftest import signed_in
from tests.factories import make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

RAIL = 'class="rail"'


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def viewer(workspace: Workspace) -> User:
    return make_member(workspace, Role.VIEWER).user


@pytest.mark.parametrize("path", ["/nowhere/", "/w/{workspace}/nowhere/", "/w/{workspace}/conversations/404/", "/w/{other}/"])
def test_missing_page_stands_in_the_frame_of_the_users_workspace(workspace: Workspace, viewer: User, path: str) -> None:
    address = path.format(workspace=workspace.pk, other=make_workspace("Other", make_user()).pk)
    answer = signed_in(viewer).get(address)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert page.count(RAIL) == 1
    assert f'href="/w/{workspace.pk}/"' in page
    assert page.count('id="main"') == 1


def test_page_beyond_the_role_stands_in_the_frame_of_its_own_workspace(viewer: User) -> None:
    second = make_workspace("Second", make_user())
    make_member(second, Role.VIEWER, user=viewer)
    answer = signed_in(viewer).get(f"/w/{second.pk}/settings/audit/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert page.count(RAIL) == 1
    assert f'href="/w/{second.pk}/"' in page


def test_somebody_without_a_workspace_gets_the_plain_page() -> None:
    page = signed_in(make_user()).get("/nowhere/").content.decode()
    assert RAIL not in page
    assert "Go to your inbox" in page


def test_signed_out_the_page_is_plain_and_leads_to_signing_in(client: Client) -> None:
    answer = client.get(f"/nowhere/{uuid4()}/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert RAIL not in page
    assert "wordmark" in page
    assert '<a class="btn btn-primary" href="/">Sign in</a>' in page
