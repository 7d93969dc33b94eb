"""Signing in by e-mail address and password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.http import HttpRequest

from accounts.models import User
from core.vault.encrypted_field import EncryptedField
from core.vault.fields import BlindIndexField

#: Asked by every page, so it is written by hand: composing it took longer than running it.
_FIELDS = User._meta.concrete_fields
_USER = f"SELECT {', '.join(str(field.column) for field in _FIELDS)} FROM {User._meta.db_table} WHERE id = %s"  # noqa: S608


class EmailBackend(ModelBackend):
    """Finds the user by the blind index of the address; an unknown one costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            user = User.objects.by_email(username)
        except ValueError:
            user = None
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def get_user(self, user_id: Any) -> User | None:
        """The active user of an id, as sessions ask for it."""
        with connection.cursor() as cursor:
            cursor.execute(_USER, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        values = [_from_db(field, value) for field, value in zip(_FIELDS, row, strict=True)]
        user = User.from_db("default", [field.attname for field in _FIELDS], values)
        return user if self.user_can_authenticate(user) else None


def _from_db(field: Any, value: Any) -> Any:
    return field.from_db_value(value, None, connection) if isinstance(field, EncryptedField | BlindIndexField) else value
