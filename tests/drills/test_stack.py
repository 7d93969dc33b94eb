"""The running product itself: it serves, and comes back after each kind of kill."""

import httpx
import pytest

from core.tenancy import scope
from tests.factories import make_inbox, make_workspace
from tests.harness.stack import NAMES, Stack

pytestmark = pytest.mark.drill


def test_stack_serves_what_a_test_commits(stack: Stack) -> None:
    workspace = make_workspace()
    with scope(workspace.pk):
        inbox = make_inbox(allowed_origins=["https://shop.example"])
    found = httpx.post(f"{stack.web_url}/widget/{inbox.key}/boot/", headers={"Origin": "https://shop.example"}, json={})
    assert found.status_code == 200
    assert httpx.get(f"{stack.edge_url}/healthz").text == "ok"


@pytest.mark.parametrize("name", NAMES)
def test_killed_process_comes_back(stack: Stack, name: str) -> None:
    stack.kill(name)
    assert not stack.is_running(name)
    stack.restart(name)
    assert stack.is_running(name)


def test_killed_servers_come_back(stack: Stack) -> None:
    workspace = make_workspace()
    stack.valkey.kill()
    stack.postgres.kill()
    stack.valkey.restart()
    stack.postgres.restart()
    with scope(workspace.pk):
        workspace.refresh_from_db()
    assert workspace.name == "Loja Azul"
