"""Password rules, against a local server that speaks the range API."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ValidationError

from accounts import passwords
from accounts.hashing import AT_ONCE, CappedArgon2Hasher
from accounts.passwords import BreachedPasswordValidator, StrengthValidator
from chatzee.env import Env, env
from core.http import Limits, SafeClient
from tests.factories import PASSWORD

BREACHED = "correct horse battery staple"


class _Range(BaseHTTPRequestHandler):
    asked: list[str] = []
    status = 200

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        digest = hashlib.sha1(BREACHED.encode(), usedforsecurity=False).hexdigest().upper()
        padded = hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper()
        body = f"{digest[5:]}:41\r\n{padded[5:]}:0\r\n{'0' * 35}:7".encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Range]]:
    """A range service on this machine, which the validator is told to ask."""
    server = HTTPServer(("127.0.0.1", 0), _Range)
    _Range.asked, _Range.status = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    client = SafeClient(limits=Limits(total=2.5), private=frozenset({host}))
    monkeypatch.setattr(passwords, "env", env.model_copy(update={"breached_passwords_url": f"http://{host}"}))
    monkeypatch.setattr(passwords, "_client", lambda: client)
    yield _Range
    server.shutdown()
    thread.join()
    server.server_close()


def test_breached_password_is_refused_and_never_sent(service: type[_Range]) -> None:
    with pytest.raises(ValidationError):
        BreachedPasswordValidator().validate(BREACHED)

    digest = hashlib.sha1(BREACHED.encode(), usedforsecurity=False).hexdigest().upper()
    assert service.asked == [f"/range/{digest[:5]}"]


def test_padding_of_the_answer_refuses_nothing(service: type[_Range]) -> None:
    BreachedPasswordValidator().validate(PASSWORD)

    assert len(service.asked) == 1


def test_service_in_trouble_lets_the_password_pass(service: type[_Range]) -> None:
    service.status = 503

    BreachedPasswordValidator().validate(BREACHED)

    assert len(service.asked) == 1


def test_service_that_is_away_lets_the_password_pass(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    away: Env = env.model_copy(update={"breached_passwords_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(passwords, "env", away)
    passwords._client.cache_clear()

    with caplog.at_level("WARNING", logger="accounts.passwords"):
        BreachedPasswordValidator().validate(BREACHED)

    said = [dict(record.msg)["event"] for record in caplog.records]  # type: ignore[arg-type]  # structlog's, not yet rendered
    assert said == ["passwords.breach_check_failed"]


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "qwertyuiop12", "x" * 129])
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        StrengthValidator().validate(password)


def test_common_password_is_too_easy_to_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "zxcvbn", lambda *_args, **_own: {"score": 4})
    with pytest.raises(ValidationError, match="too easy to guess"):
        StrengthValidator().validate(" Password1 ")


def test_no_more_hashes_than_places_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    running, most, lock, gate = 0, 0, threading.Lock(), threading.Event()

    def slow(self: object, password: str, salt: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(1)
        with lock:
            running -= 1
        return "hash"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slow)
    threads = [threading.Thread(target=CappedArgon2Hasher().encode, args=("p", "s")) for _number in range(2 * AT_ONCE)]
    for thread in threads:
        thread.start()
    gate.wait(0.2)
    gate.set()
    for thread in threads:
        thread.join()

    assert most == AT_ONCE
