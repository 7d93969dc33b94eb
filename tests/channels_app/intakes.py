"""An intake of a test: its threads close their connections when they are done."""

from collections.abc import Callable

import pytest
from django.db import connections

from channels_app import intake as intake_module


def closing[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The function, closing its thread's connections when it is done."""

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return run


def close_connections_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all that an intake does in threads close its connections."""
    for name in ("_inboxes_by_key", "inboxes_of_account", "_sealed_rows"):
        monkeypatch.setattr(intake_module, name, closing(getattr(intake_module, name)))
