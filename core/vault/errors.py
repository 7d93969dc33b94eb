"""What the vault raises. No message ever holds plaintext or key material."""

from django.core.exceptions import FieldError


class VaultError(RuntimeError):
    """Anything the vault refuses or cannot do."""


class DecryptionError(VaultError):
    """The bytes do not belong here or were changed: wrong key, moved ciphertext, unknown version."""


class KeyMissingError(VaultError):
    """No such key, or the workspace was never given keys."""


class KeyDestroyedError(VaultError):
    """The key was destroyed; what it protected is gone for good."""


class RootKeyError(VaultError):
    """The root key provider refused, is unreachable, or is not the one that wrapped a key."""


class StaleKeyError(VaultError):
    """The row moved under another key since it was loaded: load it again and repeat the change."""


class EncryptedFieldError(FieldError):
    """A query that cannot work on an encrypted column: a look-up by value, or an update without its row."""
