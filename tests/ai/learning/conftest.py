"""A model of moods, taught once; who owns a workspace, and its inbox."""

import pytest

from accounts.models import User, Workspace
from ai.engine.embedders import Embedders
from ai.engine.mood_model import MoodEmbedders
from ai.engine.settled import MOODS
from ai.learning.training import Trained, learn_order
from conversations.models import Inbox
from core.tenancy import scope
from tests.ai.learning.taught import moods
from tests.factories import make_inbox, make_user


@pytest.fixture(scope="session")
def taught_moods(embedders: Embedders) -> Trained:
    """Portuguese moods out of lessons of which one in twenty is a slip."""
    return learn_order(
        moods(wrong=0.05), MoodEmbedders(embedders), order=MOODS, champion=None, protected=["negative"], notes={"parent": None}
    )


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Kwame Mensah")


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    """Of the workspace that each module makes for itself."""
    with scope(workspace.pk):
        return make_inbox()
