"""Mails reach a server over verified TLS, or a folder; never an unverified one."""

import email
import email.policy
import smtplib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from core.mail import Backend


class _Smtp(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take mails in; offers no STARTTLS."""

    received: ClassVar[list[str]] = []

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                text = []
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    text.append(part)
                self.received.append("".join(text))
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _TlsServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    context: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        return (self.context.wrap_socket(connection, server_side=True) if self.context else connection), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses the certificate breaks off: that is what one of the tests is about."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and key for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[_TlsServer]:
    _Smtp.received.clear()
    with _TlsServer(("127.0.0.1", 0), _Smtp) as running:
        running.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        running.context.load_cert_chain(certificate)
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def _mail() -> EmailMessage:
    return EmailMessage("Olá", "Bom dia, ação", "Chatzee <no-reply@example.com>", ["ana@example.com"])


def test_smtps_delivers_over_verified_tls(server: _TlsServer, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert Backend(url=f"smtps://127.0.0.1:{server.server_address[1]}").send_messages([_mail()]) == 1
    (received,) = _Smtp.received
    assert "To: ana@example.com" in received


def test_smtps_refuses_a_certificate_nobody_vouches_for(server: _TlsServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        Backend(url=f"smtps://127.0.0.1:{server.server_address[1]}").send_messages([_mail()])
    assert _Smtp.received == []


def test_smtp_refuses_a_server_without_starttls(server: _TlsServer) -> None:
    server.context = None
    with pytest.raises(smtplib.SMTPNotSupportedError):
        Backend(url=f"smtp://127.0.0.1:{server.server_address[1]}").send_messages([_mail()])
    assert _Smtp.received == []


def test_folder_gets_one_private_file_per_mail(tmp_path: Path) -> None:
    folder = tmp_path / "mails of today"
    assert Backend(url=folder.as_uri()).send_messages([_mail(), _mail()]) == 2
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    message = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert message["Subject"] == "Olá"
    assert message.get_content().strip() == "Bom dia, ação"


def test_another_scheme_is_refused_with_the_variable_to_change() -> None:
    with pytest.raises(ImproperlyConfigured, match="CHATZEE_MAIL_URL"):
        Backend(url="http://127.0.0.1").send_messages([_mail()])
