"""One running product for all of these modules: each of their tests makes a company of its own."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.harness.stack import Stack, running


@pytest.fixture(scope="package")
def stack(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """The running product, for all modules of this folder that a process of the run has."""
    yield from running(django_db_blocker)
