"""The audit trail: complete, in order, and betraying whoever touches it."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from accounts.models import Workspace
from core.audit import Actor, chain, record
from core.audit.models import AuditEntry, AuditSeal
from core.tenancy import scope
from tests.factories import make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    made = make_workspace()
    with scope(made.pk):
        for number in range(5):
            record("test.happened", actor=Actor.system(), number=number)
    while chain.seal(made.pk):
        pass
    return made


def findings(workspace: Workspace) -> list[str]:
    return [finding.problem for finding in chain.verify(workspace.pk)]


def test_whole_trail_verifies_and_is_sealed_once(workspace: Workspace) -> None:
    assert findings(workspace) == []
    assert chain.seal(workspace.pk) == 0
    with scope(workspace.pk):
        assert AuditEntry.objects.count() == AuditSeal.objects.count() >= 5
    call_command("audit_verify", verbosity=0)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_auditentry SET action = 'x'", "DELETE FROM core_auditentry", "DELETE FROM core_auditseal"],
)
def test_app_cannot_change_or_remove_entries(workspace: Workspace, statement: str) -> None:
    with scope(workspace.pk), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE core_auditentry SET data = '{\"number\": 99}' WHERE data->>'number' = '2'", "has been changed"),
        ("DELETE FROM core_auditentry WHERE data->>'number' = '2'", "has been removed"),
        ("DELETE FROM core_auditseal WHERE sequence = 3", "seal is missing"),
    ],
)
def test_tampering_is_found(
    workspace: Workspace, superuser: psycopg.Connection[tuple[object, ...]], statement: str, problem: str
) -> None:
    superuser.execute(statement)
    assert problem in " ".join(findings(workspace))
    with pytest.raises(CommandError, match="not whole"):
        call_command("audit_verify", verbosity=0)
