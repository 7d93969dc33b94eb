"""Running benchmarks by name and printing what they found."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Protocol, cast

from bench import machine
from bench.figures import Figure
from bench.ground import Ground
from bench.stage import Stage

_MODULES = {"list": "lists", "open": "opening", "process": "processing"}


class Bench(Protocol):
    def run(self, stage: Stage) -> Iterator[Figure]: ...


def run_all(ground: Ground, names: Sequence[str], *, as_json: bool) -> int:
    """Run the benches in the given order; 0 when all figures are ok, 1 when one is short, 2 when the
    machine was too busy to judge."""
    stage, result = Stage(ground), 0
    for name in names:
        is_calm = machine.wait_until_calm()
        print(f"bench: {name} at {ground.size} ({machine.load_words()})", file=sys.stderr)
        if not is_calm:
            print(f"bench: {name} is measured but not judged: others use the processors. Repeat it.", file=sys.stderr)
            result = 2
        stage.empty_broker()
        bench = cast(Bench, import_module(f"bench.benches.{_MODULES.get(name, name)}"))
        for figure in bench.run(stage):
            shown = figure if is_calm or figure.is_steady else replace(figure, is_judged=False)
            print(shown.as_json() if as_json else shown.line(), flush=True)
            result = result or int(not figure.is_ok)
    return result
