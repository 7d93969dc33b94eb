"""Where sessions rest: Django's own table and format, read by one statement. Named in SESSION_ENGINE."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

#: Asked by every page, so it is written by hand: composing it took longer than running it.
_ALIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's session in the database; a session that is over or unknown loads as empty and gets a new key."""

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_ALIVE, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
