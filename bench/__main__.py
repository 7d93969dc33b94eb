"""`bin/bench`: start the ground, load the data, run the benchmarks, print a line for each."""

import argparse
import sys

import django

from bench.data.leftovers import remove_leftovers
from bench.data.load import load
from bench.data.sizes import SIZES
from bench.ground import Ground, GroundTakenError

NAMES = (
    "intake",
    "process",
    "live",
    "list",
    "open",
    "search",
    "send",
    "outbox",
    "mail",
    "vault",
    "weight",
    "ai",
    "knowledge",
    "suggest",
)


def main() -> int:
    """0 when every figure meets its goal, 1 when one is short, 2 when it could not be measured."""
    options = _options()
    ground = Ground(options.size)
    try:
        ground.start()
        django.setup()
        with ground.superuser() as connection:
            load(connection, SIZES[options.size])
            remove_leftovers(connection)
        if options.load_only:
            return 0
        from bench.run import run_all

        return run_all(ground, options.names or NAMES, as_json=options.json)
    except GroundTakenError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    finally:
        ground.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *NAMES], help=", ".join(NAMES))
    parser.add_argument("--size", choices=SIZES, default="60k")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument("--load-only", action="store_true", help="make the data and stop")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
