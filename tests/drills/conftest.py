"""A scene for each drill, and its size."""

import os
from collections.abc import Callable

import pytest

from core.tenancy import scope
from tests.drills.traffic import Scene
from tests.factories import make_inbox, make_user, make_workspace
from tests.harness.stack import Stack

#: Visitors of a drill, and how many messages each of them writes. CHATZEE_DRILL_EACH=20 makes the drill of the goals.
VISITORS, EACH = 1_000, int(os.environ.get("CHATZEE_DRILL_EACH", "3"))


@pytest.fixture
def make_scene(stack: Stack) -> Callable[[int], Scene]:
    """Makes a workspace with an inbox and a signed-in agent, everything running."""

    def make(seed: int) -> Scene:
        stack.start()
        agent = make_user("Kwame Mensah")
        workspace = make_workspace(owner=agent)
        with scope(workspace.pk):
            inbox = make_inbox(allowed_origins=[stack.web_url])
        scene = Scene(stack, workspace, inbox, agent, seed)
        scene.sign_in()
        return scene

    return make
