"""Who owns a workspace, and the workspace."""

import pytest

from accounts.models import User, Workspace
from tests.factories import make_user, make_workspace


@pytest.fixture
def owner(db: None) -> User:
    return make_user()


@pytest.fixture
def workspace(owner: User) -> Workspace:
    return make_workspace(owner=owner)
