"""How long to wait before another attempt."""

import random


def jittered(seconds: float, *, spread: float = 0.5) -> float:
    """`seconds`, up to `spread` of them more or less, so that what failed together does not come back together."""
    return seconds * random.uniform(1 - spread, 1 + spread)  # noqa: S311  # jitter, not a secret


def pause(attempts: int, *, most: float) -> float:
    """Seconds before the attempt after this many: doubled each time, `most` at the most, jittered."""
    return jittered(min(2.0 ** min(attempts, 30), most))
