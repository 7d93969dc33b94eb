"""Pages cost the same number of queries whatever they hold."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Workspace
from conversations.models import Conversation, Inbox
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.factories import make_inbox, make_user, make_workspace, receive

pytestmark = pytest.mark.django_db(transaction=True)

#: Queries on the data database beside the page's own: session, user, savepoints, scope, membership.
FRAME = ("SAVEPOINT", "RELEASE", "set_config", "django_session", "accounts_user", "accounts_membership")


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(owner=make_user("Kwame Mensah", email="kwame@example.com"))


@pytest.fixture
def visit(workspace: Workspace) -> Callable[[str], list[str]]:
    """Visits a path below the workspace as its owner, once to warm up, and returns the queries of the second visit."""
    from accounts.models import User

    client = Client()
    owner = User.objects.by_email("kwame@example.com")
    assert owner is not None
    client.force_login(owner)

    def run(path: str) -> list[str]:
        address = f"/w/{workspace.pk}/{path}"
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connections["default"]) as data, CaptureQueriesContext(connections["keys"]) as keys:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in (*data.captured_queries, *keys.captured_queries)]

    return run


def own(queries: list[str]) -> list[str]:
    """The page's own queries, without what every request of a signed-in member asks."""
    return [sql for sql in queries if not any(word in sql for word in FRAME) and sql not in ("BEGIN", "COMMIT")]


def write(inbox: Inbox, count: int, *, visitor: str = "") -> None:
    for number in range(count):
        receive(inbox, f"Message {number}", visitor=visitor or str(uuid4()))


def test_list_costs_the_same_for_one_and_three_rows(workspace: Workspace, visit: Callable[[str], list[str]]) -> None:
    with scope(workspace.pk):
        inbox = make_inbox()
        write(inbox, 1)
    one = visit("?tab=all")
    with scope(workspace.pk):
        write(inbox, 2)
    three = visit("?tab=all")
    assert len(one) == len(three), three
    assert len(own(three)) <= 8, own(three)


def test_conversation_costs_the_same_for_one_and_three_messages(workspace: Workspace, visit: Callable[[str], list[str]]) -> None:
    with scope(workspace.pk):
        inbox = make_inbox()
        write(inbox, 1, visitor="zoe")
        conversation = Conversation.objects.get()
        send_reply(conversation, body="Hello", author=make_user(), idempotency_key=uuid4())
    path = f"conversations/{conversation.number}/"
    one = visit(path)
    with scope(workspace.pk):
        write(inbox, 2, visitor="zoe")
        send_reply(Conversation.objects.get(), body="Hello again", author=make_user(), idempotency_key=uuid4())
    three = visit(path)
    assert len(one) == len(three), three
    assert len(own(visit(f"{path}messages/"))) <= 12
