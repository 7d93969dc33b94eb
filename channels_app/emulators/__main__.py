"""`python -m channels_app.emulators --port 8002`: the platforms' stand-ins, on the loopback address."""

import argparse
import time
from pathlib import Path

import uvicorn

from channels_app.emulators.app import Emulator

#: Numbers begin with the time, so that a process started anew repeats none that an inbox has seen.
_EPOCH = 1_700_000_000


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m channels_app.emulators", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file for bots and webhooks, which then outlive a restart")
    options = parser.parse_args()
    emulator = Emulator(seed=options.seed, first=int(time.time()) - _EPOCH, keep=options.keep)
    uvicorn.run(emulator, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
