"""AI: what all embedded steps cost on one message, on one core, in a process that has loaded everything.

A child process each for training and for reading: no process that reads messages loads training code.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.stage import Stage

ROOT = Path(__file__).parents[2]


def run(stage: Stage) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        _child("train", folder)
        found = _child("read", folder)
    times = [1000 * one for one in found["seconds"]]
    middle, high = percentile(times, 0.5), percentile(times, 0.95)
    parts = ", ".join(f"{name} {1000 * percentile(values, 0.5):.1f}" for name, values in found["parts"].items())
    yield Figure("ai.p50", middle, 20, " ms", beside=f"{len(times)} messages, 77 intents, 600 passages; medians: {parts}")
    yield Figure(
        "ai.p95",
        high,
        40,
        " ms",
        beside=f"p99 {percentile(times, 0.99):.1f} ms, {1000 / (sum(times) / len(times)):.0f} messages/s",
    )
    yield Figure(
        "ai.memory", found["rss"] / 1e6, 550, " MB", is_steady=True, beside=f"loaded and warm after {found['load']:.1f} s"
    )


def _child(what: str, folder: str) -> dict[str, Any]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.load.ai_messages", what, folder]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=900)  # noqa: S603  # ours
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
