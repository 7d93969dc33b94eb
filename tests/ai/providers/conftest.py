"""A workspace with a conversation, and the scripted server as its provider."""

import pytest

from accounts.models import Workspace
from ai.models import Provider
from conversations.models import Conversation
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted
from tests.factories import make_conversation, make_inbox, make_workspace


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def conversation(workspace: Workspace) -> Conversation:
    """A conversation in an inbox with suggestions, as every new inbox is."""
    with scope(workspace.pk):
        return make_conversation(make_inbox(), name="Rosa Lima")


@pytest.fixture
def provider(workspace: Workspace, server: Scripted) -> Provider:
    return set_up(workspace, server)
