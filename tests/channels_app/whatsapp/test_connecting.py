"""Connecting a number: what is checked, what is set, and the verdict for each thing that is wrong."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from channels_app.adapters.meta import access, oauth
from channels_app.adapters.whatsapp import connecting, signing_in
from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.contract import ChannelError, Connection, InboxConfig
from tests.channels_app.whatsapp.answering import answering
from tests.channels_app.whatsapp.conftest import APP, INBOX, NUMBER, SECRET, SETTINGS, TOKEN, WABA, with_settings
from tests.emulators.running import Running

FORM = {name: SETTINGS[name] for name in ("phone_number_id", "waba_id", "token", "app_secret", "verify_token")}


@pytest.fixture
def inbox() -> InboxConfig:
    return replace(INBOX, settings=FORM)


def refused(inbox: InboxConfig, url: str = "http://127.0.0.1:9/hooks/whatsapp/wa-inbox") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(inbox, url)
    assert caught.value.code in ADAPTER.errors
    return caught.value


def test_number_is_connected_with_its_own_app(reached: Running, inbox: InboxConfig) -> None:
    with answering(inbox) as asked:
        found = ADAPTER.connect(inbox, asked.url)
        assert asked.tokens == ["of-the-inbox"]
        assert ADAPTER.connect(inbox, asked.url) == found
    assert (found.account, found.parent, found.source, found.owner) == (NUMBER, WABA, APP, "10001")
    assert found.settings["phone_number"] == "351210000001"
    assert found.facts["quality"] == "GREEN"
    assert found.facts["limit"] == "250"
    assert found.expires_at is None
    assert "Terra & Glaze" in str(found.words)


def test_events_come_to_the_inboxes_own_address_until_it_is_disconnected(reached: Running, inbox: InboxConfig) -> None:
    reached.control("graph/apps", id=APP, webhooks=[{"object": "whatsapp_business_account", "url": "http://127.0.0.1:9/other"}])
    with answering(inbox) as asked:
        ADAPTER.connect(inbox, asked.url)
        reached.control("whatsapp/inbound", text="one")
        reached.control("settle")
        assert len(asked.bodies) == 1
        ADAPTER.disconnect(inbox)
        ADAPTER.disconnect(inbox)
        reached.control("whatsapp/inbound", text="two")
        reached.control("settle")
        assert len(asked.bodies) == 1


def test_disconnecting_lets_another_inbox_of_the_account_be(reached: Running, inbox: InboxConfig) -> None:
    with answering(inbox) as asked:
        ADAPTER.connect(inbox, asked.url)
        ADAPTER.disconnect(replace(inbox, key="another"))
        reached.control("whatsapp/inbound", text="one")
        reached.control("settle")
        assert len(asked.bodies) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "EAAguess"}, "token_void"),
        ({"token": ""}, "token_void"),
        ({"app_secret": ""}, "app_secret_missing"),
        ({"app_secret": "wrong"}, "app_secret_wrong"),
        ({"phone_number_id": "999999"}, "no_such_account"),
        ({"waba_id": "999999"}, "no_such_account"),
        ({"waba_id": ""}, "number_not_of_account"),
    ],
)
def test_wrong_setting_has_its_verdict(reached: Running, changes: dict[str, str], code: str) -> None:
    assert refused(with_settings(**changes)).code == code


def test_number_of_another_account_is_refused(reached: Running) -> None:
    reached.control(
        "whatsapp/numbers", id="100000000000022", waba="200000000000022", app=APP, token="EAAall", phone="351210000022"
    )
    reached.control("graph/tokens", app=APP, value="EAAboth", nodes=[WABA, "200000000000022"], scopes=list(connecting.SCOPES))
    assert refused(with_settings(token="EAAboth", phone_number_id="100000000000022")).code == "number_not_of_account"


def test_missing_permission_is_named(reached: Running) -> None:
    reached.control("graph/tokens", app=APP, value="EAAless", nodes=[WABA], scopes=["whatsapp_business_messaging"])
    error = refused(with_settings(token="EAAless"))
    assert (error.code, error.detail) == ("permission_missing", "whatsapp_business_management")


def test_address_that_does_not_answer_is_told(reached: Running, inbox: InboxConfig) -> None:
    assert refused(inbox).code == "webhook_refused"
    with answering(replace(inbox, settings={**FORM, "verify_token": "another"})) as asked:
        assert refused(inbox, asked.url).code == "webhook_refused"


def test_pin_registers_a_number(reached: Running, inbox: InboxConfig) -> None:
    given = {"id": NUMBER, "waba": WABA, "app": APP, "token": TOKEN}
    reached.control("whatsapp/numbers", **given, is_registered=False, pin="123456")
    with answering(inbox) as asked:
        assert "PIN" in str(ADAPTER.connect(inbox, asked.url).words)
        assert refused(replace(inbox, settings={**FORM, "pin": "654321"}), asked.url).code == "pin_wrong"
        found = ADAPTER.connect(replace(inbox, settings={**FORM, "pin": "123456"}), asked.url)
    assert found.facts["status"] == "CONNECTED"


def test_access_that_ends_is_told(reached: Running) -> None:
    reached.control("graph/tokens", app=APP, value="EAAends", nodes=[WABA], scopes=list(connecting.SCOPES), lives=5_000_000)
    inbox = replace(INBOX, settings={**FORM, "token": "EAAends"})
    with answering(inbox) as asked:
        found = ADAPTER.connect(inbox, asked.url)
    assert found.expires_at is not None
    assert found.expires_at.date().isoformat() in str(found.words)


@pytest.fixture
def operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has an app: the one whose secret is known."""

    class Secret:
        @staticmethod
        def get_secret_value() -> str:
            return SECRET

    class Env:
        meta_app_id, meta_app_secret = APP, Secret

    for module in (access, oauth, signing_in):
        monkeypatch.setattr(module, "env", Env)


@pytest.mark.usefixtures("operators")
def test_signing_in_ends_what_an_own_app_was_told(reached: Running, inbox: InboxConfig) -> None:
    app = {"id": "900000000000099", "secret": "of-the-own-app"}
    reached.control("graph/apps", **app)
    reached.control("graph/tokens", app=app["id"], value="EAAown", nodes=[WABA], scopes=list(connecting.SCOPES))
    own = {**FORM, "token": "EAAown", "app_secret": app["secret"]}
    with answering(inbox) as asked:
        ADAPTER.connect(replace(inbox, settings=own), asked.url)
        asked_for = {"client_id": APP, "redirect_uri": "https://us.example/back", "config_id": "1", f"node-{WABA}": "on"}
        back = httpx.post(f"{reached.url}/facebook/v26.0/dialog/oauth", data={**asked_for, "answer": "yes"})
        [code] = parse_qs(urlsplit(back.headers["location"]).query)["code"]
        grant = {"code": code, "redirect_uri": "https://us.example/back"}
        found = ADAPTER.connect(replace(inbox, settings={**own, "grant": grant}), asked.url)
        assert list(found.choices) == [f"{WABA}/{NUMBER}"]
        reached.control("whatsapp/inbound", text="one")
        reached.control("settle")
        assert asked.bodies == []


@pytest.mark.usefixtures("operators")
def test_number_of_the_operators_app_keeps_the_shared_address(reached: Running) -> None:
    inbox = with_settings(app_secret="")
    found: Connection = ADAPTER.connect(inbox, "http://127.0.0.1:9/nobody-is-asked")
    assert (found.account, found.source) == (NUMBER, "")
    ADAPTER.disconnect(inbox)
    shown: dict[str, Any] = connecting.line_of(inbox).get(f"{WABA}/subscribed_apps")
    assert [one["whatsapp_business_api_data"]["id"] for one in shown["data"]] == [APP]
    assert "override_callback_uri" not in shown["data"][0]
