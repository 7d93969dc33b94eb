"""Where one run keeps its things: `.run/<name>/` in the repository, except what root's Postgres cannot reach there.

As root, Postgres runs as the user "nobody" (it refuses to run as root). When a folder above the repository is closed
to others (a home folder often is), its data and a copy of its binaries live in `/var/lib/chatzee/<digest>/` instead.
"""

import hashlib
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
STATE = REPOSITORY / ".run"
OUTSIDE = Path("/var/lib/chatzee")


@dataclass(frozen=True)
class Folders:
    """The folders of the run called `name` (`dev`, `test-0`, …); made on first use, closed to other users."""

    name: str

    @cached_property
    def home(self) -> Path:
        """Logs, pids, secrets. Others may pass through (Postgres as nobody must), not list or read."""
        home = STATE / self.name
        home.mkdir(parents=True, exist_ok=True)
        for folder in (STATE, home):
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(0o711)
        return home

    @cached_property
    def postgres(self) -> Path:
        """The folder that holds Postgres' data (and, out of reach, its binaries)."""
        place = self.home / "postgres" if not is_root() or reachable(self.home) else self._outside()
        place.mkdir(parents=True, exist_ok=True)
        if is_root():
            os.chown(place, 65534, 65534)
        place.chmod(0o700)
        return place

    @cached_property
    def logs(self) -> Path:
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        return logs

    def secret(self, name: str, *, size: int = 32) -> str:
        """A random hex secret kept in a file only we may read; the same one each time."""
        path = self.home / name
        if not path.exists():
            write_private(path, secrets.token_hex(size))
        return path.read_text().strip()

    def wipe(self) -> None:
        """Forget everything this run kept."""
        shutil.rmtree(self.home, ignore_errors=True)
        if is_root():
            shutil.rmtree(self._outside(), ignore_errors=True)
        for name in ("home", "postgres", "logs"):
            self.__dict__.pop(name, None)

    def _outside(self) -> Path:
        digest = hashlib.sha256(f"{REPOSITORY}/{self.name}".encode()).hexdigest()[:12]
        return OUTSIDE / digest


def is_root() -> bool:
    return os.geteuid() == 0


def reachable(path: Path) -> bool:
    """Whether a user who owns nothing may pass through every folder down to this one."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
