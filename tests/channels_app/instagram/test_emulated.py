"""Instagram against the emulator: what people do, what is sent, how an account is connected and its access renewed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from channels_app.adapters.instagram import connecting, stacks, tokens
from channels_app.adapters.instagram.adapter import ADAPTER
from channels_app.adapters.meta import access, oauth, pages
from channels_app.contract import Action, ChannelError, InboxConfig, Outgoing, OutgoingFile, SignInWay
from chatzee.env import env
from conversations.normalised import Echo, InboundMessage, MessageDeleted, ReactionChanged, Receipt
from tests.channels_app.messenger.emulated import Line
from tests.channels_app.messenger.samples import (
    ACCOUNT,
    ACCOUNT_INBOX,
    APP,
    LOGIN_APP,
    LOGIN_SECRET,
    PAGE,
    PERSON,
    SECRET,
    TOKEN,
)
from tests.channels_app.whatsapp.answering import answering
from tests.emulators.receiving import Receiver
from tests.emulators.running import Running

BACK = "https://app.example/back"


def outgoing(text: str = "Olá 👋", **more: Any) -> Outgoing:
    return Outgoing(**{"reference": uuid4(), "to": PERSON, "text": text, **more})


def refused(wanted: Outgoing, inbox: InboxConfig = ACCOUNT_INBOX) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.send(wanted, inbox)
    assert caught.value.code in ADAPTER.errors
    return caught.value


def said(line: Line, kind: str, **given: Any) -> InboundMessage:
    line.does(kind, **given)
    (found,) = line.heard()
    assert isinstance(found, InboundMessage)
    return found


def test_story_is_shown_from_its_address_and_ends(line: Line) -> None:
    mention = said(line, "story_mention")
    assert (mention.content_type, mention.files, mention.data["story"]["kind"]) == ("story", (), "mention")
    url = mention.data["story"]["url"]
    assert httpx.get(url).status_code == 200
    line.emulator.advance(24 * 3600)
    assert httpx.get(url).status_code == 403
    replied = said(line, "story_reply", text="Lovely")
    assert (replied.text, replied.files, replied.data["story"]["kind"]) == ("Lovely", (), "reply")


def test_unsend_reaction_and_every_content(line: Line) -> None:
    first = line.does("photo")["message"]
    line.does("react", message=first)
    line.does("react", message=first, emoji="")
    line.does("unsend", message=first)
    photo, loved, unloved, gone = line.heard()
    assert isinstance(photo, InboundMessage)
    assert [one.emoji for one in (loved, unloved) if isinstance(one, ReactionChanged)] == ["❤", ""]
    assert isinstance(gone, MessageDeleted)
    assert gone.provider_id == first
    kinds = [
        said(line, kind).content_type
        for kind in ("video", "voice", "share", "reel", "heart", "unsupported", "button", "postback")
    ]
    assert kinds == ["video", "audio", "share", "share", "sticker", "unsupported", "button", "button"]
    assert len(said(line, "album", count=4).files) == 4


def test_text_is_measured_in_bytes_and_read_by_its_id(line: Line) -> None:
    line.does()
    line.heard()
    assert refused(outgoing("é" * 501)).code == "too_long"
    wanted = outgoing("é" * 500)
    sent = ADAPTER.send(wanted, ACCOUNT_INBOX)
    assert "messaging_type" not in line.outbox()[0]["body"]
    line.emulator.advance(1)
    line.does("read")
    proofs = [(one.status, one.message, one.provider_id) for one in line.heard() if isinstance(one, Receipt)]
    assert proofs == [("sent", wanted.reference, sent.provider_id), ("read", None, sent.provider_id)]


def test_file_is_fetched_by_instagram_itself(line: Line) -> None:
    picture = said(line, "photo")
    url = picture.files[0].reference["url"]  # type: ignore[union-attr]
    link = OutgoingFile(uuid4(), "a.jpg", "image/jpeg", 9, bytes, lambda: url)
    ADAPTER.send(outgoing("", files=(link,)), ACCOUNT_INBOX)
    assert line.outbox()[0]["body"]["message"]["attachment"] == {"type": "image", "payload": {"url": url}}
    line.emulator.advance(1)
    assert line.chat()[-1]["file"]["type"] == "image/jpeg"
    gone = replace(link, link=lambda: url + "x/gone")
    assert refused(outgoing("", files=(gone,))).code == "file_gone"
    assert refused(outgoing("", files=(replace(link, content_type="application/zip"),))).code == "bad_file"


def test_window_people_and_comment(line: Line) -> None:
    comment = line.does("comment")["comment"]
    line.heard()
    assert refused(outgoing()).code == "window_closed"
    ADAPTER.send(outgoing(reply_to=f"comment:{comment}"), ACCOUNT_INBOX)
    line.does()
    line.emulator.advance(2 * 24 * 3600)
    assert refused(outgoing()).code == "window_closed"
    ADAPTER.send(outgoing(is_late=True), ACCOUNT_INBOX)
    assert line.outbox()[-1]["body"]["tag"] == "HUMAN_AGENT"
    assert refused(outgoing(is_late=True, is_automatic=True)).code == "window_closed"


def test_acts_and_what_the_company_writes_itself(line: Line) -> None:
    first = line.does()["message"]
    ADAPTER.act(Action("read", PERSON, first), ACCOUNT_INBOX)
    ADAPTER.act(Action("react", PERSON, first, "❤"), ACCOUNT_INBOX)
    (bubble,) = line.chat()
    assert (bubble["tick"], bubble["reactions"]) == ("read", {"business": "❤"})
    line.heard()
    line.does("echo", text="From the app")
    assert [one.text for one in line.heard() if isinstance(one, Echo)] == ["From the app"]


def test_revoked_access_stops_the_inbox(line: Line) -> None:
    line.does()
    line.emulator.control("instagram/revocations", subcode=460)
    error = refused(outgoing())
    assert (error.code, error.stops_inbox) == ("password_changed", True)
    line.emulator.control("instagram/revocations", is_revoked=False)
    ADAPTER.send(outgoing(), ACCOUNT_INBOX)


def test_log_in_is_connected_and_renewed(line: Line) -> None:
    fresh = replace(ACCOUNT_INBOX, settings={name: ACCOUNT_INBOX.settings[name] for name in ("token", "app_secret")})
    found = ADAPTER.connect(fresh, "https://edge.example/hooks/instagram/k")
    assert (found.account, found.settings["account_id"], found.facts) == (ACCOUNT, ACCOUNT, {"account": "@terra.and.glaze"})
    assert found.source.startswith("ig")
    assert found.expires_at is not None
    assert found.expires_at - datetime.now(UTC) > timedelta(days=59)
    kept = replace(fresh, settings={**fresh.settings, **found.settings})
    assert ADAPTER.refresh(kept) is None
    line.emulator.advance(30 * 24 * 3600)
    old = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    aged = replace(kept, settings={**kept.settings, "token_since": old})
    renewed = ADAPTER.refresh(aged)
    assert renewed is not None
    assert renewed.settings["token"] not in ("", kept.settings["token"])
    line.emulator.advance(30 * 24 * 3600)
    line.emulator.advance(1)
    with pytest.raises(ChannelError) as caught:
        ADAPTER.connect(kept, "")
    assert (caught.value.code, caught.value.stops_inbox) == ("token_expired", True)
    ADAPTER.connect(replace(kept, settings={**kept.settings, **renewed.settings}), "")


def test_wrong_secret_is_told(line: Line) -> None:
    wrong = replace(ACCOUNT_INBOX, settings={**ACCOUNT_INBOX.settings, "app_secret": "another"})
    with pytest.raises(ChannelError, match="app_secret_wrong"):
        ADAPTER.connect(wrong, "")


def test_signing_in_gives_the_account(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    operators = env.model_copy(
        update={"instagram_app_id": LOGIN_APP, "instagram_app_secret": SecretStr(LOGIN_SECRET),
                "instagram_dialog_url": f"{line.emulator.url}/instagram-dialog"}
    )  # fmt: skip
    for module in (connecting, stacks, tokens):
        monkeypatch.setattr(module, "env", operators)
    url = ADAPTER.sign_in_url(ACCOUNT_INBOX, SignInWay("s1", BACK, ""))
    answered = httpx.post(url, data={"answer": "yes", "account": ACCOUNT})
    back = httpx.URL(answered.headers["location"])
    assert back.params["state"] == "s1"
    grant = {"code": back.params["code"], "redirect_uri": BACK}
    inbox = replace(ACCOUNT_INBOX, settings={"grant": grant})
    offered = ADAPTER.connect(inbox, "")
    assert offered.choices == {ACCOUNT: "@terra.and.glaze"}
    connected = ADAPTER.connect(replace(inbox, settings={**offered.settings, **ADAPTER.chosen(ACCOUNT)}), "")
    assert (connected.account, connected.source) == (ACCOUNT, "")
    with pytest.raises(ChannelError, match="code_void"):
        ADAPTER.connect(inbox, "")


@pytest.fixture
def by_page(reached: Running, receiver: Receiver) -> Line:
    """An account that is reached by its page."""
    reached.control("instagram/accounts", id="400000000000002", page=PAGE, app=APP, token=TOKEN, username="terra.page")
    settings = {"token": TOKEN, "app_secret": SECRET, "verify_token": "v", "account_id": "400000000000002", "page_id": PAGE}
    inbox = replace(ACCOUNT_INBOX, settings=settings, account="400000000000002", source=APP)
    pages.subscribe(pages.line_of(inbox), PAGE, APP, ("name",))
    return Line(reached, receiver, inbox, ADAPTER)


def test_account_of_a_page_is_another_stack(by_page: Line) -> None:
    by_page.does(account="400000000000002")
    (found,) = by_page.heard()
    assert isinstance(found, InboundMessage)
    ADAPTER.send(outgoing(), by_page.inbox)
    assert by_page.outbox()[0]["account"] == "400000000000002"
    fresh = replace(by_page.inbox, settings={"token": TOKEN, "app_secret": SECRET, "verify_token": "v"})
    with answering(fresh, ADAPTER) as asked:
        connected = ADAPTER.connect(fresh, asked.url)
        by_page.does(account="400000000000002")
        by_page.emulator.control("settle")
    assert (asked.tokens, len(asked.bodies)) == (["v"], 1)
    assert (connected.account, connected.settings["page_id"], connected.source) == ("400000000000002", PAGE, APP)
    assert ADAPTER.refresh(fresh) is None


def test_page_without_an_account_is_told(reached: Running, receiver: Receiver) -> None:
    fresh = replace(ACCOUNT_INBOX, settings={"token": TOKEN, "app_secret": SECRET})
    with pytest.raises(ChannelError, match="not_an_instagram_account"):
        ADAPTER.connect(fresh, receiver.url)


def test_operators_app_signs_in_by_a_page(by_page: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"meta_app_id": APP, "meta_app_secret": SecretStr(SECRET), "meta_dialog_url": f"{by_page.emulator.url}/facebook"}
    operators = env.model_copy(update=facts)
    for module in (connecting, stacks, access, oauth):
        monkeypatch.setattr(module, "env", operators)
    url = ADAPTER.sign_in_url(by_page.inbox, SignInWay("s", BACK, ""))
    answered = httpx.post(url, data={"answer": "yes", f"node-{PAGE}": "on"})
    grant = {"code": httpx.URL(answered.headers["location"]).params["code"], "redirect_uri": BACK}
    offered = ADAPTER.connect(replace(by_page.inbox, settings={"grant": grant}), "")
    assert offered.choices == {PAGE: "@terra.page"}
    chosen = {**offered.settings, **ADAPTER.chosen(PAGE)}
    connected = ADAPTER.connect(replace(by_page.inbox, settings=chosen), "")
    assert (connected.account, connected.source, connected.expires_at) == ("400000000000002", "", None)
