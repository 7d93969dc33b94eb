"""A workspace in scope, for tests of its conversations."""

from collections.abc import Iterator

import pytest

from accounts.models import Membership, Workspace
from conversations.models import Inbox
from core.tenancy import scope
from tests.factories import make_inbox, make_member, make_workspace


@pytest.fixture
def company(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def agent(company: Workspace) -> Membership:
    return make_member(company)


@pytest.fixture
def scoped(company: Workspace, agent: Membership) -> Iterator[Workspace]:
    with scope(company.pk):
        yield company


@pytest.fixture
def shop(scoped: Workspace) -> Inbox:
    return make_inbox()
