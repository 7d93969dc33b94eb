"""Local key management servers that speak the providers' own protocols: Cloud KMS over gRPC, transit over HTTP."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import CryptoKey, CryptoKeyVersion
from google.cloud.kms_v1.types import service

GCP_KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/root"
TOKEN = "hvs.local"  # of the server below


class Versions:
    """Root keys by version number; the newest wraps."""

    def __init__(self) -> None:
        self.keys = [AESGCM(AESGCM.generate_key(256))]

    def rotate(self) -> None:
        self.keys.append(AESGCM(AESGCM.generate_key(256)))

    @property
    def newest(self) -> int:
        return len(self.keys)

    def encrypt(self, plain: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(12)
        return bytes([self.newest]) + nonce + self.keys[-1].encrypt(nonce, plain, bound)

    def decrypt(self, sealed: bytes, bound: bytes) -> bytes:
        return self.keys[sealed[0] - 1].decrypt(sealed[1:13], sealed[13:], bound)


class CloudKms:
    """The three methods of google.cloud.kms.v1.KeyManagementService that the provider calls, on a real channel."""

    def __init__(self) -> None:
        self.versions = Versions()
        self._server = grpc.server(ThreadPoolExecutor(2))
        handlers = {
            "Encrypt": _unary(self._encrypt, service.EncryptRequest, service.EncryptResponse),
            "Decrypt": _unary(self._decrypt, service.DecryptRequest, service.DecryptResponse),
            "GetCryptoKey": _unary(self._get, service.GetCryptoKeyRequest, CryptoKey),
        }
        name = "google.cloud.kms.v1.KeyManagementService"
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
        self.url = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(None).wait()

    def _version(self) -> str:
        return f"{GCP_KEY}/cryptoKeyVersions/{self.versions.newest}"

    def _encrypt(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.name != GCP_KEY:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such key")
        sealed = self.versions.encrypt(request.plaintext, request.additional_authenticated_data)
        return service.EncryptResponse(name=self._version(), ciphertext=sealed)

    def _decrypt(self, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            plain = self.versions.decrypt(request.ciphertext, request.additional_authenticated_data)
        except InvalidTag:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed")
        return service.DecryptResponse(plaintext=plain)

    def _get(self, request: Any, context: grpc.ServicerContext) -> Any:
        return CryptoKey(name=request.name, primary=CryptoKeyVersion(name=self._version()))


def _unary(call: Callable[[Any, grpc.ServicerContext], Any], request: Any, response: Any) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=request.deserialize, response_serializer=response.serialize
    )


class Transit(ThreadingHTTPServer):
    """The transit engine's key, encrypt and decrypt endpoints, with its token check and error bodies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TransitHandler)
        self.versions = Versions()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _TransitHandler(BaseHTTPRequestHandler):
    server: Transit

    def do_GET(self) -> None:
        self._answer({"latest_version": self.server.versions.newest, "type": "aes256-gcm96"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("X-Vault-Token") != TOKEN:
            self._answer({}, status=403, errors=["permission denied"])
            return
        bound = b64decode(body.get("associated_data", ""))
        action = self.path.removeprefix("/v1/transit/").partition("/")[0]
        versions = self.server.versions
        if action == "encrypt":
            sealed = versions.encrypt(b64decode(body["plaintext"]), bound)
            self._answer({"ciphertext": f"vault:v{versions.newest}:{b64encode(sealed).decode()}"})
            return
        try:
            plain = versions.decrypt(b64decode(body["ciphertext"].split(":")[2]), bound)
        except InvalidTag:
            self._answer({}, status=400, errors=["cipher: message authentication failed"])
            return
        self._answer({"plaintext": b64encode(plain).decode()})

    do_PUT = do_POST  # noqa: N815  # the name that http.server looks for

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _answer(self, data: dict[str, object], *, status: int = 200, errors: list[str] | None = None) -> None:
        body = json.dumps({"errors": errors} if errors else {"data": data}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
