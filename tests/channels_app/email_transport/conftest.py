"""Servers of the tests' own, reached because they are allowed by name and port."""

from pathlib import Path

import pytest

from channels_app.adapters.email import lines
from tests.channels_app.email_transport.certificates import Authority


class Allowed:
    """The `host:port` pairs that may be reached."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pairs: set[str] = set()
        monkeypatch.setattr(lines, "exempt", lambda: frozenset(self._pairs))

    def __call__(self, port: int, host: str = "127.0.0.1") -> None:
        self._pairs.add(f"{host}:{port}")


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Allowed:
    return Allowed(monkeypatch)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Certificates that count for the test."""
    found = Authority(tmp_path)
    trusting = found.trust()
    monkeypatch.setattr(lines, "trust", lambda: trusting)
    return found
