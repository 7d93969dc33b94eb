"""Sending, acting, fetching and connecting, against the emulator."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from channels_app.adapters.telegram.api import Bot
from channels_app.calling import Upload
from channels_app.contract import Action, ChannelError, Outgoing, OutgoingFile
from conversations.normalised import RemoteFile
from tests.channels_app.telegram.conftest import Line
from tests.emulators.running import TOKEN
from tests.emulators.test_client import picture

BOT = TOKEN.partition(":")[0]


def out(to: str, text: str = "", *files: OutgoingFile, **parts: Any) -> Outgoing:
    return Outgoing(reference=uuid4(), to=to, text=text, files=files, **parts)


def upload(name: str, content_type: str, content: bytes = b"x" * 64) -> OutgoingFile:
    return OutgoingFile(uuid4(), name, content_type, len(content), lambda: content)


def photo(number: int = 1) -> OutgoingFile:
    return upload(f"p{number}.jpg", "image/jpeg", picture(200 + number, 100))


def refused(line: Line, outgoing: Outgoing) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        line.adapter.send(outgoing, line.inbox)
    assert caught.value.code in line.adapter.errors
    return caught.value


def test_text_goes_out_with_its_formats(line: Line) -> None:
    to = line.started()
    sent = line.adapter.send(out(to, "👋 **Olá** <b>&amp;</b>"), line.inbox)
    [call] = line.emulator.outbox("sendMessage")
    assert call["params"]["text"] == "👋 Olá <b>&amp;</b>"
    assert call["params"]["entities"] == [{"type": "bold", "offset": 3, "length": 3}]
    assert "parse_mode" not in call["params"]
    assert sent.provider_id == f"{BOT}/{to}:{call['message_ids'][0]}"
    assert sent.occurred_at is not None


def test_long_text_becomes_several_messages(line: Line) -> None:
    to = line.started()
    sent = line.adapter.send(out(to, "\n\n".join(["👋" * 1500] * 3)), line.inbox)
    texts = [one["params"]["text"] for one in line.emulator.outbox("sendMessage")]
    assert texts == ["👋" * 1500] * 3
    numbers = [one["message_ids"][0] for one in line.emulator.outbox("sendMessage")]
    assert [sent.provider_id, *sent.more_ids] == [f"{BOT}/{to}:{one}" for one in numbers]


@pytest.mark.parametrize(
    ("file", "method"),
    [
        (photo(), "sendPhoto"),
        (upload("a.gif", "image/gif"), "sendAnimation"),
        (upload("a.mp4", "video/mp4"), "sendVideo"),
        (upload("a.ogg", "audio/ogg"), "sendVoice"),
        (upload("a.mp3", "audio/mpeg"), "sendAudio"),
        (upload("a.pdf", "application/pdf"), "sendDocument"),
        (upload("naïve; “name”.txt", "text/plain"), "sendDocument"),
        (upload("huge.jpg", "image/jpeg", b"x" * (10 * 1024 * 1024 + 1)), "sendDocument"),
        (upload("broken.jpg", "image/jpeg", b"no picture"), "sendDocument"),
        (upload("banner.jpg", "image/jpeg", picture(3000, 100)), "sendDocument"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_file_goes_out_as_what_it_is(line: Line, file: OutgoingFile, method: str) -> None:
    line.adapter.send(out(line.started(), "Look", file), line.inbox)
    call = line.emulator.outbox()[-1]
    assert (call["method"], call["status"], call["params"]["caption"]) == (method, 200, "Look")
    [part] = call["files"].values()
    assert part == {"name": file.name.replace('"', "%22"), "size": file.size}


def test_caption_that_is_too_long_follows_as_text(line: Line) -> None:
    to = line.started()
    sent = line.adapter.send(out(to, "x" * 1025, photo()), line.inbox)
    picture_call, text_call = line.emulator.outbox()
    assert (picture_call["method"], "caption" in picture_call["params"], text_call["method"]) == (
        "sendPhoto",
        False,
        "sendMessage",
    )
    assert sent.provider_id == f"{BOT}/{to}:{text_call['message_ids'][0]}"
    assert list(sent.more_ids) == [f"{BOT}/{to}:{picture_call['message_ids'][0]}"]


def test_pictures_go_as_an_album_and_others_apart(line: Line) -> None:
    files = [*(photo(number) for number in range(12)), upload("a.pdf", "application/pdf"), upload("b.pdf", "application/pdf")]
    sent = line.adapter.send(out(line.started(), "All", *files), line.inbox)
    calls = line.emulator.outbox()
    assert [(one["method"], len(one.get("message_ids", []))) for one in calls] == [
        ("sendMediaGroup", 10),
        ("sendMediaGroup", 2),
        ("sendMediaGroup", 2),
        ("sendMessage", 1),
    ]
    assert len(sent.more_ids) == 14


def test_answer_names_its_message_and_a_lost_one_is_no_hindrance(line: Line) -> None:
    to = line.started()
    line.adapter.send(out(to, "a", reply_to=f"{BOT}/{to}:1"), line.inbox)
    line.adapter.send(out(to, "b", reply_to=f"{BOT}/{to}:999"), line.inbox)
    line.adapter.send(out(to, "c", reply_to="callback:1"), line.inbox)
    assert [one["params"].get("reply_parameters", {}).get("message_id") for one in line.emulator.outbox()] == [1, 999, None]


def test_buttons_come_back_when_pressed(line: Line) -> None:
    to = line.started()
    buttons = [{"text": "Yes", "data": "y"}, [{"text": "Shop", "url": "https://a.example"}, {"text": "No", "data": "n"}]]
    line.adapter.send(out(to, "Sure?", data={"buttons": buttons}), line.inbox)
    [call] = line.emulator.outbox()
    pressed = line.emulator.customer("press", by=5, message_id=call["message_ids"][0], data="n")
    line.adapter.act(Action("answer_callback", data={"callback_query_id": pressed["query_id"]}), line.inbox)
    assert line.emulator.outbox("answerCallbackQuery")[0]["status"] == 200
    line.adapter.act(Action("answer_callback", data={"callback_query_id": "1"}), line.inbox)


@pytest.mark.parametrize(
    "button", [{"text": "x", "data": "ä" * 33}, {"text": "", "data": "y"}, {"title": "ä" * 33}, "x", {"text": "x", "url": "no"}]
)
def test_button_that_telegram_would_refuse_is_never_sent(line: Line, button: Any) -> None:
    assert refused(line, out("5", "Sure?", data={"buttons": [button]})).code == "bad_button"
    assert line.emulator.outbox() == []


def test_nothing_is_not_sent(line: Line) -> None:
    assert refused(line, out("5", " \n ")).code == "empty"
    assert refused(line, out("no chat", "x")).code == "chat_not_found"


@pytest.mark.parametrize(
    ("act", "code"), [("block", "blocked"), ("deactivate", "deactivated")],
)  # fmt: skip
def test_customer_who_cannot_be_reached(line: Line, act: str, code: str) -> None:
    to = line.started()
    if act == "block":
        line.emulator.customer("block", by=5)
    else:
        line.emulator.customer(by={"id": 5, "is_deactivated": True})
    error = refused(line, out(to, "x"))
    assert (error.code, error.permanent, error.unreachable, error.is_inbox_wide) == (code, True, True, False)


def test_unknown_chats(line: Line) -> None:
    assert refused(line, out("123", "x")).unreachable
    line.started(8)
    assert refused(line, replace(out("8", "x"), to="9")).code == "chat_not_found"


def test_group_that_moved_gives_its_new_address(line: Line) -> None:
    group = line.emulator.customer("group", by=5)["chat_id"]
    new = line.emulator.customer("migrate", by=5, chat=group, silent=True)["chat_id"]
    error = refused(line, out(str(group), "x"))
    assert (error.code, error.new_address, error.permanent) == ("moved", str(new), False)
    assert line.adapter.send(out(error.new_address, "x"), line.inbox).provider_id.startswith(f"{BOT}/{new}:")


def test_too_fast_is_told_when_to_come_back(line: Line) -> None:
    to = line.started()
    line.emulator.faults(
        http_errors=[
            {"code": 429, "body": {"description": "Too Many Requests: retry after 35", "parameters": {"retry_after": 35}}}
        ]
    )
    error = refused(line, out(to, "x"))
    assert (error.code, error.retry_after, error.permanent, error.is_inbox_wide) == ("slow_down", 35, False, False)


def test_revoked_token_stops_the_inbox(line: Line) -> None:
    to = line.started()
    line.emulator.control("telegram/revocations")
    error = refused(line, out(to, "x"))
    assert (error.code, error.stops_inbox, error.is_inbox_wide) == ("token_void", True, True)
    assert TOKEN not in repr(error) + error.detail + str(error)


@pytest.mark.parametrize("code", [500, 502, 503])
def test_gateways_page_is_tried_again(line: Line, code: int) -> None:
    to = line.started()
    line.emulator.faults(http_errors=[{"code": code}])
    error = refused(line, out(to, "x"))
    assert (error.code, error.permanent, error.is_inbox_wide, error.is_ambiguous) == ("unavailable", False, True, False)


def test_connection_lost_after_the_request_is_a_doubt(line: Line) -> None:
    to = line.started()
    line.emulator.faults(resets=[{"match": "sendMessage"}])
    error = refused(line, out(to, "x"))
    assert (error.code, error.is_ambiguous, error.permanent) == ("unconfirmed", True, False)
    assert len(line.emulator.outbox("sendMessage")) == 1


def test_connection_that_never_was_is_no_doubt(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    from channels_app.adapters.telegram import api
    from core.http import SafeClient

    monkeypatch.setattr(api, "base_url", lambda: "http://127.0.0.1:9")
    client = SafeClient(private=frozenset({"127.0.0.1:9"}))
    monkeypatch.setattr(api, "_client", lambda: client)
    error = refused(line, out("5", "x"))
    assert (error.code, error.is_ambiguous, error.is_inbox_wide) == ("no_connection", False, True)
    client.close()


def test_rest_of_a_message_waits_for_its_turn(line: Line) -> None:
    to = line.started()
    line.emulator.faults(chat_rate_limit={"per_s": 2, "burst": 1})
    line.adapter.send(out(to, "x" * 5000), line.inbox)
    assert [len(one["params"]["text"]) for one in line.emulator.outbox("sendMessage")] == [4096, 904]


def test_message_that_went_half_way_is_never_sent_as_a_whole_again(line: Line) -> None:
    to = line.started()
    line.emulator.faults(chat_rate_limit={"per_s": 0.01, "burst": 1})
    error = refused(line, out(to, "x" * 5000))
    assert (error.code, error.permanent, error.stops_inbox) == ("partly_sent", True, False)


def test_edits_of_text_and_caption(line: Line) -> None:
    to = line.started()
    text = line.adapter.send(out(to, "one"), line.inbox).provider_id
    caption = line.adapter.send(out(to, "one", photo()), line.inbox).provider_id
    for provider_id in (text, caption):
        line.adapter.act(Action("edit", to, provider_id, "**two**"), line.inbox)
        line.adapter.act(Action("edit", to, provider_id, "**two**"), line.inbox)
    edits = [one for one in line.emulator.outbox() if one["method"].startswith("edit") and one["status"] == 200]
    assert [(one["method"], one["params"].get("text"), one["params"].get("caption")) for one in edits] == [
        ("editMessageText", "two", None),
        ("editMessageCaption", None, "two"),
    ]


def test_other_actions(line: Line) -> None:
    to = line.started()
    sent = line.adapter.send(out(to, "x" * 5000), line.inbox)
    line.adapter.act(Action("typing", to), line.inbox)
    line.adapter.act(Action("react", to, f"{BOT}/{to}:1", "👍"), line.inbox)
    line.adapter.act(Action("react", to, f"{BOT}/{to}:1", ""), line.inbox)
    line.adapter.act(Action("read", to, f"{BOT}/{to}:1"), line.inbox)
    for _again in range(2):
        line.adapter.act(Action("delete", to, sent.provider_id, data={"more_ids": list(sent.more_ids)}), line.inbox)
    done = [one["method"] for one in line.emulator.outbox() if one["status"] == 200 and one["method"] != "sendMessage"]
    assert done == ["sendChatAction", "setMessageReaction", "setMessageReaction", "deleteMessage", "deleteMessage"]
    with pytest.raises(ChannelError, match="bad_reaction"):
        line.adapter.act(Action("react", to, f"{BOT}/{to}:1", "🦖"), line.inbox)
    with pytest.raises(ChannelError, match="unsupported"):
        line.adapter.act(Action("dance", to), line.inbox)


def test_business_account_is_answered_read_and_its_window_kept(line: Line) -> None:
    line.emulator.control("clock", is_virtual=True)
    business = line.emulator.customer("business_connect", by=90)["business"]
    line.emulator.customer(by=5, business=business)
    to = f"{business}:5"
    sent = line.adapter.send(out(to, "x"), line.inbox)
    assert sent.provider_id == f"{BOT}/{to}:2"
    line.adapter.act(Action("read", to, f"{BOT}/{to}:1"), line.inbox)
    line.adapter.act(Action("delete", to, sent.provider_id), line.inbox)
    assert [one["method"] for one in line.emulator.outbox()] == ["sendMessage", "readBusinessMessage", "deleteBusinessMessages"]
    line.emulator.advance(86_401)
    assert refused(line, out(to, "late")).code == "window_closed"
    line.emulator.customer(by=5, business=business)
    line.emulator.customer("business_connect", business=business, can_reply=False)
    assert refused(line, out(to, "x")).code == "business_ended"


def test_file_is_fetched_and_an_ended_link_asked_for_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.emulator.customer("document", by=5, file={"name": "a.pdf", "type": "application/pdf", "base64": "JVBERg=="})
    known = line.emulator.call("getUpdates")["result"][0]["message"]["document"]
    file = RemoteFile({"file_id": known["file_id"]}, size=4)
    assert line.adapter.fetch(file, line.inbox) == b"%PDF"
    paths = [Bot(TOKEN).call("getFile", {"file_id": known["file_id"]})["file_path"]]
    line.emulator.control("clock", is_virtual=True)
    line.emulator.advance(3601)
    ask = Bot.call

    def stale_first(bot: Bot, method: str, *arguments: Any, **options: Any) -> Any:
        found = ask(bot, method, *arguments, **options)
        return {**found, "file_path": paths.pop()} if method == "getFile" and paths else found

    monkeypatch.setattr(Bot, "call", stale_first)
    assert line.adapter.fetch(file, line.inbox) == b"%PDF"
    assert paths == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (RemoteFile({"file_id": "nothing"}), "file_gone"),
        (RemoteFile({}), "file_gone"),
        (RemoteFile({"file_id": "x"}, size=20 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_file_that_cannot_be_fetched(line: Line, file: RemoteFile, code: str) -> None:
    with pytest.raises(ChannelError) as caught:
        line.adapter.fetch(file, line.inbox)
    assert (caught.value.code, caught.value.permanent) == (code, True)


def test_file_of_unknown_size_that_is_too_large(line: Line) -> None:
    line.emulator.customer("document", by=5, size=20 * 1024 * 1024 + 1)
    known = line.emulator.call("getUpdates")["result"][0]["message"]["document"]
    with pytest.raises(ChannelError, match="file_too_large"):
        line.adapter.fetch(RemoteFile({"file_id": known["file_id"]}), line.inbox)


def test_connect_tells_whose_bot_it_is_and_is_repeatable(line: Line) -> None:
    line.emulator.control("clock", is_virtual=True)
    for _again in range(2):
        connection = line.adapter.connect(line.inbox, "http://localhost:9/hooks/telegram/shop-inbox")
        line.emulator.advance(2)
        assert connection.settings == {"bot_id": "7000000001", "username": "shop_bot", "bot_name": "Terra & Glaze"}
        assert str(connection.words) == "Customers reach you as @shop_bot."
    info = line.emulator.call("getWebhookInfo")["result"]
    assert (info["url"], info["max_connections"]) == ("http://localhost:9/hooks/telegram/shop-inbox", 40)
    assert "message_reaction" in info["allowed_updates"]
    elsewhere = line.adapter.connect(replace(line.inbox, key="second"), "http://localhost:9/hooks/telegram/second")
    assert "elsewhere until now" in str(elsewhere.words)
    line.adapter.disconnect(line.inbox)
    assert line.emulator.call("getWebhookInfo")["result"]["url"].endswith("/second")
    line.adapter.disconnect(replace(line.inbox, key="second"))
    assert line.emulator.call("getWebhookInfo")["result"]["url"] == ""


@pytest.mark.parametrize(
    ("token", "url", "code"),
    [
        (TOKEN[:-1] + "x", "https://chatzee.example/hooks/telegram/k", "token_void"),
        ("", "https://chatzee.example/hooks/telegram/k", "token_void"),
        (TOKEN, "http://chatzee.example/hooks/telegram/k", "not_https"),
        (TOKEN, "https://chatzee.example:9999/hooks/telegram/k", "webhook_refused"),
    ],
)
def test_connecting_that_fails_says_why(line: Line, token: str, url: str, code: str) -> None:
    inbox = replace(line.inbox, settings={**line.inbox.settings, "token": token})
    with pytest.raises(ChannelError) as caught:
        line.adapter.connect(inbox, url)
    assert caught.value.code == code
    assert caught.value.permanent
    assert str(line.adapter.errors[code])


def test_disconnecting_a_void_token_is_done_already(line: Line) -> None:
    hook = "http://localhost:9/hooks/telegram/shop-inbox"
    line.adapter.connect(line.inbox, hook)
    line.emulator.control("telegram/revocations")
    line.adapter.disconnect(line.inbox)
    line.emulator.control("telegram/revocations", is_revoked=False)
    assert line.emulator.call("getWebhookInfo")["result"]["url"] == hook  # the void token could not change it


def test_disconnecting_that_fails_for_another_reason_says_so(line: Line) -> None:
    line.emulator.faults(http_errors=[{"code": 502}])
    with pytest.raises(ChannelError, match="unavailable"):
        line.adapter.disconnect(line.inbox)


def test_uploads_are_forms_and_nothing_shows_the_token(line: Line) -> None:
    to = line.started()
    bot = Bot(TOKEN)
    bot.call("sendDocument", {"chat_id": int(to)}, [Upload("document", "a.txt", "text/plain", b"x")])
    assert TOKEN not in repr(bot)
