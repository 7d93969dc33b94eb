"""DNS records that judge a webhook's mail: fetched once by the edge, written into the envelope, judged when it is parsed."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from channels_app.adapters.email.authenticity.judging import names_to_ask
from channels_app.adapters.email.authenticity.resolving import MAX_SECONDS, NoAnswerError, Resolver, system_resolver, texts
from channels_app.contract import ProofMissingError

NEED = "dns:"
#: Seconds for which answers, and silences, are kept.
_TTL, _SILENT_TTL = 300.0, 30.0
MAX_KNOWN = 5000
MAX_NAMES = 8

_known: OrderedDict[str, tuple[float, Sequence[str] | None]] = OrderedDict()
_lock = Lock()


def records_for(raw: bytes) -> Mapping[str, Sequence[str]]:
    """What DNS says about a mail's signers and its author's domain. Raises ProofMissingError for what was not asked yet.

    Names that gave no answer are left out. To be called only for a caller who has proven itself: it makes us ask.
    """
    names = names_to_ask(raw)[:MAX_NAMES]
    now = time.monotonic()
    with _lock:
        found = {name: _known.get(name) for name in names}
    missing = [name for name, kept in found.items() if kept is None or kept[0] < now]
    if missing:
        raise ProofMissingError(NEED + ",".join(missing))
    return {name: kept[1] for name, kept in found.items() if kept is not None and kept[1] is not None}


def fetch_records(need: str, resolver: Resolver | None = None) -> None:
    """Ask for the names of a need. It never fails: a name without an answer is kept as such for a while."""
    until = time.monotonic() + MAX_SECONDS
    for name in need.removeprefix(NEED).split(",")[:MAX_NAMES]:
        answer: Sequence[str] | None = None
        if time.monotonic() < until:
            try:
                answer = tuple(texts(resolver or system_resolver(), name))
            except NoAnswerError:
                answer = None
        keep(name, answer)


def keep(name: str, answer: Sequence[str] | None) -> None:
    """Remember an answer, or that there was none."""
    with _lock:
        _known[name] = (time.monotonic() + (_SILENT_TTL if answer is None else _TTL), answer)
        _known.move_to_end(name)
        while len(_known) > MAX_KNOWN:
            _known.popitem(last=False)
