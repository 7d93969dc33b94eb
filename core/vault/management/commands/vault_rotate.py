"""Rotate keys: `vault_rotate root`, `vault_rotate workspace`, `vault_rotate data`."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from core.tenancy.workspaces import workspace_ids
from core.vault import keyring, reencryption, rotation
from core.vault.errors import VaultError


class Command(BaseCommand):
    help = (
        "Rotate the vault's keys. root: wrap all workspace keys by the current root key. workspace: give workspaces "
        "new keys that wrap the others. data: encrypt rows and files under a new data key. Stopped, it goes on when "
        "run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["root", "workspace", "data"])
        parser.add_argument("--workspace", type=UUID, help="only this workspace; all of them, and the platform, without")
        parser.add_argument(
            "--destroy-old",
            action="store_true",
            help="with data: destroy the old keys, which makes older backups of these rows unreadable",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["what"] == "root":
                count = rotation.rotate_root(progress=self._progress)
                self.stdout.write(f"{count} workspace keys wrapped by the current root key.")
                return
            chosen = options["workspace"]
            for workspace_id in [chosen] if chosen else [keyring.PLATFORM, *workspace_ids()]:
                self._rotate(workspace_id, options["what"], destroy_old=options["destroy_old"])
        except VaultError as error:
            raise CommandError(str(error)) from error

    def _rotate(self, workspace_id: UUID, what: str, *, destroy_old: bool) -> None:
        if what == "workspace":
            count = rotation.rotate_workspace(workspace_id, progress=self._progress)
            self.stdout.write(f"{workspace_id}: {count} keys wrapped by a new workspace key.")
            return
        count = reencryption.rotate_data(workspace_id, progress=self._progress)
        self.stdout.write(f"{workspace_id}: {count} rows under a new data key.")
        if destroy_old:
            gone = reencryption.destroy_retired(workspace_id)
            self.stdout.write(f"{workspace_id}: {gone} old data keys destroyed.")

    def _progress(self, what: str, count: int) -> None:
        self.stdout.write(f"  {what}: {count}")
        self.stdout.flush()
