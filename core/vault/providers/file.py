"""A root key in a file: for one machine. Servers use a key management service instead."""

import json
import os
import stat
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.ids import new_id
from core.vault.errors import RootKeyError
from core.vault.providers.base import RootKey

_NONCE = 12


class FileProvider:
    """Keys from a JSON file `{"current": version, "keys": {version: base64}}` that only its owner may read.

    The file is made on first use where `may_create`; otherwise a missing file is an error, because a fresh root key
    beside existing data would only hide that the data can no longer be read.
    """

    name = "file"

    def __init__(self, path: str, *, may_create: bool) -> None:
        self._path = Path(path)
        self._may_create = may_create

    def current_version(self) -> str:
        return self._read()[0]

    def wrap(self, secret: bytes, *, context: dict[str, str]) -> RootKey:
        version, keys = self._read()
        nonce = os.urandom(_NONCE)
        return RootKey(nonce + keys[version].encrypt(nonce, secret, _binding(version, context)), version)

    def unwrap(self, wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes:
        cipher = self._read()[1].get(version)
        if cipher is None:
            raise RootKeyError(f"The root key file has no key of version {version}.")
        try:
            return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _binding(version, context))
        except (InvalidTag, ValueError):
            raise RootKeyError("A workspace key does not open under the root key that wrapped it.") from None

    def add_version(self) -> str:
        """Add a fresh key and make it current; older ones stay for what they wrapped. Returns its version."""
        _, keys = self._load()
        version = str(new_id())
        self._write({"current": version, "keys": {**keys, version: _fresh()}}, replace=True)
        return version

    def _read(self) -> tuple[str, dict[str, AESGCM]]:
        current, keys = self._load()
        return current, {version: AESGCM(b64decode(key)) for version, key in keys.items()}

    def _load(self) -> tuple[str, dict[str, str]]:
        try:
            return self._parse()
        except FileNotFoundError:
            if not self._may_create:
                raise RootKeyError(f"The root key file {self._path} is missing.") from None
        version = str(new_id())
        self._write({"current": version, "keys": {version: _fresh()}}, replace=False)
        return self._parse()

    def _parse(self) -> tuple[str, dict[str, str]]:
        mode = self._path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise RootKeyError(f"The root key file {self._path} must be readable by its owner only (chmod 600).")
        try:
            content = json.loads(self._path.read_text())
            return content["current"], content["keys"]
        except (ValueError, KeyError, TypeError):
            raise RootKeyError(f"The root key file {self._path} is damaged.") from None

    def _write(self, content: dict[str, object], *, replace: bool) -> None:
        """Put the file in place whole or not at all; without `replace`, whoever came first wins."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent)
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                Path(name).replace(self._path)
            else:
                os.link(name, self._path)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink(missing_ok=True)


def _fresh() -> str:
    return b64encode(AESGCM.generate_key(256)).decode()


def _binding(version: str, context: dict[str, str]) -> bytes:
    return json.dumps([version, context], sort_keys=True).encode()
