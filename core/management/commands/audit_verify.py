"""Verify the audit chains."""

import argparse
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from core.audit import chain
from core.tenancy.workspaces import workspace_ids


class Command(BaseCommand):
    help = "Seal what waits, then verify the audit chain of every workspace (or of one)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workspace", type=UUID, help="only this workspace's chain")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for workspace_id in [options["workspace"]] if options["workspace"] else workspace_ids():
            while chain.seal(workspace_id):
                pass
            for finding in chain.verify(workspace_id):
                found += 1
                self.stderr.write(f"{workspace_id} at {finding.sequence}: {finding.problem}")
        if found:
            raise CommandError(f"{found} findings: the audit trail is not whole.")
        self.stdout.write("The audit trail is whole.")
