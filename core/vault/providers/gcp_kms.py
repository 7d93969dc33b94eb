"""Google Cloud KMS over gRPC. The additional authenticated data binds a key to its workspace."""

import json
from typing import Any

import grpc
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.kms_v1 import KeyManagementServiceClient
from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport

from core.vault.errors import RootKeyError
from core.vault.providers.base import RootKey

_SECONDS = 5.0
_VERSIONS = "/cryptoKeyVersions/"


class GcpKmsProvider:
    """Wraps under the key with this resource name (projects/…/cryptoKeys/…), in its primary version.

    Credentials are Google's application default ones. `endpoint` is for private endpoints; an http:// one is reached
    without TLS and credentials, as local servers are.
    """

    name = "gcp-kms"

    def __init__(self, key_name: str, *, endpoint: str = "") -> None:
        self._key = key_name
        self._client = _client(endpoint)

    def current_version(self) -> str:
        answer = self._call("get_crypto_key", {"name": self._key})
        return str(answer.primary.name)

    def wrap(self, secret: bytes, *, context: dict[str, str]) -> RootKey:
        request = {"name": self._key, "plaintext": secret, "additional_authenticated_data": _bound(context)}
        answer = self._call("encrypt", request)
        return RootKey(bytes(answer.ciphertext), str(answer.name))

    def unwrap(self, wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes:
        name = version.partition(_VERSIONS)[0]
        request = {"name": name, "ciphertext": wrapped, "additional_authenticated_data": _bound(context)}
        return bytes(self._call("decrypt", request).plaintext)

    def _call(self, action: str, request: dict[str, Any]) -> Any:
        try:
            return getattr(self._client, action)(request=request, timeout=_SECONDS)
        except (GoogleAPIError, GoogleAuthError) as error:
            raise RootKeyError(f"Google Cloud KMS did not {action}: {type(error).__name__}.") from None


def _client(endpoint: str) -> KeyManagementServiceClient:
    if endpoint.startswith("http://"):
        channel = grpc.insecure_channel(endpoint.removeprefix("http://"))
        return KeyManagementServiceClient(transport=KeyManagementServiceGrpcTransport(channel=channel))
    if endpoint:
        return KeyManagementServiceClient(client_options=ClientOptions(api_endpoint=endpoint.removeprefix("https://")))
    return KeyManagementServiceClient()


def _bound(context: dict[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()
