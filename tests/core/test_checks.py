"""An unsafe production start is refused, each danger by its own id."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from phonenumbers import PhoneMetadata
from pydantic import SecretStr

from chatzee.embedded import processes
from chatzee.embedded.folders import REPOSITORY
from chatzee.env import Env, env
from core import checks
from core.vault import providers

SAFE = {
    "mode": "production",
    "secret_key": SecretStr("kZ8vQ2xW9rT4yU7iO1pA3sD6fG5hJ0lMnBcVeXqRwEtYuIoPzL"),
    "public_url": "https://chat.example.com",
    "edge_url": "https://chat.example.com",
    "allowed_hosts": ["chat.example.com"],
    "trusted_proxies": 1,
    "root_key_provider": "aws-kms",
    "mail_url": SecretStr("smtps://mail.example.com"),
}


def _production(**values: object) -> Env:
    return env.model_copy(update=SAFE | values)


def test_a_safe_environment_has_no_problems() -> None:
    assert checks.environment_problems(_production()) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"secret_key": SecretStr("short")}, "chatzee.E001"),
        ({"secret_key": SecretStr("a" * 60)}, "chatzee.E001"),
        ({"public_url": "http://chat.example.com"}, "chatzee.E002"),
        ({"edge_url": "http://chat.example.com"}, "chatzee.E002"),
        ({"root_key_provider": "file"}, "chatzee.E003"),
        ({"database_url": env.database_owner_url}, "chatzee.E004"),
        ({"trusted_proxies": 0}, "chatzee.E006"),
        ({"mail_url": SecretStr("file:///tmp/mail")}, "chatzee.E007"),
        ({"allowed_hosts": ["*"]}, "chatzee.E008"),
        ({"keys_database_url": env.database_url}, "chatzee.E009"),
    ],
)
def test_each_danger_is_refused_by_its_id(values: dict[str, object], expected: str) -> None:
    assert [problem.id for problem in checks.environment_problems(_production(**values))] == [expected]


def test_an_unsafe_process_does_not_start(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(checks, "env", _production(root_key_provider="file"))
    with pytest.raises(ImproperlyConfigured, match=r"chatzee\.E003"):
        checks.refuse_unsafe_start()


def test_a_safe_process_starts(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(checks, "env", _production())
    refused = ""
    try:
        checks.refuse_unsafe_start()
    except ImproperlyConfigured as error:
        refused = str(error)
    assert refused == ""


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No country's numbers have been read yet; those that are, by their regions."""
    regions: list[str] = []
    monkeypatch.setattr(PhoneMetadata, "_region_available", {"PT": regions.append, "BR": regions.append})
    monkeypatch.setattr(PhoneMetadata, "_country_code_available", {800: lambda code: regions.append(str(code))})
    return regions


def test_a_process_reads_all_numbering_before_it_serves(monkeypatch: pytest.MonkeyPatch, db: None, unread: list[str]) -> None:
    monkeypatch.setattr(checks, "env", _production())
    checks.refuse_unsafe_start()
    assert unread == ["PT", "BR", "800"]
    # What has been read takes no lock any more.
    assert set(PhoneMetadata._region_available.values()) == {None}


def test_a_process_that_cannot_read_numbering_does_not_start(
    monkeypatch: pytest.MonkeyPatch, db: None, unread: list[str]
) -> None:
    def fails(region: str) -> None:
        raise ImportError(f"region_{region}")

    monkeypatch.setitem(PhoneMetadata._region_available, "BR", fails)
    monkeypatch.setattr(checks, "env", _production())
    with pytest.raises(ImproperlyConfigured, match=r"chatzee\.E014.*region_BR|region_BR.*chatzee\.E014"):
        checks.refuse_unsafe_start()


def test_a_root_key_that_wraps_and_opens_is_no_problem() -> None:
    assert checks.root_key_problems() == []


def test_a_root_key_that_does_not_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {
        "root_key_provider": "vault-transit",
        "root_key_endpoint": "http://127.0.0.1:1",
        "root_key_token": SecretStr("none"),
    }
    monkeypatch.setattr(providers, "env", env.model_copy(update=nobody))
    monkeypatch.setattr(checks, "env", _production())
    providers.provider_named.cache_clear()
    try:
        (found,) = checks.check_root_key(None)
    finally:
        providers.provider_named.cache_clear()
    assert (found.id, found.msg) == (
        "chatzee.E013",
        "The vault's root key cannot be used: The transit engine did not encrypt_data: ConnectionError.",
    )


def test_a_process_that_serves_needs_no_owner_of_the_tables() -> None:
    said = _without_owner("-c", "import django; django.setup(); from django.db import connections; print(*connections)")
    assert (said.returncode, said.stdout.split()) == (0, ["default", "keys"])


def test_prepare_says_that_it_needs_the_owner() -> None:
    said = _without_owner("manage.py", "prepare", "--skip-checks")
    assert said.returncode == 1
    assert "CHATZEE_DATABASE_OWNER_URL" in said.stderr


def _without_owner(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**processes.serving(os.environ), "DJANGO_SETTINGS_MODULE": "chatzee.settings"}
    command = [sys.executable, *arguments]
    return subprocess.run(  # noqa: S603  # this Python
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.django_db
def test_the_prepared_database_has_its_walls() -> None:
    assert checks.check_database_walls(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_a_table_without_row_security_is_found(owner_connection: psycopg.Connection[tuple[object, ...]]) -> None:
    owner_connection.execute("ALTER TABLE core_event NO FORCE ROW LEVEL SECURITY")
    try:
        found = checks.check_database_walls(None, databases=["default"])
    finally:
        owner_connection.execute("ALTER TABLE core_event FORCE ROW LEVEL SECURITY")
    assert [problem.id for problem in found] == ["chatzee.E012"]


@pytest.mark.django_db(transaction=True)
def test_a_role_that_owns_or_bypasses_is_found(superuser: psycopg.Connection[tuple[object, ...]]) -> None:
    superuser.execute("CREATE TABLE stray ()")
    superuser.execute("ALTER TABLE stray OWNER TO chatzee_app")
    superuser.execute("ALTER ROLE chatzee_app BYPASSRLS")
    try:
        found = checks.check_database_walls(None, databases=["default"])
    finally:
        superuser.execute("ALTER ROLE chatzee_app NOBYPASSRLS")
        superuser.execute("DROP TABLE stray")
    assert [problem.id for problem in found] == ["chatzee.E010", "chatzee.E011"]
