"""`manage.py ai_evaluate` where no product is set up: the settings want addresses, the command uses none of them."""

import os
import sys
from io import TextIOWrapper

_NEVER_ASKED = {
    "CHATZEE_SECRET_KEY": "signs nothing while measuring",
    "CHATZEE_VALKEY_URL": "redis://127.0.0.1:1",
    "CHATZEE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "CHATZEE_KEYS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
}


def lend_settings() -> None:
    """Fill in what the environment does not say, and keep the arithmetic to one thread unless it says otherwise."""
    for name, value in _NEVER_ASKED.items():
        os.environ.setdefault(name, value)
    # numpy's library reads this when it is loaded; more threads than one make small products slower and take a core from others.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def spare_streams() -> None:
    """Let signs that a terminal or pipe has no code for become question marks, not an error after the work is done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
