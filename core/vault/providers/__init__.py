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
    """The provider called `name`, configured from the environment. One instance per process.

    Beside the one in use, that is the one being left (`root_key_previous`) until `vault_rotate root` is through.
    """
    if name == env.root_key_provider:
        return build(name, env.root_key, may_create=not env.is_production)
    previous, _, key = env.root_key_previous.partition(":")
    if name == previous:
        return build(name, key, may_create=False)
    raise RootKeyError(f"A key was wrapped by the root provider {name!r}, but {env.root_key_provider!r} is configured.")


def build(name: str, key: str, *, may_create: bool) -> RootKeyProvider:
    """A provider by name. `may_create` lets the file provider make its first key."""
    # Imported on use: the vendors' clients cost a process up to 60 MB, and it needs at most one of them.
    if name == "file":
        from core.vault.providers.file import FileProvider

        return FileProvider(key, may_create=may_create)
    if name == "aws-kms":
        from core.vault.providers.aws_kms import AwsKmsProvider

        return AwsKmsProvider(key, endpoint=env.root_key_endpoint)
    if name == "gcp-kms":
        from core.vault.providers.gcp_kms import GcpKmsProvider

        return GcpKmsProvider(key, endpoint=env.root_key_endpoint)
    if name == "vault-transit":
        from core.vault.providers.vault_transit import VaultTransitProvider

        token = env.root_key_token.get_secret_value()
        return VaultTransitProvider(key, endpoint=env.root_key_endpoint, token=token)
    raise RootKeyError(f"Unknown root key provider {name!r}.")
