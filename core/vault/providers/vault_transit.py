"""The transit engine of HashiCorp Vault or OpenBao. The associated data binds a key to its workspace."""

import json
from base64 import b64decode, b64encode
from typing import Any

import hvac
from hvac.exceptions import VaultError
from requests.exceptions import RequestException

from core.vault.errors import RootKeyError
from core.vault.providers.base import RootKey

_SECONDS = 5


class VaultTransitProvider:
    """Wraps under the transit key of this name (type aes256-gcm96) on the server at `endpoint`.

    A version is `name:v3`: the number is the server's, and old ones open until it is told to trim them.
    """

    name = "vault-transit"

    def __init__(self, key_name: str, *, endpoint: str, token: str) -> None:
        self._key = key_name
        self._transit: Any = hvac.Client(url=endpoint, token=token, timeout=_SECONDS).secrets.transit

    def current_version(self) -> str:
        answer = self._call("read_key", name=self._key)
        return f"{self._key}:v{answer['latest_version']}"

    def wrap(self, secret: bytes, *, context: dict[str, str]) -> RootKey:
        answer = self._call("encrypt_data", name=self._key, plaintext=_text(secret), associated_data=_text(_bound(context)))
        sealed = str(answer["ciphertext"])
        return RootKey(sealed.encode(), f"{self._key}:{sealed.split(':')[1]}")

    def unwrap(self, wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes:
        name = version.rpartition(":")[0]
        answer = self._call("decrypt_data", name=name, ciphertext=wrapped.decode(), associated_data=_text(_bound(context)))
        return b64decode(answer["plaintext"])

    def _call(self, action: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._transit, action)(**arguments)["data"]
        except (VaultError, RequestException, KeyError, TypeError) as error:
            raise RootKeyError(f"The transit engine did not {action}: {type(error).__name__}.") from None
        return answer


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _bound(context: dict[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()
