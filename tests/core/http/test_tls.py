"""TLS through the checked connection: made to an address, but named and verified by the host of the URL."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.http import RequestFailedError, SafeClient
from tests.core.http.conftest import Server

NAME = "api.example.com"


@dataclass
class TlsServer:
    server: Server
    trust: ssl.SSLContext
    names: list[str] = field(default_factory=list)

    def client(self, *hosts: str) -> SafeClient:
        private = frozenset(f"{host}:{self.server.port}" for host in hosts)
        return SafeClient(private=private, trust=self.trust, resolver=lambda host, port: ["127.0.0.1"])

    def url(self, host: str) -> str:
        return f"https://{host}:{self.server.port}/hello"


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    certificate, key = _certificate(tmp_path)
    found = TlsServer(Server(), ssl.create_default_context(cafile=str(certificate)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda socket, name, context: found.names.append(name)
    found.server.socket = context.wrap_socket(found.server.socket, server_side=True)
    threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def test_host_of_the_url_is_named_and_verified(tls: TlsServer) -> None:
    client = tls.client(NAME)
    assert client.get(tls.url(NAME)).text == "hello"
    client.close()
    assert tls.names == [NAME]
    assert tls.server.seen[0][2]["host"] == f"{NAME}:{tls.server.port}"


def test_certificate_of_another_host_is_refused(tls: TlsServer) -> None:
    client = tls.client("other.example.com")
    with pytest.raises(RequestFailedError):
        client.get(tls.url("other.example.com"))
    client.close()
    assert tls.server.seen == []


def test_unknown_authority_is_refused(tls: TlsServer) -> None:
    tls.trust = ssl.create_default_context()
    client = tls.client(NAME)
    with pytest.raises(RequestFailedError):
        client.get(tls.url(NAME))
    client.close()
    assert tls.server.seen == []
