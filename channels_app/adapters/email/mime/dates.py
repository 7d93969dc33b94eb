"""When a mail was written."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from channels_app.adapters.email.mime.reading import Part, raw_value

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: A clock may be wrong by this much before it is not believed.
_SLACK = timedelta(minutes=2)


def written_at(mail: Part, received_at: datetime) -> datetime:
    """The mail's own date, in UTC; when it came, for a date that is missing, unreadable, in the future or absurdly old."""
    try:
        found = parsedate_to_datetime(raw_value(mail, "date").encode("ascii", "replace").decode())
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return received_at
    return found if _EARLIEST <= found <= received_at + _SLACK else received_at
