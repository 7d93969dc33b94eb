"""What the tests of channels stand on: a workspace, a channel that is told what to answer, an inbox of it."""

from collections.abc import Iterator

import pytest

from accounts.models import Workspace
from channels_app.registry import all_adapters
from conversations.models import Inbox
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_inbox, make_workspace


@pytest.fixture
def adapter_type() -> type[FakeAdapter]:
    """What the fake channel is like; a module may have another one."""
    return FakeAdapter


@pytest.fixture
def adapter(adapter_type: type[FakeAdapter]) -> Iterator[FakeAdapter]:
    fake = all_adapters()["fake"] = adapter_type()
    yield fake
    del all_adapters()["fake"]


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def inbox(workspace: Workspace, adapter: FakeAdapter) -> Inbox:
    with scope(workspace.pk):
        return make_inbox("fake", "Fake")
