"""Root key providers: who wraps the workspaces' keys. One interface, chosen by the environment."""

from functools import cache

from chatzee.env import env
from core.vault.errors import RootKeyError
from core.vault.providers.base import RootKey, RootKeyProvider

__all__ = ["RootKey", "RootKeyProvider", "provider_named", "root_provider"]


def root_provider() -> RootKeyProvider:
    """The provider that wraps new workspace keys."""
    return provider_named(env.root_key_provider)


@cache
def provider_named(name: str) -> RootKeyProvider:
    """The provider called `name`, configured from the environment. One instance per process."""
    if name != env.root_key_provider:
        raise RootKeyError(
            f"A key was wrapped by the root provider {name!r}, but {env.root_key_provider!r} is configured."
        )
    return _build(name)


def _build(name: str) -> RootKeyProvider:
    # Imported on use: the vendors' clients cost a process up to 60 MB, and it needs at most one of them.
    if name == "file":
        from core.vault.providers.file import FileProvider

        return FileProvider(env.root_key, may_create=not env.is_production)
    raise RootKeyError(f"Unknown root key provider {name!r}.")
