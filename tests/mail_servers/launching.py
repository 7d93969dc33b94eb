"""Starting a mail server as our child."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


def launch(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command that stays in the foreground, in a group of its own. What it says goes to a file."""
    # The kernel ends Dovecot when this process dies (Postfix forgets that when it changes its user). Python's own hook
    # for that cannot be used beside threads.
    tied = ["setpriv", "--pdeathsig", "TERM", *command]
    with (folder / "launching.log").open("ab") as output:
        return subprocess.Popen(tied, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
