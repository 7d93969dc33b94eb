"""What shall go wrong, per connection (a bot, an account). Everything is drawn from one seeded source."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class HttpError:
    """Answer the next `times` calls whose method contains `match` with `code` and `body`, before anything is done."""

    match: str = ""
    code: int = 500
    body: Any = ""
    times: int = 1


@dataclass
class Reset:
    """Do what the next `times` calls whose method contains `match` ask, then cut the connection without an answer."""

    match: str = ""
    times: int = 1


@dataclass
class RateLimit:
    """At most `per_s` calls a second after a burst; one more is told to wait."""

    per_s: float
    burst: float = 1
    tokens: float = -1.0
    at: float = 0.0

    def wait(self, now: float) -> float:
        """Take a call and return 0, or return the seconds after which one may come."""
        if self.tokens < 0:
            self.tokens, self.at = float(self.burst), now
        self.tokens = min(float(self.burst), self.tokens + (now - self.at) * self.per_s)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.per_s


@dataclass
class Faults:
    """The faults of one connection.

    Of webhooks: `duplicate_rate` and `drop_rate` (0 to 1), `reorder_window_ms` (each event leaves its order and waits up to
    so long), `delay_ms`, `wrong_secret`, `unicode_escape` (the same JSON, written in ASCII); where a webhook carries several
    events, `batch_size` of them within `batch_window_ms`, and `rebatch_rate` (they come again, put together otherwise).
    Of the API: `latency_ms`, `http_errors`, `resets`, `rate_limit` for the connection, `chat_rate_limit` for each of its
    chats. Of files: `media_ttl_s` (how long a link lives), `media_fail` (downloads answer 500). `clock_skew_s` is added to
    every time it tells.
    """

    duplicate_rate: float = 0.0
    drop_rate: float = 0.0
    reorder_window_ms: float = 0.0
    delay_ms: float = 0.0
    wrong_secret: bool = False
    unicode_escape: bool = False
    batch_size: int = 1
    batch_window_ms: float = 50.0
    rebatch_rate: float = 0.0
    latency_ms: float = 0.0
    clock_skew_s: int = 0
    http_errors: list[HttpError] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)
    rate_limit: RateLimit | None = None
    chat_rate_limit: RateLimit | None = None
    media_ttl_s: float = 3600.0
    media_fail: bool = False

    def error_for(self, method: str) -> HttpError | None:
        """The error that a call meets, counted as met."""
        return _taken(self.http_errors, method)

    def cuts(self, method: str) -> bool:
        """Whether the connection of a call is cut after it was done, counted as cut."""
        return _taken(self.resets, method) is not None


def faults_from(wanted: dict[str, Any]) -> Faults:
    """A profile from JSON. Raises ValueError for a name there is not, or a value of the wrong kind."""
    known = {one.name for one in fields(Faults)}
    if unknown := sorted(wanted.keys() - known):
        raise ValueError(f"There is no fault called {', '.join(unknown)}.")
    try:
        given: dict[str, Any] = dict(wanted)
        for name, kind in (("http_errors", HttpError), ("resets", Reset)):
            given[name] = [kind(**one) for one in given.get(name) or []]
        for name in ("rate_limit", "chat_rate_limit"):
            given[name] = RateLimit(**given[name]) if given.get(name) else None
    except TypeError as error:
        raise ValueError(f"A fault is not as it should be: {error}.") from error
    return Faults(**given)


def _taken[T: (HttpError, Reset)](wanted: list[T], method: str) -> T | None:
    for one in wanted:
        if one.times > 0 and one.match.lower() in method.lower():
            one.times -= 1
            return one
    return None
