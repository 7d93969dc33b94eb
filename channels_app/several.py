"""A message of ours that becomes several calls at its platform: the first one decides whether it is sent again as a whole.

Those after it are tried again for a while. What still fails is told as partly sent: a retry of the whole would send the
first part twice.
"""

import time
from collections.abc import Callable

from channels_app.contract import ChannelError

#: Seconds within which the calls of one message begin; with a call's own limit of 50 they end before the lease does.
BUDGET = 35.0
#: Longest wait, in seconds, that a part after the first one is given inside the call.
PATIENCE = 8.0
_ATTEMPTS = 3


def following[Done](do: Callable[[], Done], ends_at: float) -> Done:
    """Make a call after the first one, before `ends_at` of the monotonic clock. Raises ChannelError `partly_sent`."""
    failed = ChannelError("partly_sent", permanent=True)
    for attempt in range(1, _ATTEMPTS + 1):
        if time.monotonic() > ends_at:
            break
        try:
            return do()
        except ChannelError as error:
            failed = ChannelError("partly_sent", permanent=True, detail=error.detail)
            wait = error.retry_after or float(attempt)
            if error.permanent or error.is_ambiguous or error.new_address or wait > PATIENCE:
                break
        time.sleep(wait)
    raise failed
