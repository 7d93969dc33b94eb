"""The control API itself, the customer's page, and what outlives a restart."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.emulators.running import TOKEN, Running, running_emulator


def refused(emulator: Running, path: str, **given: Any) -> str:
    answer = httpx.post(f"{emulator.url}/_ctl/{path}", json=given)
    assert answer.status_code == 400
    return str(answer.json()["description"])


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("telegram/inbound", {"kind": "telepathy"}, "no kind of message called telepathy"),
        ("telegram/inbound", {"bot": "nobody"}, "no such bot"),
        ("telegram/inbound", {"kind": "edit", "from": 5, "message_id": 99}, "no such message"),
        ("telegram/inbound", {"kind": "location", "latitude": "north"}, "cannot be done as it is written"),
        ("telegram/faults", {"faults": {"gremlins": 1}}, "no fault called gremlins"),
        ("telegram/faults", {"faults": {"http_errors": [{"colour": 1}]}}, "not as it should be"),
        ("telegram/bots", {"token": "mine"}, "not a token"),
        ("clock/advance", {"seconds": -1}, "Give seconds"),
        ("clock/advance", {"seconds": 10**9}, "Give seconds"),
        ("scenario", {"steps": [{"post": "/bot1/getMe"}]}, "control address"),
        ("weather", {}, "nothing at this address"),
    ],
)
def test_what_cannot_be_done_is_said(emulator: Running, path: str, given: dict[str, Any], said: str) -> None:
    assert said in refused(emulator, path, **given)


def test_scenario_plays_its_steps_in_order(emulator: Running) -> None:
    done = emulator.control(
        "scenario",
        steps=[
            {"post": "/_ctl/clock", "json": {"is_virtual": True, "at": 1_800_000_000}},
            {"post": "/_ctl/telegram/inbound", "json": {"from": 5, "text": "one"}},
            {"post": "/_ctl/clock/advance", "json": {"seconds": 60}},
            {"post": "/_ctl/telegram/inbound", "json": {"from": 5, "text": "two"}},
        ],
    )
    assert done[2] == {"now": 1_800_000_060.0, "is_virtual": True}
    messages = [one["message"] for one in emulator.call("getUpdates")["result"]]
    assert [(one["text"], one["date"] - 1_800_000_000) for one in messages] == [("one", 0), ("two", 60)]


def test_any_update_can_be_given_as_it_is(emulator: Running) -> None:
    emulator.control("telegram/inbound", kind="raw", update={"poll": {"id": "1"}})
    [update] = emulator.call("getUpdates")["result"]
    assert update["poll"] == {"id": "1"}


def test_outbox_is_asked_for_one_chat(emulator: Running) -> None:
    chats = [emulator.customer(by=number)["chat_id"] for number in (5, 6)]
    for chat in chats:
        emulator.call("sendMessage", chat_id=chat, text=str(chat))
    assert [one["params"]["text"] for one in emulator.outbox(to="6")] == ["6"]
    assert len(emulator.outbox(connection="7000000001")) == 2


def test_page_shows_what_a_phone_shows(emulator: Running) -> None:
    emulator.customer("photo", by={"id": 5, "first_name": "Zoë"}, caption="Lid")
    sent = emulator.call(
        "sendMessage", chat_id=5, text="Thanks", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    )
    emulator.call("sendChatAction", chat_id=5, action="typing")
    assert sent["ok"]
    [chat] = httpx.get(f"{emulator.url}/telegram/state").json()["bots"][0]["chats"]
    photo, answer = chat["messages"]
    assert (chat["name"], chat["is_typing"], photo["caption"], photo["is_bot"]) == ("Zoë", True, "Lid", False)
    assert (answer["text"], answer["is_bot"], answer["reply_markup"]["inline_keyboard"][0][0]["text"]) == ("Thanks", True, "Yes")
    picture = httpx.get(f"{emulator.url}/telegram/file", params={"id": photo["file"]["id"]})
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    page = httpx.get(f"{emulator.url}/", follow_redirects=True)
    assert "<h1>Playground</h1>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_bots_and_webhooks_outlive_a_restart(tmp_path: Path) -> None:
    keep = tmp_path / "kept.json"
    with running_emulator(keep=keep) as before:
        before.control("telegram/bots", token=TOKEN, username="shop_bot")
        before.call("setWebhook", url="http://127.0.0.1:9/hook", secret_token="s", allowed_updates=["message"])
        info = before.call("getWebhookInfo")["result"]
    assert keep.stat().st_mode & 0o077 == 0
    with running_emulator(keep=keep, first=50) as after:
        assert after.call("getWebhookInfo")["result"] == info
        assert after.call("getMe")["result"]["username"] == "shop_bot"
        assert after.customer(by=5)["update_id"] == 50
