"""How the platform writes numbers, ids and times: what is required raises, what is optional and odd is as good as absent."""

from datetime import UTC, datetime
from uuid import UUID

from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields, words


def number(value: Fields, name: str) -> int:
    """The whole number under a name, also where it is written as text; 0 where there is none."""
    found = value.get(name)
    if isinstance(found, str) and len(found) < 20 and found.isascii() and found.isdecimal():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**63 else 0


def ident(value: Fields, name: str, limit: int = 512) -> str:
    """The id under a name, whether it is written as text or as a number; empty where there is none."""
    found = value.get(name)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else words(value, name, limit).strip()


def reference(value: Fields, name: str) -> UUID | None:
    """Our own id under a name, where the platform gives it back; None for anything else."""
    found = ident(value, name, 64)
    try:
        return UUID(found) if len(found) == 36 else None
    except ValueError:
        return None


def needed(value: Fields, name: str) -> str:
    """The id that must be there. Raises UnparsableError."""
    found = ident(value, name)
    if not found:
        raise UnparsableError(f"{name} is missing")
    return found


def moment(value: Fields, name: str) -> datetime:
    """The time under a name, in seconds or in thousandths of them, as text or number. Raises UnparsableError."""
    found = number(value, name)
    if found <= 0:
        raise UnparsableError(f"{name} is no time")
    try:
        return datetime.fromtimestamp(found / 1000 if found > 100_000_000_000 else found, UTC)
    except (ArithmeticError, OSError, ValueError):
        raise UnparsableError(f"{name} is no time") from None
