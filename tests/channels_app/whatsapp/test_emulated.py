"""Customers in the emulator, and what the adapter hears of them: every kind of event, from the wire to normalised."""

from typing import Any

import pytest

from channels_app.adapters.meta import graph
from channels_app.contract import ChannelError
from conversations.normalised import (
    AddressChanged,
    ConsentChanged,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    Receipt,
    RemoteFile,
)
from tests.channels_app.whatsapp.conftest import NUMBER, SECRET, TOKEN, Line

ZOE = {"phone": "46700000001", "user_id": "SE.1000001", "name": "Zoë Lindqvist", "username": "zoe"}


def one(line: Line) -> Any:
    [found] = line.heard()
    return found


def test_text_arrives_with_its_author(line: Line) -> None:
    did = line.does(by=ZOE, text="Olá 👋 https://x.example/")
    message = one(line)
    assert isinstance(message, InboundMessage)
    assert (message.text, message.content_type, message.provider_id) == ("Olá 👋 https://x.example/", "text", did["message"])
    sender = message.sender
    assert (sender.value, sender.also, sender.name) == ("SE.1000001", ("46700000001",), "Zoë Lindqvist")
    assert sender.attributes == {"WhatsApp": "@zoe"}
    [claim] = sender.claims
    assert (claim.kind, claim.value, claim.is_verified) == ("phone", "+46700000001", True)


@pytest.mark.parametrize(
    ("kind", "content_type", "name", "mime"),
    [
        ("photo", "photo", "photo.jpg", "image/jpeg"),
        ("video", "video", "video.mp4", "video/mp4"),
        ("voice", "voice", "voice.ogg", "audio/ogg"),
        ("audio", "audio", "audio.mp3", "audio/mpeg"),
        ("document", "document", "invoice.pdf", "application/pdf"),
        ("sticker", "sticker", "sticker.webp", "image/webp"),
    ],
)
def test_file_arrives_and_is_fetched(line: Line, kind: str, content_type: str, name: str, mime: str) -> None:
    line.does(kind, caption="The lid")
    message = one(line)
    [file] = message.files
    assert (message.content_type, file.name, file.content_type) == (content_type, name, mime)
    assert message.text == ("The lid" if kind in ("photo", "video", "document") else "")
    assert len(line.adapter.fetch(file, line.inbox)) > 500


@pytest.mark.parametrize(
    ("kind", "given", "content_type", "text"),
    [
        (
            "location",
            {},
            "location",
            "📍 https://www.openstreetmap.org/?mlat=38.713900&mlon=-9.139400#map=16/38.713900/-9.139400",
        ),
        ("contact", {}, "contact", "👤 Zoë Lindqvist, +351 910 000 000"),
        ("button", {"text": "Yes", "payload": "yes:1"}, "button", "Yes"),
        ("press", {"id": "size:l", "title": "Large"}, "button", "Large"),
        ("list", {"id": "row:2", "title": "Two", "description": "The second"}, "button", "Two"),
        ("flow", {}, "form", "Sent\nsize: L\ncolour: blue"),
        ("flow", {"answers": '"only a text"'}, "form", "Sent\nonly a text"),
        ("flow", {"answers": "no json"}, "form", "Sent\nno json"),
        ("order", {"text": "Please"}, "order", "🛒\n2 x bowl-7 24.5 EUR\nPlease"),
        ("unsupported", {}, "unsupported", ""),
        ("missing", {}, "unsupported", ""),
        ("request_welcome", {}, "request_welcome", "👋"),
    ],
)
def test_other_kinds_read_in_any_language(line: Line, kind: str, given: dict[str, Any], content_type: str, text: str) -> None:
    line.does(kind, **given)
    message = one(line)
    assert (message.content_type, message.text) == (content_type, text)


def test_facts_of_the_kinds(line: Line) -> None:
    line.does("location", name="Castelo", address="Lisboa")
    line.does("press", id="size:l", title="Large")
    line.does("unsupported")
    line.does("missing")
    line.does("text", referral=True, forwarded="often")
    venue, button, unsupported, missing, referred = (found.data for found in line.heard() if isinstance(found, InboundMessage))
    assert (venue["title"], venue["location"]["latitude"]) == ("Castelo", 38.7139)
    assert button == {"button": {"text": "Large", "data": "size:l"}}
    assert unsupported == {"kind": "poll_creation", "error": "131051"}
    assert missing == {"kind": "image", "error": "131000"}
    assert referred["referral"]["source_type"] == "ad"
    assert referred["forwarded_from"] == {"kind": "frequently"}


def test_album_is_a_message_for_each_picture(line: Line) -> None:
    line.does("album", count=10)
    found = line.envelopes()
    assert len({one.key for one in found}) == 10
    assert len({one.sender for one in found}) == 1


def test_reply_names_what_it_answers(line: Line) -> None:
    first = line.does(text="one")["message"]
    line.does(text="two", reply_to=first)
    _one, two = line.heard()
    assert isinstance(two, InboundMessage)
    assert two.reply_to == first


def test_customer_edits_reacts_and_takes_back(line: Line) -> None:
    photo = line.does("photo", caption="one")["message"]
    line.does("edit", message=photo, text="two")
    line.does("react", message=photo, emoji="🔥")
    line.does("react", message=photo, emoji="")
    line.does("react", message=photo, emoji="", form="missing")
    line.does("revoke", message=photo)
    _photo, edited, fire, empty, missing, revoked = line.heard()
    assert isinstance(edited, MessageEdited)
    assert (edited.provider_id, edited.text, edited.by_company) == (photo, "two", False)
    assert [found.emoji for found in (fire, empty, missing) if isinstance(found, ReactionChanged)] == ["🔥", "", ""]
    assert isinstance(revoked, MessageDeleted)
    assert revoked.provider_id == photo


def test_hidden_number_then_shown_then_changed(line: Line) -> None:
    hidden = {"phone": "46700000002", "user_id": "SE.2000002", "name": "Seun", "mode": "id"}
    line.does(by=hidden, text="one")
    line.does(by={**hidden, "mode": "both"}, text="two")
    line.does("change_number", by="46700000002", phone="46700000003")
    line.does(by="46700000003", text="three")
    first, second, *changes, last = line.heard()
    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert isinstance(last, InboundMessage)
    assert (first.sender.value, first.sender.also, first.sender.claims) == ("SE.2000002", (), ())
    assert (second.sender.value, second.sender.also) == ("SE.2000002", ("46700000002",))
    assert all(isinstance(change, AddressChanged) for change in changes)
    assert [change.sender.value for change in changes if isinstance(change, AddressChanged)] == ["SE.2000002", "SE.2000002"]
    assert {change.new_value for change in changes if isinstance(change, AddressChanged)} == {last.sender.value}
    assert last.sender.also == ("46700000003",)


def test_id_that_stands_where_the_number_was(line: Line) -> None:
    line.does(by={"phone": "46700000004", "user_id": "SE.4", "mode": "id_for_phone"})
    message = one(line)
    assert (message.sender.value, message.sender.also, message.sender.claims) == ("SE.4", (), ())


def test_number_alone_is_enough(line: Line) -> None:
    line.does(by={"phone": "46700000005", "mode": "phone"})
    assert one(line).sender.value == "46700000005"


def test_enterprises_id_comes_last(line: Line) -> None:
    line.does(by={**ZOE, "parent_id": "SE.ENT.77"})
    assert one(line).sender.also == ("46700000001", "SE.ENT.77")


def test_groups_and_the_address_book_are_not_kept(line: Line) -> None:
    line.does("group")
    line.on_phone("address_book")
    assert line.envelopes() == []
    assert len(line.emulator.read("deliveries")) == 2


def test_changed_keys_say_nothing(line: Line) -> None:
    line.does("identity")
    assert line.heard() == []


def test_marketing_wishes_become_consent(line: Line) -> None:
    line.does("preference", value="stop")
    line.does("preference", value="resume")
    stop, resume = line.heard()
    assert isinstance(stop, ConsentChanged)
    assert isinstance(resume, ConsentChanged)
    assert [(one.purpose, one.is_given) for one in (stop, resume)] == [("marketing", False), ("marketing", True)]
    assert stop.sender.also == ("46700000001",)


def test_business_writes_edits_and_takes_back_on_its_phone(line: Line) -> None:
    line.does(by=ZOE)
    line.heard()
    did = line.on_phone(text="From the phone")
    line.on_phone("edit", message=did["message"], text="Better")
    line.on_phone("revoke", message=did["message"])
    echo, edited, revoked = line.heard()
    assert isinstance(echo, Echo)
    assert (echo.text, echo.to.value, echo.provider_id, echo.is_past) == ("From the phone", "SE.1000001", did["message"], False)
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.by_company, edited.provider_id) == ("Better", True, did["message"])
    assert isinstance(revoked, MessageDeleted)
    assert (revoked.by_company, revoked.provider_id) == (True, did["message"])


def test_history_is_past_and_files_come_once(line: Line) -> None:
    told = line.on_phone("history", by=ZOE, count=5, has_file=True)
    found = [one for one in line.heard() if isinstance(one, InboundMessage | Echo)]
    assert all(one.is_past for one in found)
    assert [type(one).__name__ for one in found] == ["InboundMessage", "Echo", "InboundMessage", "Echo", "InboundMessage"]
    assert [one.provider_id for one in found] == told["messages"]
    assert isinstance(found[-1].files[0], RemoteFile)
    assert {(one.to if isinstance(one, Echo) else one.sender).value for one in found} == {"SE.1000001"}


def test_old_file_of_the_history_keeps_its_place(line: Line) -> None:
    line.on_phone("history", by=ZOE, count=1, days=40, has_file=True)
    found = [one for one in line.heard() if isinstance(one, InboundMessage)]
    assert [one.data.get("kind") for one in found] == ["media_placeholder", None]


def test_statuses_follow_in_their_order(line: Line) -> None:
    line.does(by=ZOE)
    line.heard()
    frame = {"messaging_product": "whatsapp", "to": "46700000001", "biz_opaque_callback_data": "no id of ours"}
    body = {**frame, "type": "text", "text": {"body": "Hi"}}
    graph.Graph(TOKEN, secret=SECRET).post(f"{NUMBER}/messages", body)
    line.emulator.advance(2)
    line.does("read", by=ZOE)
    found = line.heard()
    assert [one.status for one in found if isinstance(one, Receipt)] == ["sent", "delivered", "read"]
    assert {one.message for one in found if isinstance(one, Receipt)} == {None}


def test_other_accounts_token_opens_nothing(line: Line) -> None:
    line.does("photo")
    message = one(line)
    shown = graph.Graph(TOKEN, secret=SECRET).get(message.files[0].reference["media_id"])
    line.emulator.control("whatsapp/numbers", id="1000000000000022", waba="2000000000000022", token="EAAother")
    with pytest.raises(ChannelError) as caught:
        graph.Graph("EAAother").download(shown["url"])
    assert caught.value.code == "token_void"
    assert graph.Graph(TOKEN).download(shown["url"]) is not None
