"""Where sessions rest: Django's own table and format, read together with their user. Named in SESSION_ENGINE."""

from functools import lru_cache
from typing import Any

import orjson
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from accounts.models import User, UserSession
from accounts.models.session import session_digest
from core.vault.instances import instance_of

_COLUMNS = tuple(str(field.column) for field in User._meta.concrete_fields)
#: Asked by every page, so it is one statement, written by hand: composing it took longer than running it.
_ALIVE = f"""SELECT s.session_data, {", ".join(f"u.{column}" for column in _COLUMNS)} FROM django_session s
    LEFT JOIN {UserSession._meta.db_table} k ON k.key_digest = %s LEFT JOIN {User._meta.db_table} u ON u.id = k.user_id
    WHERE s.session_key = %s AND s.expire_date > %s"""  # noqa: S608  # names of ours alone


class SessionStore(db.SessionStore):
    """Django's session in the database; a session that is over or unknown loads as empty and gets a new key.

    `owner` is the user whose signed-in browser it is, as the record of that browser says; None where there is no record. Whether
    the session still speaks for them is for its reader to check.
    """

    owner: User | None = None

    def load(self) -> dict[str, Any]:
        key = str(self.session_key)
        with connection.cursor() as cursor:
            cursor.execute(_ALIVE, [session_digest(key), key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data, *user = row
        if user[_COLUMNS.index("id")] is not None:
            self.owner = instance_of(User, _COLUMNS, user)
        return dict(orjson.loads(_unsigned(data)))


@lru_cache(maxsize=4096)
def _unsigned(data: str) -> bytes:
    """What a session's text holds, as JSON; `{}` where its signature is not ours. A browser shows the same text at each page."""
    return orjson.dumps(SessionStore().decode(data))
