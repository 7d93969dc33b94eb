"""Waiting between two looks into a mailbox."""

from time import monotonic

import pytest

from channels_app.adapters.email.receiving import pausing


def test_pause_ends_when_its_time_is_over() -> None:
    begin = monotonic()
    pausing.pause(0.2, lambda: False)
    assert 0.2 <= monotonic() - begin < 0.9  # not the whole of LOOK_SECONDS


def test_pause_ends_when_the_listener_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "LOOK_SECONDS", 0.01)
    answers = iter([False, False, True])
    begin = monotonic()
    pausing.pause(30.0, lambda: next(answers))
    assert monotonic() - begin < 5.0
