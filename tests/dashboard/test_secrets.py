"""A channel's secrets are shown to those alone who show once more who they are."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.freshness import LIFETIME
from conversations.models import Inbox
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import PASSWORD, make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db

SECRET = "k3y-of-the-shop-that-nobody-may-read"


@pytest.fixture
def inbox() -> Inbox:
    workspace = make_workspace(owner=make_user(email="owner@example.com"))
    with scope(workspace.pk):
        return make_inbox(identity_secret=SECRET)


@pytest.fixture
def client(inbox: Inbox) -> Client:
    from accounts.models import User

    owner = User.objects.by_email("owner@example.com")
    assert owner is not None
    return signed_in(owner)


def _path(inbox: Inbox, end: str = "") -> str:
    return f"/w/{inbox.workspace_id}/settings/inboxes/{inbox.pk}/{end}"


def _shown(inbox: Inbox) -> list[Any]:
    with scope(inbox.workspace_id):
        return list(AuditEntry.objects.filter(action="inbox.secrets_shown").values_list("target_id", flat=True))


def test_page_of_the_inbox_does_not_hold_the_secret(client: Client, inbox: Inbox) -> None:
    page = client.get(_path(inbox)).content.decode()
    assert f'href="{_path(inbox, "secrets/")}"' in page
    assert SECRET not in page


def test_secret_is_shown_and_audited(client: Client, inbox: Inbox) -> None:
    assert SECRET in client.get(_path(inbox, "secrets/")).content.decode()
    assert _shown(inbox) == [inbox.pk]


def test_old_session_is_asked_who_it_is_first(client: Client, inbox: Inbox) -> None:
    path = _path(inbox, "secrets/")
    with time_machine.travel(timezone.now() + LIFETIME + timedelta(seconds=1)):
        asked = client.get(path)
        assert b"confirm_password" in asked.content
        assert SECRET not in asked.content.decode()
        assert _shown(inbox) == []
        answer = client.post(path, {"confirm_password": PASSWORD, "confirm_method": "get"}, follow=True)
        assert SECRET in answer.content.decode()
    assert _shown(inbox) == [inbox.pk]


def test_inbox_of_a_channel_without_secrets_has_no_such_page(client: Client, inbox: Inbox) -> None:
    with scope(inbox.workspace_id):
        Inbox.objects.filter(pk=inbox.pk).update(channel="nowhere")
    assert client.get(_path(inbox, "secrets/")).status_code == 404
