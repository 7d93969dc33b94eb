"""A page's inbox against the emulator."""

from collections.abc import Iterator

import pytest

from channels_app.adapters.messenger.adapter import ADAPTER
from channels_app.adapters.messenger.connecting import FIELDS
from channels_app.adapters.meta import pages
from tests.channels_app.messenger.emulated import Line, reaching
from tests.channels_app.messenger.samples import APP, PAGE, PAGE_INBOX
from tests.emulators.receiving import Receiver, receiving
from tests.emulators.running import Running, running_emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def reached(server: Running, receiver: Receiver) -> Iterator[Running]:
    with reaching(server, receiver) as found:
        yield found


@pytest.fixture
def line(reached: Running, receiver: Receiver) -> Line:
    pages.subscribe(pages.line_of(PAGE_INBOX), PAGE, APP, FIELDS)
    return Line(reached, receiver, PAGE_INBOX, ADAPTER)
