"""Sending, acting, fetching and connecting, against the emulator."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from channels_app.adapters.meta import graph
from channels_app.adapters.whatsapp import media, sending
from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.contract import Action, ChannelError, InboxConfig, Outgoing, OutgoingFile
from conversations.normalised import InboundMessage, Receipt, RemoteFile, TemplateChanged
from tests.channels_app.whatsapp.conftest import APP, NUMBER, SECRET, TOKEN, WABA, Line, with_settings
from tests.emulators.test_client import picture

ZOE = {"phone": "46700000001", "user_id": "SE.1000001", "name": "Zoë"}
TO = "46700000001"


@pytest.fixture
def open_line(line: Line) -> Line:
    """A line on which the customer has just written."""
    line.does(by=ZOE)
    line.heard()
    return line


def out(text: str = "", *files: OutgoingFile, **parts: Any) -> Outgoing:
    return Outgoing(reference=uuid4(), to=parts.pop("to", TO), text=text, files=files, **parts)


def file(name: str = "a.pdf", content_type: str = "application/pdf", content: bytes = b"%PDF-1.7 x") -> OutgoingFile:
    return OutgoingFile(uuid4(), name, content_type, len(content), lambda: content)


def photo(number: int = 1) -> OutgoingFile:
    return file(f"p{number}.jpg", "image/jpeg", picture(200 + number, 100))


def bodies(line: Line) -> list[dict[str, Any]]:
    return [one["body"] for one in line.outbox()]


def refused(line: Line, outgoing: Outgoing) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        line.adapter.send(outgoing, line.inbox)
    assert caught.value.code in ADAPTER.errors
    return caught.value


def test_text_goes_out_and_its_statuses_name_it(open_line: Line) -> None:
    outgoing = out("Olá https://x.example", reply_to="wamid.first")
    sent = open_line.adapter.send(outgoing, open_line.inbox)
    [body] = bodies(open_line)
    assert body["text"] == {"body": "Olá https://x.example", "preview_url": True}
    assert (body["to"], body["context"], body["biz_opaque_callback_data"]) == (
        TO,
        {"message_id": "wamid.first"},
        str(outgoing.reference),
    )
    open_line.emulator.advance(1)
    receipts = [one for one in open_line.heard() if isinstance(one, Receipt)]
    assert {(one.provider_id, one.message) for one in receipts} == {(sent.provider_id, outgoing.reference)}


def test_hidden_number_is_written_to_by_its_id(open_line: Line) -> None:
    open_line.adapter.send(out("Hi", to="SE.1000001"), open_line.inbox)
    [body] = bodies(open_line)
    assert body["recipient"] == "SE.1000001"
    assert "to" not in body


def test_files_are_handed_over_first_and_captioned(open_line: Line) -> None:
    sent = open_line.adapter.send(out("Both", photo(), file()), open_line.inbox)
    first, second = bodies(open_line)
    assert (first["type"], first["image"]["caption"]) == ("image", "Both")
    assert (second["type"], second["document"]["filename"]) == ("document", "a.pdf")
    assert set(second["document"]) == {"id", "filename"}
    assert "biz_opaque_callback_data" not in second
    assert [sent.provider_id, *sent.more_ids] == [one for each in open_line.outbox() for one in each["message_ids"]]


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/png", "image"),
        ("video/mp4", "video"),
        ("audio/ogg", "audio"),
        ("image/webp", "sticker"),
        ("text/plain", "document"),
    ],
)
def test_file_is_shown_by_its_type(open_line: Line, content_type: str, kind: str) -> None:
    open_line.adapter.send(out("", file("x", content_type)), open_line.inbox)
    assert bodies(open_line)[0]["type"] == kind


def test_text_that_is_no_caption_comes_first(open_line: Line) -> None:
    open_line.adapter.send(out("x" * 1500, photo()), open_line.inbox)
    open_line.adapter.send(out("With a sound", file("a.ogg", "audio/ogg")), open_line.inbox)
    assert [one["type"] for one in bodies(open_line)] == ["text", "image", "text", "audio"]


def test_picture_too_large_to_be_shown_is_a_document() -> None:
    large = replace(photo(), size=6 * 1024 * 1024)
    assert [one.type for one in sending.plan(out("", large))] == ["document"]


def test_buttons_and_lists(open_line: Line) -> None:
    buttons = [{"id": "a", "title": "Yes"}, {"id": "b", "title": "No"}]
    open_line.adapter.send(out("Sure?", photo(), data={"buttons": buttons}), open_line.inbox)
    rows = [{"id": str(one), "title": f"Row {one}", "description": "x"} for one in range(10)]
    open_line.adapter.send(out("Which?", data={"list": {"button": "Choose", "rows": rows}}), open_line.inbox)
    asked, listed = (one["interactive"] for one in bodies(open_line))
    assert [one["reply"] for one in asked["action"]["buttons"]] == buttons
    assert asked["header"]["type"] == "image"
    assert listed["action"]["sections"][0]["rows"] == rows
    seen = open_line.emulator.read("whatsapp/chat", customer=TO)["messages"]
    assert [one["is_mine"] for one in seen] == [True]  # nothing has been delivered yet
    open_line.emulator.advance(1)
    seen = open_line.emulator.read("whatsapp/chat", customer=TO)["messages"]
    assert [one["title"] for one in seen[1]["buttons"]] == ["Yes", "No"]
    assert seen[2]["list"]["button"] == "Choose"


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (out(""), "empty"),
        (out("x" * 4097), "too_long"),
        (out("x", to="nobody"), "bad_recipient"),
        (out("x", to="SE.A B"), "bad_recipient"),
        (out("x", file("a.zip", "application/zip")), "bad_file"),
        (out("x", replace(file(), size=101 * 1024 * 1024)), "file_too_large"),
        (out("x", replace(file("s.webp", "image/webp"), size=600 * 1024)), "file_too_large"),
        (out("x", data={"buttons": [{"id": str(one), "title": str(one)} for one in range(4)]}), "bad_button"),
        (out("x", data={"buttons": [{"id": "a", "title": "x" * 21}]}), "bad_button"),
        (out("x", data={"buttons": [{"id": "a", "title": "Yes"}, {"id": "b", "title": "Yes"}]}), "bad_button"),
        (out("x", data={"buttons": "yes"}), "bad_button"),
        (out("", data={"buttons": [{"id": "a", "title": "Yes"}]}), "empty"),
        (out("x" * 1025, data={"buttons": [{"id": "a", "title": "Yes"}]}), "too_long"),
        (
            out("x", data={"list": {"button": "x", "rows": [{"id": str(one), "title": str(one)} for one in range(11)]}}),
            "bad_list",
        ),
        (out("x", data={"list": {"button": "", "rows": [{"id": "1", "title": "1"}]}}), "bad_list"),
        (out("x", data={"list": {"button": "x", "rows": [{"id": "1", "title": "1", "description": "x" * 73}]}}), "bad_list"),
        (out("x", data={"template": {"name": "x"}}), "bad_template"),
        (out("x", data={"template": "x"}), "bad_template"),
    ],
)
def test_what_whatsapp_would_refuse_is_never_sent(open_line: Line, outgoing: Outgoing, code: str) -> None:
    error = refused(open_line, outgoing)
    assert (error.code, error.permanent) == (code, True)
    assert open_line.outbox() == []


def template(line: Line, **facts: Any) -> None:
    body = [{"type": "BODY", "text": "Hello {{1}}, order {{2}} is ready."}]
    line.emulator.control("whatsapp/templates", **{"name": "order_ready", "language": "en_US", "components": body, **facts})


def filled(*values: str, name: str = "order_ready") -> dict[str, Any]:
    parameters = [{"type": "text", "text": one} for one in values]
    return {"template": {"name": name, "language": "en_US", "components": [{"type": "body", "parameters": parameters}]}}


def test_template_is_listed_filled_and_shown(line: Line) -> None:
    line.does(by=ZOE)
    template(line)
    template(line, name="order_late", status="PAUSED")
    news = [one for one in line.heard() if isinstance(one, TemplateChanged)]
    assert {(one.name, one.status) for one in news} == {("order_ready", "APPROVED"), ("order_late", "PAUSED")}
    listed = line.adapter.templates(line.inbox)
    assert [(one.name, one.language, one.status) for one in listed] == [
        ("order_ready", "en_US", "APPROVED"), ("order_late", "en_US", "PAUSED"),
    ]  # fmt: skip
    line.emulator.advance(25 * 3600)
    line.adapter.send(out("Hello", data=filled("Zoë", "77")), line.inbox)
    line.emulator.advance(1)
    seen = line.emulator.read("whatsapp/chat", customer=TO)["messages"]
    assert seen[-1]["text"] == "Hello Zoë, order 77 is ready."


def test_every_template_is_listed_whatever_the_pages(line: Line) -> None:
    for number in range(130):
        template(line, name=f"t{number}")
    assert len(line.adapter.templates(line.inbox)) == 130


@pytest.mark.parametrize(
    ("data", "facts", "code"),
    [
        (filled("Zoë"), {}, "template_parameters"),
        (filled("Zoë", "77", name="unknown"), {}, "template_missing"),
        (filled("Zoë", "77"), {"status": "PAUSED"}, "template_paused"),
        (filled("Zoë", "77"), {"status": "DISABLED"}, "template_disabled"),
        (filled("Zoë", "x" * 1020), {}, "template_too_long"),
        (filled("Zoë", "77"), {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}} {{2}}"}]},
         "template_parameters"),
    ],
)  # fmt: skip
def test_template_that_does_not_fit_is_explained(line: Line, data: dict[str, Any], facts: dict[str, Any], code: str) -> None:
    line.does(by=ZOE)
    template(line, **facts)
    assert refused(line, out("x", data=data)).code == code


def test_template_has_its_picture_at_the_head(line: Line) -> None:
    line.does(by=ZOE)
    template(line, components=[{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}} {{2}}"}])
    line.adapter.send(out("x", photo(), data=filled("a", "b")), line.inbox)
    head, body = bodies(line)[0]["template"]["components"]
    assert (head["type"], head["parameters"][0]["type"], body["type"]) == ("header", "image", "body")


def test_code_goes_to_the_number_of_who_hides_it(line: Line) -> None:
    line.does(by={**ZOE, "mode": "id"})
    template(line, category="AUTHENTICATION", components=[{"type": "BODY", "text": "{{1}}"}])
    assert refused(line, out("x", to="SE.1000001", data=filled("123456"))).code == "number_needed"
    line.adapter.send(out("x", to="SE.1000001", also=(TO,), data=filled("123456")), line.inbox)
    assert bodies(line)[-1]["to"] == TO


def failure(line: Line, outgoing: Outgoing) -> str:
    """By which code a message fails later."""
    line.adapter.send(outgoing, line.inbox)
    line.emulator.advance(1)
    [receipt] = [one for one in line.heard() if isinstance(one, Receipt)]
    assert receipt.status == "failed"
    return receipt.error_code


def test_closed_window_is_told_later_or_at_once(line: Line) -> None:
    line.does(by=ZOE)
    line.emulator.advance(24 * 3600 + 60)
    line.heard()
    assert failure(line, out("Still there?")) == "window_closed"
    line.emulator.control("whatsapp/numbers", id=NUMBER, waba=WABA, app=APP, token=TOKEN, errors_at_once=True)
    assert refused(line, out("Still there?")).code == "window_closed"


def test_customer_without_whatsapp_and_one_without_offers(line: Line) -> None:
    assert failure(line, out("x", to="4670999999")) == "undeliverable"
    line.does(by={**ZOE, "has_stopped_offers": True})
    template(line, category="MARKETING")
    line.heard()
    assert failure(line, out("x", data=filled("a", "b"))) == "marketing_stopped"


def test_too_often_to_one_person_waits(open_line: Line) -> None:
    for number in range(15):
        open_line.adapter.send(out(str(number)), open_line.inbox)
    error = refused(open_line, out("one more"))
    assert (error.code, error.permanent, error.retry_after, error.is_inbox_wide) == ("too_often", False, 6.0, False)


def test_too_much_for_the_number_waits(open_line: Line) -> None:
    open_line.emulator.control("whatsapp/numbers", id=NUMBER, waba=WABA, app=APP, token=TOKEN, throughput=2)
    for number in range(2):
        open_line.adapter.send(out(str(number)), open_line.inbox)
    assert refused(open_line, out("x")).code == "slow_down"


@pytest.mark.parametrize(
    ("fault", "code", "what"),
    [
        ({"code": 500, "body": {"code": 2, "is_transient": True}}, "unavailable", (False, False)),
        ({"code": 502}, "unconfirmed", (False, True)),
        ({"code": 400, "body": {"code": 80007, "regain": 5}}, "slow_down", (False, False)),
        ({"code": 400, "body": {"code": 131031}}, "account_locked", (True, False)),
        ({"code": 400, "body": {"code": 131048}}, "spam_limit", (False, False)),
        ({"code": 400, "body": {"code": 999_999}}, "refused", (True, False)),
    ],
)
def test_failures_of_the_platform(open_line: Line, fault: dict[str, Any], code: str, what: tuple[bool, bool]) -> None:
    open_line.faults(http_errors=[{"match": "messages", **fault}])
    error = refused(open_line, out("x"))
    assert (error.code, (error.permanent, error.is_ambiguous)) == (code, what)
    if code == "slow_down":
        assert error.retry_after == 300.0


def test_lost_answer_is_in_doubt_and_its_status_tells(open_line: Line) -> None:
    open_line.faults(resets=[{"match": "messages"}])
    outgoing = out("Did it arrive?")
    assert refused(open_line, outgoing).is_ambiguous
    assert open_line.adapter.find_sent(outgoing, open_line.inbox) is None
    open_line.emulator.advance(1)
    receipts = [one for one in open_line.heard() if isinstance(one, Receipt)]
    assert {one.message for one in receipts} == {outgoing.reference}


def test_lost_upload_is_no_doubt(open_line: Line) -> None:
    open_line.faults(resets=[{"match": "media"}])
    assert refused(open_line, out("x", photo())).is_ambiguous is False
    assert open_line.outbox() == []


def test_second_part_that_fails_is_told(open_line: Line) -> None:
    open_line.faults(http_errors=[{"match": "media", "times": 0}])
    files = [photo(1), photo(2)]
    broken = replace(files[1], read=lambda: b"")
    assert refused(open_line, out("x", files[0], broken)).code == "partly_sent"
    assert len(open_line.outbox()) == 1


def test_read_typing_and_reactions(open_line: Line) -> None:
    asked = open_line.does(by=ZOE, text="?")["message"]
    do = open_line.adapter.act
    do(Action("read", TO, asked), open_line.inbox)
    do(Action("typing", TO, asked), open_line.inbox)
    do(Action("typing", TO), open_line.inbox)
    chat = open_line.emulator.read("whatsapp/chat", customer=TO)
    assert chat["is_typing"] is True
    assert [one["tick"] for one in chat["messages"]] == ["read", "read"]
    do(Action("react", TO, asked, "🔥"), open_line.inbox)
    assert open_line.emulator.read("whatsapp/chat", customer=TO)["messages"][-1]["reactions"] == {"business": "🔥"}
    do(Action("react", TO, asked, ""), open_line.inbox)
    assert open_line.emulator.read("whatsapp/chat", customer=TO)["messages"][-1]["reactions"] == {}
    for kind in ("edit", "delete", "dance"):
        with pytest.raises(ChannelError) as caught:
            do(Action(kind, TO, asked, "x"), open_line.inbox)
        assert caught.value.code == "unsupported"


def received(line: Line, **given: Any) -> RemoteFile:
    line.does("photo", by=ZOE, **given)
    [message] = line.heard()
    assert isinstance(message, InboundMessage)
    [found] = message.files
    assert isinstance(found, RemoteFile)
    return found


def test_address_that_ended_is_asked_for_again(line: Line) -> None:
    found = received(line)
    line.faults(media_ttl_s=0)
    with pytest.raises(ChannelError) as caught:
        line.adapter.fetch(found, line.inbox)
    assert (caught.value.code, caught.value.permanent) == ("unavailable", False)
    line.faults()
    line.emulator.advance(6 * 24 * 3600)
    assert line.adapter.fetch(found, line.inbox)


def test_file_that_is_gone_is_told(line: Line) -> None:
    found = received(line)
    line.emulator.advance(7 * 24 * 3600 + 1)
    with pytest.raises(ChannelError) as caught:
        line.adapter.fetch(found, line.inbox)
    assert (caught.value.code, caught.value.permanent) == ("media_expired", True)


def test_file_whose_hash_is_another_is_fetched_again() -> None:
    with pytest.raises(ChannelError) as caught:
        media.proven(b"x", ("0" * 64, ""))
    assert (caught.value.code, caught.value.permanent) == ("bad_download", False)
    assert media.proven(b"x", ("", "")) == b"x"


def test_revoked_access_stops_the_inbox_and_comes_back(open_line: Line) -> None:
    open_line.emulator.control("whatsapp/revocations")
    error = refused(open_line, out("x"))
    assert (error.code, error.stops_inbox) == ("password_changed", True)
    open_line.emulator.control("whatsapp/revocations", is_revoked=False)
    open_line.adapter.send(out("x"), open_line.inbox)
    assert refused(replace(open_line, inbox=with_settings(token="")), out("x")).stops_inbox


def test_nothing_shows_the_token(line: Line) -> None:
    assert TOKEN not in repr(graph.Graph(TOKEN, secret=SECRET))
    assert isinstance(line.inbox, InboxConfig)
