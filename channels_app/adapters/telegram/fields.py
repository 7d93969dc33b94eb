"""How the platform writes numbers, ids and times: what is required raises, what is optional and odd is as good as absent."""

from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields


def number(value: Fields, name: str) -> int:
    """The whole number under a name, 0 where there is none."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def needed(value: Fields, name: str) -> int:
    """The whole number that must be there. Raises UnparsableError."""
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise UnparsableError(f"{name} is missing or no number")
    return found
