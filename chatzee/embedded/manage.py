"""`bin/manage`: a command of Django's in the environment of the `bin/dev` that runs in this checkout."""

import json
import os
import sys

from chatzee.embedded import environment, ports
from chatzee.embedded.dev import PORTS
from chatzee.embedded.folders import REPOSITORY, Folders
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey


def main(arguments: list[str]) -> None:
    """Become `manage.py` with these arguments. Raises SystemExit, with words, when nothing runs here."""
    folders = Folders("dev")
    noted = folders.home / PORTS
    chosen = json.loads(noted.read_text()) if noted.exists() else {}
    # After a kill -9 the note is still there, but nobody listens.
    if not chosen or ports.is_free(chosen["postgres"]):
        sys.exit("bin/manage: nothing runs in this checkout. Start bin/dev in another terminal, then try again.")
    cluster, valkey = Cluster(folders, port=chosen["postgres"]), Valkey(folders, port=chosen["valkey"])
    found = environment.of_dev(folders, cluster, valkey, chosen)
    os.execve(sys.executable, [sys.executable, str(REPOSITORY / "manage.py"), *arguments], found)  # noqa: S606  # nosec B606  # no shell


if __name__ == "__main__":
    main(sys.argv[1:])
