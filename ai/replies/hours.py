"""Business hours: whether people are there at a moment, and when they are there next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from ai.replies.words import say

type Hours = Mapping[str, Sequence[Sequence[str]]]

_DAYS_AHEAD = 8


def is_within(hours: Hours, zone: str, moment: datetime) -> bool:
    """Whether a moment falls into the business hours of a workspace in this time zone. No hours at all mean never."""
    local = moment.astimezone(ZoneInfo(zone))
    spans = hours.get(str(local.weekday()), ())
    return any(_time(start) <= local.time() < _end(end) for start, end in spans)


def next_opening(hours: Hours, zone: str, moment: datetime) -> datetime | None:
    """When the next business hours begin after a moment, in the workspace's zone; None where there are none."""
    local = moment.astimezone(ZoneInfo(zone))
    for days in range(_DAYS_AHEAD):
        day = local.date() + timedelta(days=days)
        for start, _close in sorted(map(tuple, hours.get(str(day.weekday()), ()))):
            opening = datetime.combine(day, _time(start), tzinfo=ZoneInfo(zone))
            if opening > local:
                return opening
    return None


def worded(opening: datetime, moment: datetime, language: str) -> str:
    """An opening as people say it: "today at 09:00", "on Monday at 09:00"."""
    days = (opening.date() - moment.astimezone(opening.tzinfo).date()).days
    clock = opening.strftime("%H:%M")
    if days < 2:
        return say("tomorrow" if days else "today", language, time=clock)
    with translation.override(language):
        return say("weekday", language, day=formats.date_format(opening, "l"), time=clock)


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _end(text: str) -> time:
    """Hours may go on to midnight."""
    return time.max if text in ("24:00", "00:00") else time.fromisoformat(text)
