"""The machine while measuring: how busy it is with others' work, and what a process has used of it."""

import os
import time
from pathlib import Path

import psutil

#: Share of time (avg10, in percent) in which somebody waited for a CPU, above which nothing is judged.
TOO_BUSY = 80.0
PATIENCE = 20.0


def pressure() -> float:
    """CPU pressure over the last ten seconds in percent; 0 where the system does not tell."""
    path = Path("/proc/pressure/cpu")
    if not path.exists():
        return 0.0
    return float(path.read_text().split("avg10=")[1].split()[0])


def wait_until_calm() -> bool:
    """Wait, for a while, until others leave us the processors; tell whether they do."""
    deadline = time.monotonic() + PATIENCE
    while pressure() > TOO_BUSY:
        if time.monotonic() > deadline:
            return False
        time.sleep(2)
    return True


def load_words() -> str:
    """The load average and pressure, for people who judge the figures."""
    return f"load {os.getloadavg()[0]:.1f}, CPU pressure {pressure():.0f} %"


def cpu_seconds(pid: int) -> float:
    """Processor time a process and its children have used."""
    process = psutil.Process(pid)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        used = one.cpu_times()
        total += used.user + used.system
    return total
