"""`bin/dev`: everything Chatzee needs on one machine, started together, stopped together."""

import argparse
import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from chatzee.embedded import children, environment, ports, processes, roles
from chatzee.embedded.fingerprint import schema_fingerprint
from chatzee.embedded.folders import REPOSITORY, STATE, Folders, write_private
from chatzee.embedded.postgres import Cluster, PostgresError
from chatzee.embedded.supervisor import Service, Supervisor, left_over
from chatzee.embedded.valkey import Valkey, ValkeyError

#: Where each part wants to listen; a taken port gives way to the next free one.
WANTED = {
    "web": 8000, "edge": 8001, "emulators": 8002, "smtp": 8025, "pop": 8110, "imap": 8143, "postgres": 55432, "valkey": 56379,
}  # fmt: skip
#: The file in the run's folder that says where each part listens, while they run.
PORTS = "ports.json"
#: The ANSI colour of each process's prefix in the terminal.
_COLOURS = {"emulators": 37, "web": 36, "edge": 35, "worker": 33, "ai": 96, "listener": 32, "beat": 34}
#: Seconds the web and edge processes may take to answer.
READY_LIMIT = 60.0


class StartError(RuntimeError):
    """A step of the start failed; the message says which and what it printed."""


class Dev:
    """One run of `bin/dev`."""

    def __init__(self, folders: Folders, *, wanted: dict[str, int]) -> None:
        self.folders = folders
        self.wanted = wanted
        self.ports = _choose_ports(wanted)
        self.cluster = Cluster(folders, port=self.ports["postgres"])
        self.valkey = Valkey(folders, port=self.ports["valkey"])
        self.environment: dict[str, str] = {}
        self.supervisor: Supervisor | None = None

    def run(self) -> None:
        """Start everything, stream the logs, stop everything on a signal."""
        begin = time.monotonic()
        try:
            with _step("Postgres and Valkey"):
                self.cluster.start()
                self.valkey.start()
                self._put_up_databases()
            self.environment = environment.of_dev(self.folders, self.cluster, self.valkey, self.ports)
            write_private(self.folders.home / PORTS, json.dumps(self.ports))
            self._prepare()
            self._load_demo()
            self.supervisor = Supervisor(self.folders, processes.serving(self.environment), self._services())
            self.supervisor.listen_to_signals()
            self.supervisor.watch = self._revive_servers
            with _step("Processes", is_talkative=True):
                self.supervisor.start()
                self.supervisor.record(also=self._server_pids())
                self._wait_until_ready(self.supervisor)
            if not self.supervisor.is_stopping:
                self._summary(time.monotonic() - begin)
                self.supervisor.run()
        finally:
            self._stop()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.ports['web']}"

    def _put_up_databases(self) -> None:
        with self.cluster.connect() as connection:
            roles.put_up_roles(connection, environment.passwords(self.folders))
            roles.create_databases(connection, data="chatzee", keys="chatzee_keys")
        with self.cluster.connect("chatzee") as connection:
            roles.create_extensions(connection)

    def _prepare(self) -> None:
        stamp = self.folders.home / "prepared"
        mark = schema_fingerprint()
        if stamp.exists() and stamp.read_text() == mark:
            return
        with _step("Database schema"):
            self._manage("prepare", "--verbosity", "0")
        stamp.write_text(mark)

    def _load_demo(self) -> None:
        """Fill the first start's empty database; what the command says is kept for the summary of later starts."""
        notes = self.folders.home / "demo.txt"
        if notes.exists():
            return
        with _step("Demo workspace"):
            said = self._manage("demo")
        notes.write_text(said)

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _services(self) -> list[Service]:
        found = processes.commands(
            web_port=self.ports["web"],
            edge_port=self.ports["edge"],
            threads=int(self.environment.get("CHATZEE_WEB_THREADS", "8")),
            schedule=self.folders.home / "beat-schedule",
        )
        found["emulators"] = processes.emulators(
            port=self.ports["emulators"],
            smtp_port=self.ports["smtp"],
            pop_port=self.ports["pop"],
            imap_port=self.ports["imap"],
            keep=self.folders.home / "emulated.json",
            notes=self.folders.home / "demo.txt",
        )
        return [Service(name, found[name], colour) for name, colour in _COLOURS.items()]

    def _wait_until_ready(self, supervisor: Supervisor) -> None:
        waiting = {name: self.ports[name] for name in ("web", "edge", "emulators")}
        deadline = time.monotonic() + READY_LIMIT

        def all_answer() -> bool:
            for name in [name for name, port in waiting.items() if processes.answers(port)]:
                del waiting[name]
            return not waiting or time.monotonic() > deadline

        supervisor.run(until=all_answer)
        if waiting and not supervisor.is_stopping:
            raise StartError(f"{' and '.join(waiting)} did not answer within {READY_LIMIT:.0f} s; see the lines above.")

    def _revive_servers(self) -> None:
        """Start Postgres or Valkey again when it was killed; the others reconnect by themselves."""
        assert self.supervisor is not None
        for name, server in (("postgres", self.cluster), ("valkey", self.valkey)):
            if server.process is not None and server.process.poll() is not None:
                self.supervisor.say(name, "is gone; starting it again", 31)
                server.stop()
                server.start()
                self.supervisor.record(also=self._server_pids())

    def _server_pids(self) -> list[int]:
        return [server.process.pid for server in (self.cluster, self.valkey) if server.process]

    def _summary(self, seconds: float) -> None:
        (self.folders.home / "address").write_text(self.address)
        moved = [f"{name} {wanted} → {self.ports[name]}" for name, wanted in self.wanted.items() if self.ports[name] != wanted]
        at = self.ports
        demo = (self.folders.home / "demo.txt").read_text().strip().splitlines()
        lines = [
            "",
            f"  Chatzee is running   {_bold(self.address)}   ({seconds:.1f} s)",
            "",
            *(f"  {line}" for line in demo),
            "",
            f"  Playground           http://localhost:{self.ports['emulators']}/   seven phones: write as a customer",
            f"  Mail, emulated       SMTP on port {at['smtp']}, IMAP on {at['imap']}, POP3 on {at['pop']}; see docs/emulators.md",
            f"  Mails it sends       {environment.mail_folder(self.folders)}",
            f"  Logs                 {self.folders.logs}",
            f"  Database             {ports.HOST}:{self.ports['postgres']}, its files in {self.cluster.data}",
            *([f"  Ports were taken     {', '.join(moved)}"] if moved else []),
            "  Stop                 Ctrl-C        Start afresh: bin/dev --reset",
            "",
        ]
        print("\n".join(lines), flush=True)

    def _stop(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in ("address", PORTS):
            (self.folders.home / name).unlink(missing_ok=True)
        if self.supervisor is not None:
            print("\nStopping…", flush=True)
            self.supervisor.stop()
        self.valkey.stop()
        self.cluster.stop()
        print("Stopped.", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The command behind `bin/dev`. Returns the exit code: 0 also when a first one is already running."""
    parser = argparse.ArgumentParser(prog="bin/dev", description="Run all of Chatzee on this machine. Ctrl-C stops it.")
    parser.add_argument("--reset", action="store_true", help="forget the databases, files and keys of former runs first")
    parser.add_argument("--port", type=int, default=WANTED["web"], help="port of the dashboard (default %(default)s)")
    options = parser.parse_args(arguments)
    folders = Folders("dev")
    lock = _take_lock()
    if lock is None:
        address = folders.home / "address"
        where = f"at {address.read_text()}" if address.exists() else "and still starting"
        print(f"Chatzee is already running {where}. Stop it with Ctrl-C in its terminal.")
        return 0
    with lock:
        ended = children.stop_left_over(left_over(folders))
        if ended:
            print(f"Ended {ended} processes that a former run left behind.")
        if options.reset:
            folders.wipe()
        try:
            Dev(folders, wanted=WANTED | {"web": options.port}).run()
        except (StartError, PostgresError, ValkeyError, OSError) as error:
            print(f"\nbin/dev: {error}", file=sys.stderr)
            return 1
    return 0


def _take_lock() -> IO[str] | None:
    """The lock of this checkout, or None when another run holds it. The kernel frees it when its holder dies."""
    STATE.mkdir(exist_ok=True)
    file = (STATE / "dev.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _choose_ports(wanted: dict[str, int]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        avoid = frozenset(chosen.values()) | (frozenset(wanted.values()) - {port})
        chosen[name] = ports.first_free(port, avoid=avoid)
    return chosen


@contextmanager
def _step(name: str, *, is_talkative: bool = False) -> Iterator[None]:
    """Say what is being done and how long it took; a talkative step prints lines of its own in between."""
    start = time.monotonic()
    print(f"  {name} …", end="\n" if is_talkative else "", flush=True)
    outcome = "failed"
    try:
        yield
        outcome = f"{time.monotonic() - start:.1f} s"
    finally:
        print(f"{f'  {name}:' if is_talkative else ''} {outcome}", flush=True)


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


if __name__ == "__main__":
    sys.exit(main())
