"""A workspace in scope, and short ways to make knowledge."""

from collections.abc import Iterator

import pytest

from accounts.models import Membership, Workspace
from core.tenancy import scope
from tests.factories import make_member, make_workspace


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
