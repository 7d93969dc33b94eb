"""The ground under every test: real servers, a database pair per process, no way out to the network."""

import os

import django
import pytest

from tests.harness import servers

servers.attach()
django.setup()
# pytest-xdist's workers inherit our environment, and with this name in it pytest-django would load the settings there
# before this file could give the worker databases of its own.
os.environ.pop("DJANGO_SETTINGS_MODULE")

from accounts.hashing import CappedArgon2Hasher  # noqa: E402  # needs the settings

# A quarter of a second a password is what Argon2 is for; a test that makes people is not. The product's own processes hash
# at full cost, and in its web process a password hashed here is hashed anew at the first sign-in.
CappedArgon2Hasher.time_cost, CappedArgon2Hasher.memory_cost = 1, 64

pytest_plugins = ["tests.harness.databases", "tests.harness.browser", "tests.harness.stack"]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name whole addresses. Stands in for pytest-playwright's own fixture, which today's pytest warns about."""
