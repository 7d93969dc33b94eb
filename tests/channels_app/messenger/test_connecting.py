"""Connecting a page: whose access it is, where its events go, signing in, and taking it back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from channels_app.adapters.messenger import connecting
from channels_app.adapters.messenger.adapter import ADAPTER
from channels_app.adapters.messenger.config import ConfigForm
from channels_app.adapters.meta import access, oauth
from channels_app.contract import ChannelError, InboxConfig, SignInWay
from chatzee.env import env
from tests.channels_app.messenger.samples import APP, PAGE, PAGE_INBOX, SECRET, TOKEN
from tests.channels_app.whatsapp.answering import Asked, answering
from tests.emulators.running import Running

BACK = "https://app.example/back"
FRESH = replace(PAGE_INBOX, settings={"token": TOKEN, "app_secret": SECRET, "verify_token": "of-the-inbox"})


def fresh(**settings: Any) -> InboxConfig:
    return replace(FRESH, settings={**FRESH.settings, **settings})


@pytest.fixture
def asked(reached: Running) -> Iterator[Asked]:
    with answering(FRESH, ADAPTER) as found:
        yield found


def fails(inbox: InboxConfig, url: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(inbox, url)
    assert caught.value.code in ADAPTER.errors
    return caught.value


def test_own_app_is_told_our_address_and_the_page_tells_it(reached: Running, asked: Asked) -> None:
    found = ADAPTER.connect(FRESH, asked.url)
    assert (found.account, found.source, found.owner, found.facts) == (PAGE, APP, "10001", {"page": "Terra & Glaze"})
    assert found.settings["page_id"] == PAGE
    assert "Terra & Glaze" in str(found.words)
    assert asked.tokens == ["of-the-inbox"]
    assert ADAPTER.connect(FRESH, asked.url) == found
    reached.control("messenger/inbound", **{"kind": "text", "from": "7000000009"})
    reached.control("settle")
    assert len(asked.bodies) == 1
    connected = replace(FRESH, settings={**FRESH.settings, **found.settings})
    ADAPTER.disconnect(connected)
    reached.control("messenger/inbound", **{"kind": "text", "from": "7000000009"})
    reached.control("settle")
    assert len(asked.bodies) == 1


def test_address_that_does_not_answer(reached: Running) -> None:
    assert fails(FRESH, "http://127.0.0.1:9/hooks").code == "webhook_refused"


def test_access_that_is_not_good_enough(reached: Running, asked: Asked) -> None:
    assert fails(fresh(app_secret="another"), asked.url).code == "app_secret_wrong"
    assert fails(fresh(app_secret=""), asked.url).code == "app_secret_missing"
    assert fails(fresh(token="EAAother"), asked.url).stops_inbox
    reached.control("graph/tokens", app=APP, value="EAApoor", nodes=[PAGE], me=PAGE, scopes=["pages_messaging"])
    poor = fails(fresh(token="EAApoor"), asked.url)
    assert (poor.code, poor.detail) == ("permission_missing", "pages_manage_metadata")
    reached.control("graph/tokens", app=APP, value="EAAperson", user="10002", nodes=[PAGE], scopes=list(connecting.SCOPES))
    assert fails(fresh(token="EAAperson"), asked.url).code == "not_a_page"
    reached.control("messenger/revocations", subcode=463)
    assert (fails(FRESH, asked.url).code, fails(FRESH, asked.url).stops_inbox) == ("token_expired", True)


def test_operators_app_signs_in(reached: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"meta_app_id": APP, "meta_app_secret": SecretStr(SECRET), "meta_dialog_url": f"{reached.url}/facebook"}
    operators = env.model_copy(update=facts)
    for module in (connecting, access, oauth):
        monkeypatch.setattr(module, "env", operators)
    url = ADAPTER.sign_in_url(FRESH, SignInWay("s", BACK, ""))
    answered = httpx.post(url, data={"answer": "yes", f"node-{PAGE}": "on"})
    grant = {"code": httpx.URL(answered.headers["location"]).params["code"], "redirect_uri": BACK}
    offered = ADAPTER.connect(replace(FRESH, settings={"grant": grant, "app_secret": "of-before"}), "")
    assert (offered.choices, offered.settings["app_secret"]) == ({PAGE: "Terra & Glaze"}, "")
    chosen = {**offered.settings, **ADAPTER.chosen(PAGE)}
    connected = ADAPTER.connect(replace(FRESH, settings=chosen), "")
    assert (connected.account, connected.source, connected.expires_at) == (PAGE, "", None)
    assert connected.settings["token"] != offered.settings["token"]


def test_form_keeps_secrets_and_asks_for_them() -> None:
    kept = ConfigForm({"token": "", "app_secret": ""}, initial={"token": "EAA1", "app_secret": "s"})
    assert kept.is_valid()
    assert kept.cleaned_data == {"token": "EAA1", "app_secret": "s"}
    assert set(ConfigForm({}).errors) == {"token", "app_secret"}
    assert "EAA1" not in kept.as_p()
