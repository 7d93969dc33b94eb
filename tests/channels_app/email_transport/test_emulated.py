"""The adapter in the emulated world: mailboxes are connected and read, mail goes out, accounts are taken back."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from channels_app.adapters.email import oauth
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.authenticity.resolving import Recorded
from channels_app.adapters.email.config import ConfigForm
from channels_app.adapters.email.message_ids import own_reference
from channels_app.adapters.email.receiving import pop, storing
from channels_app.contract import ChannelError, InboxConfig, Outgoing, SignInWay
from channels_app.services import tokens
from conversations.normalised import InboundMessage, Receipt
from core.http import SafeClient
from tests.channels_app.email.builders import CONVERSATION, SECRET, inbox_with
from tests.channels_app.email.ears import Ear
from tests.channels_app.email_transport.conftest import Allowed
from tests.emulators.running import Running, running_emulator

SHOP, PASSWORD = "help@shop.example", "a password"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture
def inbox(emulator: Running, allowed: Allowed, monkeypatch: pytest.MonkeyPatch) -> InboxConfig:
    emulator.control("reset")
    emulator.control("mail/mailboxes", address=SHOP, password=PASSWORD)
    ports = emulator.control("mail/servers")
    for port in ports.values():
        allowed(port)
    monkeypatch.setattr(storing, "_resolver", lambda: Recorded({}))
    monkeypatch.setattr(pop, "POLL_SECONDS", 0.2)
    return inbox_with(
        user=SHOP, password=PASSWORD, protocol="pop3", first_days=3,
        mailbox_host="127.0.0.1", mailbox_port=ports["pop3"], mailbox_security="plain",
        smtp_host="127.0.0.1", smtp_port=ports["smtp"], smtp_security="plain",
    )  # fmt: skip


def outgoing(to: str) -> Outgoing:
    return Outgoing(uuid4(), to, "It is still there.", conversation=CONVERSATION, subject="The bowl")


def test_mailbox_is_connected_in_words(inbox: InboxConfig) -> None:
    assert ADAPTER.connect(inbox, "").words == f"We read the mail of {SHOP}. We send through 127.0.0.1."


def test_side_that_does_not_connect_is_named(inbox: InboxConfig) -> None:
    for changes, side in (({"password": "wrong"}, "Reading mail"), ({"smtp_user": "x", "smtp_password": "y"}, "Sending mail")):
        with pytest.raises(ChannelError) as caught:
            ADAPTER.connect(replace(inbox, settings={**inbox.settings, **changes}), "")
        assert caught.value.code == "login_refused"
        assert caught.value.detail.startswith(side)


def test_mail_is_read_once_and_from_where_it_was_left(emulator: Running, inbox: InboxConfig) -> None:
    emulator.control("mail/inbound", to=SHOP, subject="One", text="first")
    with Ear(inbox, {}) as ear:
        ear.events(1)
        emulator.control("mail/inbound", to=SHOP, subject="Two", text="second")
        assert [event.text for event in ear.events(2)] == ["first", "second"]
    emulator.control("mail/inbound", to=SHOP, text="third")
    with Ear(inbox, ear.cursor) as again:
        assert [event.text for event in again.events(1)] == ["third"]


def test_first_start_takes_only_what_comes_from_now_on(emulator: Running, inbox: InboxConfig) -> None:
    emulator.control("mail/inbound", to=SHOP, text="old")
    with Ear(replace(inbox, settings={**inbox.settings, "first_days": 0}), {}) as ear:
        time.sleep(0.5)
        emulator.control("mail/inbound", to=SHOP, text="new")
        assert [event.text for event in ear.events(1)] == ["new"]


def test_answer_and_reports_find_their_message(emulator: Running, inbox: InboxConfig) -> None:
    with Ear(inbox, {}) as ear:
        for name in ("bounce", "delayed", "away"):
            sent = ADAPTER.send(outgoing(f"{name}@customer.example"), inbox)
            assert own_reference(sent.provider_id, SECRET)
        bounced, delayed, away = ear.events(3)
    assert isinstance(bounced, Receipt)
    assert (bounced.status, bounced.error_code) == ("failed", "mailbox_unknown")
    assert isinstance(delayed, Receipt)
    assert (delayed.status, delayed.error_code) == ("sent", "delayed")
    assert isinstance(away, InboundMessage)
    assert away.is_automatic


@pytest.fixture
def google(emulator: Running, inbox: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[InboxConfig]:
    """The inbox with an account at the emulated provider; its settings are kept in memory."""
    kept: dict[str, Any] = {}
    provider = replace(
        oauth.Provider("", "", "scope", "us", "", {}),
        authorize_url=f"{emulator.url}/mail/oauth/authorize",
        token_url=f"{emulator.url}/mail/oauth/token",
    )
    client = SafeClient(private=frozenset({urlsplit(emulator.url).netloc}))
    monkeypatch.setattr(oauth, "provider_of", lambda way: provider)
    monkeypatch.setattr(oauth, "_client", lambda: client)
    monkeypatch.setattr(tokens, "tokens_of", lambda workspace, inbox: dict(kept))
    monkeypatch.setattr(tokens, "replace_tokens", lambda workspace, inbox, new: kept.update(new))
    monkeypatch.setattr(tokens, "drop_grant", lambda workspace, inbox: None)

    def keep(workspace: object, inbox: object, *, used: str, new: Mapping[str, Any]) -> dict[str, Any]:
        kept.update(new)
        return dict(kept)

    monkeypatch.setattr(tokens, "keep_tokens", keep)
    way = SignInWay("s", "http://localhost:1/back", "a verifier of at least forty-three characters, as RFC 7636 wants")
    theirs = replace(inbox, settings={**inbox.settings, "login": "google", "password": ""})
    url = oauth.sign_in_url(theirs, way)
    code = parse_qs(urlsplit(httpx.get(url).headers["location"]).query)["code"][0]
    grant = {"code": code, "verifier": way.verifier, "redirect_uri": way.redirect_uri}
    yield replace(theirs, settings={**theirs.settings, "grant": grant})
    client.close()


def test_account_is_connected_refreshed_and_taken_back(emulator: Running, google: InboxConfig) -> None:
    assert "We read the mail" in str(ADAPTER.connect(google, "").words)
    with pytest.raises(ChannelError) as used_up:
        ADAPTER.connect(google, "")
    assert used_up.value.code == "login_expired"
    emulator.control("clock/advance", seconds=4000)
    assert ADAPTER.send(outgoing("zoe@customer.example"), google).provider_id
    emulator.control("mail/revocations", address=SHOP)
    with pytest.raises(ChannelError) as revoked:
        ADAPTER.send(outgoing("zoe@customer.example"), google)
    assert (revoked.value.code, revoked.value.stops_inbox) == ("login_expired", True)
    assert len(emulator.read("mail/outbox")) == 1


def test_provider_that_is_away_stops_nothing(google: InboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    ADAPTER.connect(google, "")
    nowhere = replace(oauth.provider_of("google"), token_url="http://127.0.0.1:9/token")
    monkeypatch.setattr(oauth, "provider_of", lambda way: nowhere)
    with pytest.raises(ChannelError) as caught:
        oauth.access_token(google, refused=oauth.access_token(google))
    assert (caught.value.code, caught.value.stops_inbox) == ("no_connection", False)


def form_of(**given: Any) -> ConfigForm:
    known = {"address": SHOP, "receive": "mailbox", "user": "u", "password": "p", "mailbox_host": "imap.shop.example"}
    return ConfigForm({**known, "smtp_host": "smtp.shop.example", **given}, initial={"password": "kept"})


def test_form_keeps_secrets_and_asks_for_what_is_needed() -> None:
    assert form_of().is_valid()
    kept = form_of(password="")
    assert kept.is_valid()
    assert kept.cleaned_data["password"] == "kept"
    assert "kept" not in kept.as_p()
    assert list(form_of(mailbox_host="", user="").errors) == ["user", "mailbox_host"]
    assert form_of(mailbox_host="", smtp_host="", user="", login="google").is_valid()


@pytest.mark.parametrize("bits", [1024, 4096])
def test_form_takes_a_signing_key_as_a_field_of_one_line_leaves_it(bits: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    given = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    for typed in (given, given.replace("\n", ""), given.replace("\n", " ")):
        form = form_of(dkim_selector="s1", dkim_key=typed)
        assert not form.errors
        assert form.cleaned_data["dkim_key"] == given


@pytest.mark.parametrize(
    ("name", "value"),
    [("mailbox_host", "localhost"), ("smtp_host", "https://x.example"), ("smtp_port", "6379"), ("smtp_security", "plain"),
     ("dkim_key", "no key"), ("first_days", "1000")],
)  # fmt: skip
def test_form_says_what_cannot_be(name: str, value: str) -> None:
    assert list(form_of(**{name: value}).errors) == [name]
