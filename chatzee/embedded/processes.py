"""The commands of the product's processes, as `bin/dev` and the tests run them on one machine."""

import http.client
import sys
from collections.abc import Mapping
from pathlib import Path

from chatzee.embedded.ports import HOST

QUEUES = "default,inbound,outbound,files,slow"
#: Most of a worker's threads wait for platforms; an inbox that hangs holds some of them for a while.
WORKER_THREADS = 10
#: The AI worker's threads: one reads with the models, which take a core; another waits for a provider meanwhile.
AI_THREADS = 2
#: Celery warns of root at each start; here root is a developer in a container, and tasks are JSON only.
CALM = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
#: Models of the AI worker use one core: with more, every message waits for all of them.
ONE_CORE = {"OMP_NUM_THREADS": "1"}


def commands(*, web_port: int, edge_port: int, threads: int, schedule: Path) -> dict[str, list[str]]:
    """The command line of web, edge, worker, ai, listener and beat; `schedule` is the file where beat remembers what it did."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "chatzee"]
    return {
        "web": [
            *(python, "-m", "granian", "--interface", "wsgi", "chatzee.wsgi:application", "--host", HOST),
            *("--port", str(web_port), "--workers", "1", "--blocking-threads", str(threads)),
            *("--log-level", "error", "--no-ws"),
        ],
        "edge": [
            *(python, "-m", "uvicorn", "chatzee.edge:application", "--host", HOST, "--port", str(edge_port)),
            *("--ws", "websockets-sansio", "--no-access-log", "--log-level", "warning"),
            *("--no-proxy-headers", "--no-server-header"),
        ],
        "worker": [
            *(*celery, "worker", "-P", "threads", "-c", str(WORKER_THREADS), "-Q", QUEUES),
            *("--without-gossip", "--without-mingle"),
        ],
        "ai": [
            *(*celery, "worker", "-n", "ai@%h", "-P", "threads", "-c", str(AI_THREADS), "-Q", "ai"),
            *("--without-gossip", "--without-mingle"),
        ],
        "listener": [python, "manage.py", "listen"],
        "beat": [*celery, "beat", "-s", str(schedule), "--pidfile="],
    }


def emulators(*, port: int, smtp_port: int, pop_port: int, imap_port: int, keep: Path, notes: Path) -> list[str]:
    """The command line of the platforms' stand-ins, with the demo's accounts; `keep` is where they remember bots, `notes` what
    loading the demo said.
    """
    ports = ["--port", str(port), "--smtp-port", str(smtp_port), "--pop-port", str(pop_port), "--imap-port", str(imap_port)]
    return [sys.executable, "-m", "channels_app.emulators", "--demo", *ports, "--keep", str(keep), "--notes", str(notes)]


def serving(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that serves: without the role that owns the tables, which `manage.py prepare` alone needs."""
    return {name: value for name, value in environment.items() if name != "CHATZEE_DATABASE_OWNER_URL"} | CALM | ONE_CORE


def answers(port: int) -> bool:
    """Whether a web or edge process on this port says that it is alive."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
