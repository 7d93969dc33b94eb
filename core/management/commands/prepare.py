"""Bring both databases to this version: migrate, then put up row security and grants."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from core.tenancy import row_security
from core.tenancy.router import KEYS_APP


class Command(BaseCommand):
    help = "Migrate the data and keys databases and (re)create grants and row-level security. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("Set CHATZEE_DATABASE_OWNER_URL: the tables are made and changed by the role that owns them.")
        verbosity = options["verbosity"]
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        # The other apps have nothing there.
        call_command("migrate", KEYS_APP, database="keys", interactive=False, verbosity=verbosity)
        count = row_security.put_up(connections["owner"])
        self.stdout.write(f"Databases are ready; {count} tables behind row-level security.")
