"""Dovecot and Postfix for tests: started once a session, their domains `shop.test` and `customer.test`.

They need root to change to their own users; where they are not installed the tests are left out, except on the build server.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chatzee.embedded import children
from tests.channels_app.email_transport.certificates import Authority
from tests.mail_servers import dovecot, postfix
from tests.mail_servers.tokens import TokenServer, token_server

LIMIT = 30.0
PASSWORD = "pässword with spaces"
#: Whoever has a mailbox.
PEOPLE = ("help@shop.test", "other@shop.test", "zoe@customer.test", "full@customer.test")


def what_is_missing() -> str:
    """What keeps the servers from running here; empty where they can."""
    missing = [name for name in ("dovecot", "doveadm", "postfix", "postsuper", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"Dovecot and Postfix are not installed: {', '.join(missing)} cannot be found."
    return "" if os.geteuid() == 0 else "Dovecot and Postfix need root to change to their own users."


@dataclass
class MailServers:
    """The servers' ports by what they speak, and what a test may do behind their backs."""

    folder: Path
    authority: Authority
    tokens: TokenServer
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def mails(self, address: str) -> list[bytes]:
        """The mails in a mailbox, oldest first, as they lie on the disk."""
        folder = self.folder / "mail" / address / "Maildir"
        files = [one for name in ("new", "cur") for one in (folder / name).glob("*")]
        return [one.read_bytes() for one in sorted(files, key=lambda one: (one.stat().st_mtime_ns, one.name))]

    def empty(self) -> None:
        """Take all mail away, and with it what the servers know of the folders."""
        postfix.forget(self.folder)
        self.doveadm("kick", "*")
        for address in PEOPLE:
            shutil.rmtree(self.folder / "mail" / address, ignore_errors=True)

    def number_anew(self, address: str) -> None:
        """Have the server forget the numbers of a mailbox's mails: its UIDVALIDITY changes."""
        self.doveadm("kick", address)
        for name in ("dovecot-uidlist", "dovecot-uidvalidity", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.folder / "mail" / address / "Maildir" / name).unlink(missing_ok=True)

    def stop_dovecot(self) -> None:
        """Stop it in the middle of whatever it does."""
        children.stop(self.running["dovecot"])

    def start_dovecot(self) -> None:
        """Start it again, on the mail that is there."""
        self.running["dovecot"] = dovecot.go_on(self.folder)
        _wait_until_open(self.ports["imaps"], self)

    def doveadm(self, *arguments: str) -> None:
        subprocess.run(["doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments], capture_output=True, check=False)

    def logs(self) -> str:
        found = [self.folder / name for name in ("dovecot.log", "postfix.log")]
        return "\n".join(one.read_text(errors="replace")[-3000:] for one in found if one.exists())


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Both servers until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="chatzee-mail-"))
    folder.chmod(0o755)
    names = ("imap", "imaps", "pop3", "lmtp", "auth", "smtp", "submission", "slow")
    with token_server() as tokens:
        found = MailServers(folder, Authority(folder), tokens, dict(zip(names, _free_ports(len(names)), strict=True)))
        try:
            found.running["dovecot"] = dovecot.start(
                found.folder, found.ports, found.authority, PEOPLE, PASSWORD, tokens.check_url
            )
            found.running["postfix"] = postfix.start(found.folder, found.ports, PEOPLE)
            for port in found.ports.values():
                _wait_until_open(port, found)
            yield found
        finally:
            for process in found.running.values():
                children.stop(process)
            shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _wait_until_open(port: int, servers: MailServers) -> None:
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, servers.logs()
            time.sleep(0.05)
        else:
            return
