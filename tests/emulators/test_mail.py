"""The emulated world of mail, driven by the standard library's clients, which know nothing of us."""

import base64
import hashlib
import poplib
import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.emulators.running import Running

SHOP, PASSWORD = "hello@shop.example", "a password"
MAIL = b"From: hello@shop.example\r\nTo: x@customer.example\r\nSubject: Hi\r\nMessage-ID: <1@shop.example>\r\n\r\nHello\r\n.\r\n"


@pytest.fixture
def ports(server: Running) -> dict[str, int]:
    server.control("reset")
    server.control("mail/mailboxes", address=SHOP, password=PASSWORD)
    found: dict[str, int] = server.control("mail/servers")
    return found


@pytest.fixture
def smtp(ports: dict[str, int]) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=10) as client:
        client.login(SHOP, PASSWORD)
        yield client


def mailbox(ports: dict[str, int]) -> list[Message]:
    client = poplib.POP3("127.0.0.1", ports["pop3"], timeout=10)
    client.user(SHOP)
    client.pass_(PASSWORD)
    count = client.stat()[0]
    found = [message_from_bytes(b"\r\n".join(client.retr(number)[1])) for number in range(1, count + 1)]
    client.quit()
    return found


def sent(smtp: smtplib.SMTP, to: str, sender: str = "hello+b@shop.example") -> str:
    """The answer to a mail for one address."""
    try:
        smtp.sendmail(sender, [to], MAIL)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = error.recipients[to]
        return f"{code} {words.decode()}"
    return "taken"


def test_what_is_sent_is_kept_as_it_came(smtp: smtplib.SMTP, server: Running) -> None:
    assert sent(smtp, "zoe@customer.example") == "taken"
    [taken] = server.read("mail/outbox", to="zoe@customer.example")
    assert (taken["account"], taken["from"], taken["raw"].encode()) == (SHOP, "hello+b@shop.example", MAIL)


def test_stranger_may_not_send(ports: dict[str, int]) -> None:
    with smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=10) as client, pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail(SHOP, ["zoe@customer.example"], MAIL)


@pytest.mark.parametrize(("name", "answer"), [("unknown", "550 5.1.1"), ("full", "552 5.2.2")])
def test_addresses_refuse(smtp: smtplib.SMTP, name: str, answer: str) -> None:
    assert sent(smtp, f"{name}@customer.example").startswith(answer)


def test_busy_server_hangs_up(smtp: smtplib.SMTP) -> None:
    assert sent(smtp, "busy@customer.example").startswith("421")


def test_greylist_lets_in_whoever_comes_again(smtp: smtplib.SMTP, server: Running) -> None:
    assert [sent(smtp, "greylist@customer.example")[:3] for _try in range(3)] == ["451", "451", "tak"]
    server.control("mail/faults", connection="zoe@customer.example", faults={"behaviour": "greylist", "times": 1})
    assert [sent(smtp, "zoe@customer.example")[:3] for _try in range(2)] == ["451", "tak"]
    server.control("mail/faults", connection="zoe@customer.example", faults={})
    assert sent(smtp, "zoe@customer.example") == "taken"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("bounce", {"Return-Path": "<>", "Delivered-To": "hello+b@shop.example", "Auto-Submitted": "auto-replied"}),
        ("delayed", {"Return-Path": "<>", "Subject": "Delayed Mail (still being retried)"}),
        ("away", {"Return-Path": "<>", "Auto-Submitted": "auto-replied", "In-Reply-To": "<1@shop.example>"}),
        ("robot", {"Return-Path": "<robot@customer.example>", "Auto-Submitted": None, "Subject": "Re: Hi"}),
        ("list", {"List-Id": "<list.customer.example>", "Subject": "[list] Hi", "Message-ID": "<1@shop.example>"}),
    ],
)
def test_addresses_answer(smtp: smtplib.SMTP, ports: dict[str, int], name: str, fields: dict[str, Any]) -> None:
    assert sent(smtp, f"{name}@customer.example") == "taken"
    [mail] = mailbox(ports)
    assert {field: mail[field] for field in fields} == fields


@pytest.mark.parametrize(("name", "action", "status"), [("bounce", "failed", "5.1.1"), ("delayed", "delayed", "4.4.1")])
def test_reports_name_the_mail(smtp: smtplib.SMTP, ports: dict[str, int], name: str, action: str, status: str) -> None:
    sent(smtp, f"{name}@customer.example")
    [mail] = mailbox(ports)
    parts = {part.get_content_type(): part for part in mail.walk()}
    blocks: Any = parts["message/delivery-status"].get_payload()
    assert (blocks[1]["Action"], blocks[1]["Status"]) == (action, status)
    assert "<1@shop.example>" in str(parts["text/rfc822-headers"].get_payload())


def test_person_writes_and_is_read(server: Running, ports: dict[str, int]) -> None:
    made = server.control("mail/inbound", to="hello+c1@shop.example", subject="Olá", text="É azul?\n.\nx")
    [mail] = mailbox(ports)
    assert (mail["Message-ID"], mail["Delivered-To"]) == (made["message_id"], "hello+c1@shop.example")
    content: Any = mail.get_payload(decode=True)
    assert content.decode() == "É azul?\r\n.\r\nx"


def test_pop_clients_see_numbers_that_stay(server: Running, ports: dict[str, int]) -> None:
    for number in range(3):
        server.control("mail/inbound", to=SHOP, text=str(number))
    client = poplib.POP3("127.0.0.1", ports["pop3"], timeout=10)
    client.user(SHOP)
    client.pass_(PASSWORD)
    before = [line.split()[1] for line in client.uidl()[1]]
    assert client.top(1, 0)[1][-1] == b""
    client.dele(2)
    client.quit()
    again = poplib.POP3("127.0.0.1", ports["pop3"], timeout=10)
    again.user(SHOP)
    again.pass_(PASSWORD)
    assert [line.split()[1] for line in again.uidl()[1]] == [before[0], before[2]]
    with pytest.raises(poplib.error_proto):
        again.retr(7)
    again.quit()


def test_account_is_connected_and_taken_back(server: Running, ports: dict[str, int]) -> None:
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code", "client_id": "us", "redirect_uri": "http://localhost:1/back", "state": "s",
        "code_challenge": challenge, "code_challenge_method": "S256", "login_hint": SHOP,
    }  # fmt: skip
    went = httpx.get(f"{server.url}/mail/oauth/authorize", params=asked).headers["location"]
    said = parse_qs(urlsplit(went).query)
    assert said["state"] == ["s"]
    form = {"grant_type": "authorization_code", "client_id": "us", "code": said["code"][0], "redirect_uri": asked["redirect_uri"]}

    def tokens(**given: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(f"{server.url}/mail/oauth/token", data=given).json()
        return found

    granted = tokens(**form, code_verifier=verifier)
    assert tokens(**form, code_verifier=verifier) == {"error": "invalid_grant"}
    refresh = {"grant_type": "refresh_token", "client_id": "us", "refresh_token": granted["refresh_token"]}
    assert tokens(**refresh)["expires_in"] == 3600
    with smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=10) as client:
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: f"user={SHOP}\x01auth=Bearer {granted['access_token']}\x01\x01")
    assert server.control("mail/revocations", address=SHOP) == {"revoked": 1}
    assert tokens(**refresh) == {"error": "invalid_grant"}
