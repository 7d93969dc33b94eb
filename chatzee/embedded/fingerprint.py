"""A digest of everything that shapes the database: equal digests need no migration."""

import hashlib

from chatzee.embedded.folders import REPOSITORY

#: Models and migrations, the row security, and the versions of the packages that bring tables of their own.
_SHAPING = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/*/models.py",
    "core/tenancy/*.py",
    "core/vault/fields.py",
    "core/management/commands/prepare.py",
    "chatzee/settings.py",
    "chatzee/embedded/roles.py",
    "requirements.txt",
)


def schema_fingerprint() -> str:
    """A short digest of the files that shape the schema."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _SHAPING for path in REPOSITORY.glob(pattern)}):
        digest.update(f"{path.relative_to(REPOSITORY)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
