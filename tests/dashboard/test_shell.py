"""What stands around the desk is kept; what is of a visit, of a browser or of a customer is not."""

import gc
import re

import pytest
from django.contrib.messages import add_message, constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User, Workspace
from conversations.models import Conversation
from conversations.selectors.listed import Listed
from core.tenancy import scope
from dashboard import shell
from tests.factories import make_conversation, make_inbox, make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return make_user("Ana Souza")


@pytest.fixture
def workspace(owner: User) -> Workspace:
    return make_workspace("Loja Azul", owner=owner)


def visiting(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def read(client: Client, workspace: Workspace, path: str = "") -> str:
    response = client.get(f"/w/{workspace.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def token_of(html: str) -> str:
    found = re.search(r'name="csrf-token" content="(\w+)"', html)
    assert found, "no token in the page"
    return found[1]


def conversation_of(workspace: Workspace, *, name: str) -> Conversation:
    with scope(workspace.pk):
        return make_conversation(make_inbox(), "Hello", name=name)


def test_each_browser_gets_a_token_that_it_can_use(owner: User, workspace: Workspace) -> None:
    number = conversation_of(workspace, name="Lea").number
    for client in (visiting(owner), visiting(owner)):
        token = token_of(read(client, workspace))
        path = f"/w/{workspace.pk}/conversations/{number}/status/"
        assert client.post(path, {"status": "resolved"}, headers={"X-CSRFToken": token}).status_code < 400
        assert client.post(path, {"status": "open"}, headers={"X-CSRFToken": "A" * 64}).status_code == 403


def test_name_in_the_title_is_text_wherever_it_stands(owner: User, workspace: Workspace) -> None:
    names = "<b>Lea</b> & Söhne", shell._CONTENT, shell._TOKEN
    client = visiting(owner)
    for name in names:
        with scope(workspace.pk):
            number = make_conversation(make_inbox(), "Hello", name=name, visitor=name).number
        html = read(client, workspace, f"conversations/{number}/")
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert f"<title>{escaped} · Conversations · Loja Azul" in html
        assert "<b>Lea</b>" not in html
        assert html.count("</main>") == 1


def test_page_is_that_of_its_user(owner: User, workspace: Workspace) -> None:
    agent = make_user("Kwame Mensah")
    make_member(workspace, "agent", user=agent)
    for user, other in ((owner, agent), (agent, owner), (owner, agent)):
        html = read(visiting(user), workspace)
        assert user.name in html
        assert other.name not in html.split('<main class="desk-main"')[0]


def test_page_follows_theme_language_and_time_zone(owner: User, workspace: Workspace) -> None:
    client = visiting(owner)
    read(client, workspace)
    User.objects.filter(pk=owner.pk).update(theme="dark", language="pt", time_zone="Asia/Tokyo")
    html = read(client, workspace)
    assert 'data-theme="dark"' in html
    assert 'lang="pt' in html
    assert "Conversas · Loja Azul" in html
    assert "Asia/Tokyo" in html


def test_message_that_waits_is_shown_once(owner: User, workspace: Workspace) -> None:
    request, response = RequestFactory().get("/"), HttpResponse()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as its middleware does
    add_message(request, constants.SUCCESS, "The team is deleted.")
    request._messages.update(response)  # type: ignore[attr-defined]
    client = visiting(owner)
    read(client, workspace)
    client.cookies.load({name: one.value for name, one in response.cookies.items()})
    assert "The team is deleted." in read(client, workspace)
    assert "The team is deleted." not in read(client, workspace)


def test_address_that_is_not_proven_is_asked_for(owner: User, workspace: Workspace) -> None:
    client = visiting(owner)
    assert "frame-banner" not in read(client, workspace)
    User.objects.filter(pk=owner.pk).update(email_verified_at=None)
    html = read(client, workspace)
    assert owner.email in html.split('<main class="desk-main"')[0]


@pytest.mark.parametrize("path", ["", "rows/", "list/"])
def test_pages_leave_no_rows_to_the_garbage_collector(owner: User, workspace: Workspace, path: str) -> None:
    conversation_of(workspace, name="Lea")
    client = visiting(owner)
    read(client, workspace, path)
    gc.collect()
    gc.disable()
    try:
        assert "Lea" in read(client, workspace, path)
        assert [one for one in gc.get_objects() if type(one) is Listed] == []
    finally:
        gc.enable()


def test_who_is_in_no_inbox_is_told_whom_to_ask(workspace: Workspace) -> None:
    agent = make_user("Kwame Mensah")
    make_member(workspace, user=agent)
    assert "Ask an owner or admin to put you into an inbox" in read(visiting(agent), workspace)
