"""Connecting an account in the dashboard: off to the provider and back, bound to one session; tokens that others replace."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from accounts.permissions import Role
from channels_app.adapters.email import oauth
from channels_app.adapters.email.errors import ERRORS
from channels_app.contract import ChannelError
from channels_app.services import tokens
from conversations.models import Inbox
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

PROVIDER = oauth.Provider("https://provider.example/authorize", "https://provider.example/token", "mail", "us", "", {})


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def inbox(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setattr(oauth, "provider_of", lambda way: PROVIDER)
    with scope(workspace.pk):
        return make_inbox("email", "Mail", address="help@shop.example", receive="mailbox", login="google")


def settings_of(inbox: Inbox) -> dict[str, Any]:
    with scope(inbox.workspace_id):
        return dict(Inbox.objects.get(pk=inbox.pk).settings)


def begun(client: Client, inbox: Inbox) -> dict[str, list[str]]:
    """What the provider is asked."""
    response = client.post(reverse("sign-in-at-platform", args=[inbox.workspace_id, inbox.pk]))
    return parse_qs(urlsplit(response["HX-Redirect"]).query)


def test_account_comes_back_to_its_inbox(workspace: Workspace, inbox: Inbox) -> None:
    client = signed_in(make_member(workspace, Role.OWNER).user)
    asked = begun(client, inbox)
    assert (asked["client_id"], asked["code_challenge_method"], asked["login_hint"]) == (["us"], ["S256"], ["help@shop.example"])
    back = client.get(reverse("signed-in-at-platform"), {"state": asked["state"][0], "code": "a-code"})
    assert "a-code" not in back["Location"]
    done = client.get(back["Location"])
    assert done["Location"] == reverse("dashboard:inbox", args=[workspace.pk, inbox.pk])
    grant = settings_of(inbox)["grant"]
    assert (grant["code"], grant["redirect_uri"]) == ("a-code", asked["redirect_uri"][0])
    assert client.get(back["Location"]).status_code == 404


def test_way_back_belongs_to_the_session_that_began(workspace: Workspace, inbox: Inbox) -> None:
    owner, other = (signed_in(make_member(workspace, Role.OWNER).user) for _person in range(2))
    state = begun(owner, inbox)["state"][0]
    came_back = reverse("signed-in-at-platform")
    assert other.get(came_back, {"state": state, "code": "stolen"}).status_code == 404
    assert owner.get(came_back, {"state": "guessed", "code": "x"}).status_code == 404
    refused = owner.get(came_back, {"state": state, "error": "access_denied"})
    assert refused["Location"] == reverse("dashboard:inbox", args=[workspace.pk, inbox.pk])
    assert "grant" not in settings_of(inbox)


def test_installation_that_is_not_registered_there_says_so(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unset(way: str) -> oauth.Provider:
        raise ChannelError("oauth_unset", permanent=True)

    monkeypatch.setattr(oauth, "provider_of", unset)
    client = signed_in(make_member(workspace, Role.OWNER).user)
    response = client.post(reverse("sign-in-at-platform", args=[workspace.pk, inbox.pk]))
    assert response["HX-Redirect"] == reverse("dashboard:inbox", args=[workspace.pk, inbox.pk])
    assert [str(one) for one in get_messages(response.wsgi_request)] == [str(ERRORS["oauth_unset"])]


def test_mailbox_with_a_password_has_nowhere_to_sign_in(workspace: Workspace) -> None:
    with scope(workspace.pk):
        inbox = make_inbox("email", "Mail", address="help@shop.example", receive="mailbox", login="password")
    client = signed_in(make_member(workspace, Role.OWNER).user)
    assert client.post(reverse("sign-in-at-platform", args=[workspace.pk, inbox.pk])).status_code == 404


def test_agents_may_not_connect_accounts(workspace: Workspace, inbox: Inbox) -> None:
    client = signed_in(make_member(workspace, Role.AGENT).user)
    assert client.post(reverse("sign-in-at-platform", args=[workspace.pk, inbox.pk])).status_code == 403


def test_newer_tokens_of_another_process_stay(inbox: Inbox) -> None:
    tokens.replace_tokens(inbox.workspace_id, inbox.pk, {"refresh_token": "new", "access_token": "n"})
    kept = tokens.keep_tokens(inbox.workspace_id, inbox.pk, used="old", new={"access_token": "late"})
    assert kept["access_token"] == "n"
    kept = tokens.keep_tokens(inbox.workspace_id, inbox.pk, used="new", new={"access_token": "fresh"})
    assert (kept["access_token"], kept["refresh_token"]) == ("fresh", "new")
    assert tokens.tokens_of(inbox.workspace_id, inbox.pk) == kept
    assert settings_of(inbox)["address"] == "help@shop.example"
