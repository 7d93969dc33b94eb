"""The shop."""

import pytest

from tests.ai.replies.desk import Desk, open_desk


@pytest.fixture
def desk(db: None) -> Desk:
    return open_desk()
