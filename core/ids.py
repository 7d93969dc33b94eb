"""UUIDv7 ids, made in the app so that they are known before INSERT and can be bound into encryption."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7: unique, and ordered by the millisecond it was made in."""
    return uuid_utils.compat.uuid7()
