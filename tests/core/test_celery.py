"""What a worker does when it starts."""

import pytest
from celery.signals import worker_ready

from chatzee.celery import app


def test_a_worker_that_starts_looks_for_what_a_killed_one_held(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr("core.wakeup.wake_up", woken.append)
    worker_ready.send(sender=None)
    assert set(woken) == {"channels_app.tasks.sweep_channels", "channels_app.tasks.sweep_files"}
    app.loader.import_default_modules()
    assert set(woken) <= set(app.tasks)
