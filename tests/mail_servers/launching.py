"""Starting a daemon that goes on by itself."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 30


def launch(command: Sequence[str], folder: Path) -> None:
    """Run a command that leaves a daemon behind. What it says goes to a file: a daemon keeps a pipe open for ever."""
    said = folder / "launching.log"
    with said.open("ab") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, timeout=SECONDS)
    assert done.returncode == 0, said.read_text(errors="replace")
