"""Checks of the migrations that need a real database: `bin/lint` runs this module."""

import sys

from chatzee.embedded.folders import REPOSITORY
from tests.harness import servers


def main() -> int:
    """Whether every model change has its migration, and every migration can run beside the version before it."""
    servers.attach()
    servers.create_databases()
    import django

    django.setup()
    from django.core.management import call_command
    from django_migration_linter import MigrationLinter

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        print("A model changed without a migration: run manage.py makemigrations --name …")
        return 1
    own = ["core", "vault", "accounts", "conversations", "channels_app", "ai"]
    is_sound = True
    for alias, labels in (("owner", [label for label in own if label != "vault"]), ("keys", ["vault"])):
        # An app's first migration makes empty tables: nothing there can be locked or be without a value.
        linter = MigrationLinter(
            str(REPOSITORY),
            database=alias,
            include_apps=labels,
            no_cache=True,
            analyser_string="postgresql",
            ignore_initial_migrations=True,
            quiet=["ok", "ignore"],
        )
        linter.lint_all_migrations()
        is_sound = is_sound and not linter.has_errors
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
