"""What the vault holds: keys by kind, generation and state, root coverage, and rows that a rotation left behind."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Max

from core.tenancy.workspaces import workspace_ids
from core.vault import keyring, reencryption, rotation
from core.vault.models import KeyKind, VaultKey
from core.vault.providers import root_provider


class Command(BaseCommand):
    help = "Show the vault's keys by kind and state, which root keys wrap them, and what rotations have left to do."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("kind       active  retired  destroyed  newest generation")
        for kind in KeyKind.values:
            keys = VaultKey.objects.filter(kind=kind)
            active = keys.filter(retired_at=None, destroyed_at=None).count()
            retired = keys.filter(retired_at__isnull=False, destroyed_at=None).count()
            destroyed = keys.filter(destroyed_at__isnull=False).count()
            newest = keys.aggregate(newest=Max("generation"))["newest"] or 0
            self.stdout.write(f"{kind:<10} {active:>6}  {retired:>7}  {destroyed:>9}  {newest:>17}")
        self._roots()
        self._left_over()

    def _roots(self) -> None:
        provider = root_provider()
        self.stdout.write(f"root key in use: {provider.name}:{provider.current_version()}")
        wrapping = VaultKey.objects.filter(kind=KeyKind.WORKSPACE, destroyed_at=None).values_list("root")
        for root, count in wrapping.annotate(count=Count("id")).order_by("root"):
            self.stdout.write(f"  {root} wraps {count} workspace keys")
        behind = rotation.behind_root().count()
        if behind:
            self.stdout.write(f"{behind} workspace keys are under an older root key: run `vault_rotate root`.")

    def _left_over(self) -> None:
        for workspace_id in [keyring.PLATFORM, *workspace_ids()]:
            for model, count in reencryption.rows_left(workspace_id).items():
                self.stdout.write(f"{workspace_id}: {count} rows of {model} are under a retired data key.")
