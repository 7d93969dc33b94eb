"""The ground under every test: real servers, a database pair per process, no way out to the network."""

from tests.harness import servers

servers.attach()

pytest_plugins = ["tests.harness.databases", "tests.harness.browser"]
