"""System checks that refuse an unsafe production start. Each has an id, a cause and what to do about it."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from phonenumbers import PhoneMetadata

from chatzee.env import Env, env
from core.tenancy import row_security
from core.vault import keyring
from core.vault.errors import RootKeyError
from core.vault.providers import root_provider

#: Fewer bytes than this can be searched; `secrets.token_urlsafe(48)` gives 64 characters.
SECRET_KEY_LENGTH = 50


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured when a production process would start unsafely. Called by every server process."""
    if not env.is_production:
        return
    found = [*environment_problems(env), *numbering_problems(), *run_checks(tags=[Tags.database], databases=["default"])]
    serious = [message for message in found if message.is_serious()]
    if serious:
        raise ImproperlyConfigured("Unsafe production start refused:\n" + "\n".join(str(message) for message in serious))


@register(Tags.security)
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What the environment alone gives away; nothing outside production."""
    return environment_problems(env) if env.is_production else []


@register(Tags.security, deploy=True)
def check_root_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether the root key wraps and opens. It asks the provider, so `check --deploy` alone runs it: no start waits for one."""
    return root_key_problems() if env.is_production else []


def root_key_problems() -> list[CheckMessage]:
    """Without its root key a server looks healthy, and nobody can sign up or read anything."""
    try:
        keyring.wrap_root(secrets.token_bytes(32), workspace_id=uuid4(), key_id=uuid4())
        root_provider().current_version()
    except RootKeyError as error:
        text = f"The vault's root key cannot be used: {error}"
        hint = "Make the key that CHATZEE_ROOT_KEY names, and let this server encrypt, decrypt and read it."
        return [Error(text, hint=hint, id="chatzee.E013")]
    return []


def numbering_problems() -> list[CheckMessage]:
    """Read what is known of all countries' numbers (0.2 s, 2 MB). Left to do so country by country, when a number first needs it,
    the library keeps its lock for ever where it fails once, and every other number of an unread country waits."""
    try:
        PhoneMetadata.load_all()
    except Exception as error:  # noqa: BLE001  # a file that is missing, broken, or one too many to open
        text = f"The telephone numbers' data cannot be read: {error}"
        return [Error(text, hint="Install the packages of requirements.txt anew.", id="chatzee.E014")]
    return []


def environment_problems(found: Env) -> list[CheckMessage]:
    """Everything unsafe in this environment if it were a production server's."""
    return [Error(text, hint=hint, id=name) for name, is_bad, text, hint in _rules(found) if is_bad()]


def _rules(found: Env) -> Iterator[tuple[str, Callable[[], bool], str, str]]:
    key = found.secret_key.get_secret_value()
    urls = (found.database_url, found.database_owner_url, found.keys_database_url)
    app, owner, keys = (urlsplit(url.get_secret_value()) for url in urls)
    yield (
        "chatzee.E001",
        lambda: len(key) < SECRET_KEY_LENGTH or len(set(key)) < 10 or key.startswith("django-insecure"),
        "CHATZEE_SECRET_KEY is short or guessable.",
        f"Set at least {SECRET_KEY_LENGTH} random characters.",
    )
    yield (
        "chatzee.E002",
        lambda: not (found.public_url.startswith("https://") and found.edge_url.startswith("https://")),
        "CHATZEE_PUBLIC_URL or CHATZEE_EDGE_URL is not https.",
        "Put a TLS proxy in front and give its address.",
    )
    yield (
        "chatzee.E003",
        lambda: found.root_key_provider == "file",
        "The vault's root key is a file on this machine.",
        "Set CHATZEE_ROOT_KEY_PROVIDER to aws-kms, gcp-kms or vault-transit.",
    )
    yield (
        "chatzee.E004",
        lambda: app.username == owner.username,
        "The app signs in to the database as the role that owns the tables.",
        "Give CHATZEE_DATABASE_URL a role that owns nothing (chatzee_app).",
    )
    yield ("chatzee.E005", lambda: bool(settings.DEBUG), "DEBUG is on.", "Leave DEBUG off on a server.")
    yield (
        "chatzee.E006",
        lambda: found.trusted_proxies < 1,
        "No proxy is trusted, so TLS and client addresses cannot be known.",
        "Set CHATZEE_TRUSTED_PROXIES to the number of proxies in front.",
    )
    yield (
        "chatzee.E007",
        lambda: urlsplit(found.mail_url.get_secret_value()).scheme not in {"smtp", "smtps"},
        "Mail goes to a folder instead of a mail server.",
        "Set CHATZEE_MAIL_URL to smtp:// or smtps://.",
    )
    yield (
        "chatzee.E008",
        lambda: "*" in found.allowed_hosts,
        "CHATZEE_ALLOWED_HOSTS lets any host name in.",
        "List the names this server answers to.",
    )
    yield (
        "chatzee.E009",
        lambda: (app.hostname, app.port, app.path) == (keys.hostname, keys.port, keys.path),
        "The vault's keys lie in the same database as the data they unlock.",
        "Give CHATZEE_KEYS_DATABASE_URL a database of its own, backed up apart.",
    )


@register(Tags.database)
def check_database_walls(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The app's role and the row security of the tables, in every mode. Runs with `check --database default`."""
    if "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        can_bypass = cursor.fetchone() == (True,)
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE r.rolname = session_user AND c.relkind IN ('r', 'p')"
        )
        (owned,) = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
        )
        walled = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        present = {name for (name,) in cursor.fetchall()}
    return list(_wall_problems(can_bypass=can_bypass, owned=owned, walled=walled, present=present))


def _wall_problems(*, can_bypass: bool, owned: int, walled: set[str], present: set[str]) -> Iterator[CheckMessage]:
    if can_bypass:
        yield Error(
            "The app's database role can bypass row-level security.",
            hint="ALTER ROLE … NOSUPERUSER NOBYPASSRLS.",
            id="chatzee.E010",
        )
    if owned:
        yield Error(
            f"The app's database role owns {owned} tables, so it could take policies away.",
            hint="Let chatzee_owner own them: ALTER TABLE … OWNER TO chatzee_owner.",
            id="chatzee.E011",
        )
    for model, _column in row_security.tenant_models():
        table = model._meta.db_table
        if table in present and table not in walled:
            yield Error(
                f"The table {table} holds rows of workspaces but has no forced row-level security.",
                hint="Run `manage.py prepare`.",
                obj=model,
                id="chatzee.E012",
            )
