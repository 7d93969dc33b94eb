"""An emulator for each module, forgetting everything before each test."""

from collections.abc import Iterator

import pytest

from tests.emulators.running import TOKEN, Running, running_emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture
def emulator(server: Running) -> Running:
    """The module's emulator with one bot."""
    server.control("reset")
    server.control("telegram/bots", token=TOKEN, username="shop_bot", first_name="Terra & Glaze")
    return server
