"""Which model lives in which database: the vault's keys apart from everything they unlock."""

from typing import Any

from django.db import models

KEYS_APP = "vault"


class Router:
    """`vault` goes to `keys`, the rest to `default`; `owner` is `default` seen by the role that migrates."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        return "keys" if model._meta.app_label == KEYS_APP else "default"

    db_for_write = db_for_read

    def allow_relation(self, first: models.Model, second: models.Model, **hints: Any) -> bool | None:
        apart = (first._meta.app_label == KEYS_APP) != (second._meta.app_label == KEYS_APP)
        return False if apart else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return app_label == KEYS_APP if db == "keys" else db == "owner" and app_label != KEYS_APP
