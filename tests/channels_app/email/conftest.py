"""What the edge has fetched before, for every test of this folder."""

import pytest

from tests.channels_app.email.asking import RAW
from tests.channels_app.email.providers import known_certificate, known_dns


@pytest.fixture(autouse=True)
def _proofs() -> None:
    known_dns(RAW)
    known_certificate()
