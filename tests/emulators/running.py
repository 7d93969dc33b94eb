"""The emulator as a test uses it: a real server on a thread, and its control API."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from channels_app.emulators.app import Emulator

TOKEN = "7000000001:AAE-emulated-token-of-a-test-bot-000"


class Running:
    """An emulator that serves. Tests speak with it over HTTP only, as everybody does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=70)

    def control(self, path: str, **given: Any) -> Any:
        """Do something by the control API."""
        response = self._client.post(f"/_ctl/{path}", json=given)
        assert response.status_code == 200, response.text
        return response.json()

    def read(self, path: str, **query: str) -> Any:
        response = self._client.get(f"/_ctl/{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def customer(self, kind: str = "text", *, by: int | dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
        """A customer (an id, or facts of a person) does something; the numbers that it got."""
        found: dict[str, Any] = self.control("telegram/inbound", **{"kind": kind, "from": by, **given})
        return found

    def faults(self, **faults: Any) -> None:
        self.control("telegram/faults", faults=faults)

    def advance(self, seconds: float) -> None:
        self.control("clock/advance", seconds=seconds)

    def call(self, method: str, token: str = TOKEN, **params: Any) -> dict[str, Any]:
        """A call of the Bot API as it is answered, right or wrong."""
        found: dict[str, Any] = self._client.post(f"/bot{token}/{method}", json=params).json()
        return found

    def outbox(self, method: str = "", **query: str) -> list[dict[str, Any]]:
        """What bots did, by method."""
        return [one for one in self.read("telegram/outbox", **query) if method in ("", one["method"])]

    def close(self) -> None:
        self._client.close()


@contextmanager
def running_emulator(*, first: int = 1, keep: Path | None = None) -> Iterator[Running]:
    """Serve an emulator on a free port until the block ends."""
    emulator = Emulator(first=first, keep=keep)
    config = uvicorn.Config(emulator, host="127.0.0.1", port=0, log_level="error", access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    running = Running(f"http://127.0.0.1:{port}")
    try:
        yield running
    finally:
        running.close()
        server.should_exit = True
        thread.join(20)
