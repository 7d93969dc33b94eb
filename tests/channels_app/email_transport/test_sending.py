"""Mail going out, against a server that behaves and misbehaves."""

import ssl
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from channels_app.adapters.email import accounts, lines, sending
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.message_ids import own_reference
from channels_app.adapters.email.reply_tokens import bounced_in, conversation_in
from channels_app.contract import ChannelError, InboxConfig, Outgoing, OutgoingFile
from tests.channels_app.email.builders import CONVERSATION, REFERENCE, SECRET, inbox_with
from tests.channels_app.email_transport.certificates import Authority
from tests.channels_app.email_transport.conftest import Allowed
from tests.channels_app.email_transport.smtp_server import Behaviour, smtp_server

ZOE = "zoe@customer.example"
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def outgoing(**changes: Any) -> Outgoing:
    return replace(Outgoing(REFERENCE, ZOE, "It is **still** there.", conversation=CONVERSATION, name="Zoë"), **changes)


def file(name: str, content_type: str, content: bytes) -> OutgoingFile:
    return OutgoingFile(UUID(int=len(name)), name, content_type, len(content), lambda: content)


@pytest.fixture
def server() -> Behaviour:
    return Behaviour(passwords={"help": "pässword"})


@pytest.fixture
def inbox(server: Behaviour, allowed: Allowed) -> Iterator[InboxConfig]:
    with smtp_server(server, enable_SMTPUTF8=True) as port:
        allowed(port)
        yield inbox_with(
            display_name="Terra & Glaze", smtp_host="127.0.0.1", smtp_port=port, smtp_security="plain",
            user="help", password="pässword",
        )  # fmt: skip


def failed(inbox: InboxConfig, message: Outgoing | None = None) -> ChannelError:
    """Why a message was not sent; every reason is worded."""
    with pytest.raises(ChannelError) as caught:
        ADAPTER.send(message or outgoing(), inbox)
    assert caught.value.code in ADAPTER.errors
    assert ZOE not in caught.value.detail
    return caught.value


def mail_of(server: Behaviour) -> EmailMessage:
    [taken] = server.taken
    found = message_from_bytes(taken.content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_answer_is_threaded_and_leads_back(inbox: InboxConfig, server: Behaviour) -> None:
    earlier = ["<first@customer.example>", "<second@customer.example>"]
    sent = ADAPTER.send(outgoing(subject="AW: Re: The blue bowl", earlier=earlier, reply_to=earlier[0]), inbox)
    mail, taken = mail_of(server), server.taken[0]
    assert mail["Message-ID"] == sent.provider_id
    assert own_reference(sent.provider_id, SECRET) == REFERENCE
    assert mail["In-Reply-To"] == earlier[0]
    assert mail["References"].split() == [earlier[1], earlier[0]]
    assert mail["Subject"] == "Re: The blue bowl"
    assert str(mail["From"]) == "Terra & Glaze <help@shop.example>"
    assert str(mail["To"]) == f"Zoë <{ZOE}>"
    assert conversation_in([mail["Reply-To"]], SECRET) == CONVERSATION
    assert bounced_in([taken.sender], SECRET) == REFERENCE
    assert taken.recipients == [ZOE]
    assert mail["Auto-Submitted"] is None
    assert mail["List-Unsubscribe"] is None


def test_every_try_has_the_same_id(inbox: InboxConfig, server: Behaviour) -> None:
    ids = {ADAPTER.send(outgoing(), inbox).provider_id for _try in range(2)}
    assert len(ids) == 1
    assert {message_from_bytes(one.content)["Message-ID"] for one in server.taken} == ids


def test_text_and_html_say_the_same(inbox: InboxConfig, server: Behaviour) -> None:
    text = "Look: **bold** <script>alert(1)</script>\n.\n[our page](https://shop.example/?a=1&b=2) 2 * 3 * 4"
    ADAPTER.send(outgoing(text=text), inbox_signed(inbox))
    mail = mail_of(server)
    plain, html = body_of(mail, "plain"), body_of(mail, "html")
    assert "our page (https://shop.example/?a=1&b=2) 2 * 3 * 4" in plain
    assert "\n.\n" in plain
    assert plain.endswith("-- \nAna & co\n")
    assert "<strong>bold</strong> &lt;script&gt;" in html
    assert '<a href="https://shop.example/?a=1&amp;b=2">our page</a> 2 * 3 * 4' in html
    assert "Ana &amp; co" in html


def inbox_signed(inbox: InboxConfig) -> InboxConfig:
    return replace(inbox, settings={**inbox.settings, "signature": "Ana & co"})


def test_images_stand_where_they_were_put_and_files_beside(inbox: InboxConfig, server: Behaviour) -> None:
    files = [
        file("bowl.png", "image/png", PIXEL),
        file("Größe.pdf", "application/pdf", b"%PDF"),
        file("x.eml", "message/rfc822", b"a: b\r\n\r\n"),
    ]
    ADAPTER.send(outgoing(text="See ![the bowl](bowl.png) here", files=files), inbox)
    mail = mail_of(server)
    related = [part for part in mail.walk() if part.get_content_disposition() == "inline"]
    assert [part.get_payload(decode=True) for part in related] == [PIXEL]
    assert f'<img src="cid:{related[0]["Content-ID"].strip("<>")}" alt="the bowl">' in body_of(mail, "html")
    attached = {part.get_filename(): part.get_content_type() for part in mail.iter_attachments()}
    assert attached == {"Größe.pdf": "application/pdf", "x.eml": "application/octet-stream"}
    assert "See [the bowl] here" in body_of(mail, "plain")


def test_copies_go_out_and_blind_ones_stay_blind(inbox: InboxConfig, server: Behaviour) -> None:
    data = {"cc": [["cc@customer.example", "Sëun"]], "bcc": [["bcc@customer.example", ""], [ZOE, ""]]}
    assert ADAPTER.send(outgoing(data=data), inbox).code == ""
    [taken] = server.taken
    assert taken.recipients == [ZOE, "cc@customer.example", "bcc@customer.example"]
    assert str(mail_of(server)["Cc"]) == "Sëun <cc@customer.example>"
    assert b"bcc" not in taken.content.lower()


def test_automatic_mail_says_so(inbox: InboxConfig, server: Behaviour) -> None:
    ADAPTER.send(outgoing(is_automatic=True, earlier=["<a@customer.example>"]), inbox)
    mail = mail_of(server)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_bulk_mail_can_be_left_with_one_click(inbox: InboxConfig, server: Behaviour) -> None:
    url = "https://shop.example/leave/" + "x" * 200
    ADAPTER.send(outgoing(data={"unsubscribe": url}), inbox)
    mail = mail_of(server)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{url}>", "List-Unsubscribe=One-Click")


def test_headers_cannot_be_injected(inbox: InboxConfig, server: Behaviour) -> None:
    evil = "x\r\nBcc: spy@evil.example\r\n\r\nbody"
    inbox = replace(inbox, settings={**inbox.settings, "display_name": evil})
    data = {"subject": evil, "cc": [["cc@customer.example", evil]], "unsubscribe": "ftp://x"}
    name = file(evil, "image/png\r\nX-Evil: 1", b"1")
    ADAPTER.send(outgoing(name=evil, data=data, earlier=[f"<a@b>{evil}", "<ö@b>"], reply_to=evil, files=[name]), inbox)
    mail = mail_of(server)
    assert server.taken[0].recipients == [ZOE, "cc@customer.example"]
    assert [name for name in ("Bcc", "X-Evil", "List-Unsubscribe") if mail[name] is not None] == []
    assert "Bcc: spy@evil.example" in str(mail["Subject"])


def test_long_ids_stay_whole(inbox: InboxConfig, server: Behaviour) -> None:
    earlier = [f"<{'x' * 300}{number}@customer.example>" for number in range(20)]
    ADAPTER.send(outgoing(earlier=[*earlier, "<sha256.1@missing.invalid>"]), inbox)
    found = mail_of(server)["References"].split()
    assert found == [earlier[0], *earlier[-11:]]
    assert max(len(line) for line in server.taken[0].content.split(b"\r\n")) < 998


def test_local_part_beyond_ascii_needs_a_server_that_can(inbox: InboxConfig, server: Behaviour, allowed: Allowed) -> None:
    ADAPTER.send(outgoing(to="zoë@münchen.example"), inbox)
    assert server.taken[0].recipients == ["zoë@xn--mnchen-3ya.example"]
    assert "SMTPUTF8" in server.taken[0].options
    with smtp_server(server) as port:
        allowed(port)
        plain = replace(inbox, settings={**inbox.settings, "smtp_port": port})
        assert failed(plain, outgoing(to="zoë@customer.example")).code == "address_unsupported"
        assert ADAPTER.send(outgoing(to="zoe@münchen.example"), plain).provider_id


def test_mail_that_is_too_large_is_not_even_sent(inbox: InboxConfig, server: Behaviour, allowed: Allowed) -> None:
    with smtp_server(server, data_size_limit=20_000) as port:
        allowed(port)
        small = replace(inbox, settings={**inbox.settings, "smtp_port": port})
        error = failed(small, outgoing(files=[file("big.bin", "application/octet-stream", b"x" * 30_000)]))
    assert (error.code, error.permanent, error.detail) == ("too_large", True, "SIZE 20000")
    assert server.taken == []


def flags(error: ChannelError) -> str:
    names = ("permanent", "is_inbox_wide", "stops_inbox", "is_ambiguous")
    return " ".join([error.code, *(name for name in names if getattr(error, name))])


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        (f"RCPT:{ZOE}", "550 5.1.1 <zoe@customer.example> User unknown", "mailbox_unknown permanent"),
        (f"RCPT:{ZOE}", "550 5.1.2 Bad destination", "domain_unknown permanent"),
        (f"RCPT:{ZOE}", "552 5.2.2 Mailbox full", "mailbox_full permanent"),
        (f"RCPT:{ZOE}", "451 4.7.1 Greylisted, try again later", "later"),
        (f"RCPT:{ZOE}", "452 4.2.2 Over quota", "later"),
        (f"RCPT:{ZOE}", "421 4.7.0 Too many connections", "server_busy is_inbox_wide"),
        (f"RCPT:{ZOE}", "554 No thanks", "refused permanent"),
        ("MAIL", "550 5.7.60 SendAsDenied", "sender_refused permanent is_inbox_wide"),
        ("MAIL", "530 5.7.0 Authentication required", "login_refused is_inbox_wide stops_inbox"),
        ("MAIL", "550 5.7.30 Basic authentication is not supported", "passwords_over is_inbox_wide stops_inbox"),
        ("MAIL", "452 4.3.1 Out of storage", "server_busy is_inbox_wide"),
        ("DATA", "451 4.3.0 Not now", "later"),
        ("END", "554 5.7.1 Looks like junk", "refused permanent"),
        ("END", "552 5.3.4 Too big", "too_large permanent"),
        ("END", "451 4.3.0 Queue full", "later"),
    ],
)
def test_refusals_are_understood(inbox: InboxConfig, server: Behaviour, step: str, answer: str, expected: str) -> None:
    server.answers[step] = answer
    assert flags(failed(inbox)) == expected
    assert server.taken == []


@pytest.mark.parametrize(
    ("step", "expected"), [("DATA", "no_connection is_inbox_wide"), ("END", "unconfirmed is_inbox_wide is_ambiguous")]
)
def test_only_silence_after_the_final_dot_is_a_doubt(inbox: InboxConfig, server: Behaviour, step: str, expected: str) -> None:
    server.cuts = step
    assert flags(failed(inbox)) == expected


def test_refused_copy_does_not_hold_the_mail_up(inbox: InboxConfig, server: Behaviour) -> None:
    server.answers["RCPT:cc@customer.example"] = "550 5.1.1 Unknown"
    sent = ADAPTER.send(outgoing(data={"cc": [["cc@customer.example", ""]]}), inbox)
    assert sent.code == "copy_refused"
    assert server.taken[0].recipients == [ZOE]


def test_wrong_password_stops_the_inbox_and_a_busy_server_does_not(inbox: InboxConfig, server: Behaviour) -> None:
    wrong = replace(inbox, settings={**inbox.settings, "password": "wrong"})
    assert flags(failed(wrong)) == "login_refused is_inbox_wide stops_inbox"
    server.answers["AUTH"] = "454 4.7.0 Temporary authentication failure"
    assert flags(failed(wrong)) == "server_busy is_inbox_wide"
    server.answers["AUTH"] = "535 5.7.30 Basic authentication is not supported"
    assert flags(failed(wrong)) == "passwords_over is_inbox_wide stops_inbox"


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which tokens were asked for anew; each refresh gives the next number."""
    asked: list[str] = []

    def give(inbox: InboxConfig, refused: str = "") -> str:
        if refused:
            asked.append(refused)
        return f"token-{len(asked)}"

    monkeypatch.setattr(sending, "access_token", give)
    return asked


def test_refused_token_is_replaced_once(inbox: InboxConfig, server: Behaviour, tokens: list[str]) -> None:
    google = replace(inbox, settings={**inbox.settings, "login": accounts.GOOGLE})
    server.tokens = {"token-1"}
    assert ADAPTER.send(outgoing(), google).provider_id
    assert tokens == ["token-0"]
    server.tokens = set()
    assert flags(failed(google)) == "login_refused is_inbox_wide"
    assert (len(tokens), server.refused) == (2, 3)


def test_starttls_and_tls_verify_the_server(server: Behaviour, authority: Authority, allowed: Allowed) -> None:
    context = authority.serving("localhost")
    with smtp_server(server, tls_context=context) as upgrading, smtp_server(server, tls=context) as encrypted:
        for port, security in ((upgrading, "starttls"), (encrypted, "tls")):
            for host, expected in (("localhost", ""), ("127.0.0.1", "tls_failed is_inbox_wide")):
                allowed(port, host)
                names = {"smtp_host": host, "smtp_port": port, "smtp_security": security}
                inbox = inbox_with(**names, user="help", password="pässword")
                if expected:
                    assert flags(failed(inbox)) == expected
                else:
                    assert ADAPTER.send(outgoing(), inbox).provider_id
    assert len(server.taken) == 2


def test_server_without_starttls_gets_no_password(inbox: InboxConfig, server: Behaviour) -> None:
    stripped = replace(inbox, settings={**inbox.settings, "smtp_security": "starttls"})
    assert failed(stripped).code == "tls_failed"
    assert server.taken == []


def test_unknown_authority_is_refused(
    server: Behaviour, authority: Authority, allowed: Allowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "trust", ssl.create_default_context)
    with smtp_server(server, tls=authority.serving("localhost")) as port:
        allowed(port, "localhost")
        assert failed(inbox_with(smtp_host="localhost", smtp_port=port, smtp_security="tls")).code == "tls_failed"


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("127.0.0.1", 587, "starttls"),
        ("localhost", 465, "tls"),
        ("10.0.0.1", 465, "tls"),
        ("8.8.8.8", 6379, "tls"),
        ("8.8.8.8", 25, "plain"),
    ],
)
def test_private_servers_odd_ports_and_plain_text_are_out_of_reach(allowed: Allowed, host: str, port: int, security: str) -> None:
    assert failed(inbox_with(smtp_host=host, smtp_port=port, smtp_security=security)).code == "server_forbidden"


def test_nobody_listening_is_our_lines_trouble(allowed: Allowed) -> None:
    with smtp_server(Behaviour()) as port:
        allowed(port)
    error = failed(inbox_with(smtp_host="127.0.0.1", smtp_port=port, smtp_security="plain"))
    assert flags(error) == "no_connection is_inbox_wide"


def test_inbox_without_a_server_says_so() -> None:
    assert flags(failed(inbox_with())) == "not_connected permanent"


def test_own_key_signs(inbox: InboxConfig, server: Behaviour) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    signing = replace(inbox, settings={**inbox.settings, "dkim_selector": "s1", "dkim_key": pem.decode()})
    ADAPTER.send(outgoing(text="Größe\n.dot", earlier=["<a@customer.example>"]), signing)
    [taken] = server.taken
    from base64 import b64encode

    record: Callable[..., bytes] = lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + b64encode(public)  # noqa: E731
    assert dkim.verify(taken.content, dnsfunc=record)
    assert not dkim.verify(taken.content.replace(b"=2Edot", b"=2Edots").replace(b".dot", b".dots"), dnsfunc=record)
    broken = replace(inbox, settings={**signing.settings, "dkim_key": "no key"})
    assert failed(broken).code == "dkim_key_void"


def test_without_plus_addresses_bounces_come_to_the_address_itself(inbox: InboxConfig, server: Behaviour) -> None:
    ADAPTER.send(outgoing(), replace(inbox, settings={**inbox.settings, "plus_addresses": False}))
    assert server.taken[0].sender == "help@shop.example"
