"""What a page sends, as Meta takes it: right by right, limit by limit, error by error."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from channels_app.adapters.messenger.adapter import ADAPTER
from channels_app.contract import Action, ChannelError, Outgoing, OutgoingFile, RefusedError
from conversations.normalised import Echo, InboundMessage, Receipt, SeenUntil
from core.ids import new_id
from tests.channels_app.messenger.emulated import Line
from tests.channels_app.messenger.samples import PAGE, PAGE_INBOX, PERSON
from tests.emulators.receiving import Answer

DAY = 24 * 3600


def outgoing(text: str = "Olá 👋", **more: Any) -> Outgoing:
    return Outgoing(**{"reference": uuid4(), "to": PERSON, "text": text, **more})


def a_file(content_type: str = "image/png", size: int = 9, name: str = "a.png") -> OutgoingFile:
    return OutgoingFile(uuid4(), name, content_type, size, lambda: b"x" * 9, lambda: "https://never.example/file")


def refused(wanted: Outgoing) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.send(wanted, PAGE_INBOX)
    assert caught.value.code in ADAPTER.errors
    return caught.value


def test_text_comes_back_as_its_proof(line: Line) -> None:
    line.does()
    line.heard()
    wanted = outgoing(reply_to="")
    sent = ADAPTER.send(wanted, PAGE_INBOX)
    (call,) = line.outbox()
    assert call["body"] == {
        "recipient": {"id": PERSON},
        "messaging_type": "RESPONSE",
        "message": {"metadata": str(wanted.reference), "text": "Olá 👋"},
    }
    line.emulator.advance(1)
    proofs = {one.status: one for one in line.heard() if isinstance(one, Receipt)}
    assert (proofs["sent"].message, proofs["sent"].provider_id) == (wanted.reference, sent.provider_id)
    assert proofs["delivered"].provider_id == sent.provider_id
    line.does("read")
    assert [one.status for one in line.heard() if isinstance(one, SeenUntil)] == ["read"]
    assert line.chat()[-1]["tick"] == "read"


def test_answers_to_choose_from_reply_and_reaction(line: Line) -> None:
    first = line.does()["message"]
    buttons = [{"id": "Y", "title": "Yes"}, {"title": "No"}]
    ADAPTER.send(outgoing("Sure?", reply_to=first, data={"buttons": buttons}), PAGE_INBOX)
    body = line.outbox()[0]["body"]
    assert body["reply_to"] == {"mid": first}
    assert [one["payload"] for one in body["message"]["quick_replies"]] == ["Y", "No"]
    for kind, emoji, shown in (("react", "👍", {"business": "👍"}), ("react", "", {})):
        ADAPTER.act(Action(kind, PERSON, first, emoji), PAGE_INBOX)
        assert line.chat()[0]["reactions"] == shown
    ADAPTER.act(Action("read", PERSON, first), PAGE_INBOX)
    ADAPTER.act(Action("typing", PERSON, first), PAGE_INBOX)
    assert line.chat()[0]["tick"] == "read"


def test_text_and_files_are_messages_of_their_own(line: Line) -> None:
    line.does()
    wanted = outgoing("Look", files=(a_file(), a_file("application/zip", name="a.zip")))
    sent = ADAPTER.send(wanted, PAGE_INBOX)
    assert len({sent.provider_id, *sent.more_ids}) == 3
    kinds = [one["body"]["message"].get("attachment", {}).get("type", "text") for one in line.outbox()]
    assert kinds == ["text", "image", "file"]
    line.emulator.advance(1)
    echoes = [one for one in line.heard() if isinstance(one, Receipt) and one.status == "sent"]
    assert {one.message for one in echoes} == {wanted.reference}


def test_second_part_that_fails_is_never_sent_again_by_itself(line: Line) -> None:
    line.does()
    line.faults(http_errors=[{"match": "message_attachments", "code": 400, "body": {"code": 100, "error_subcode": 2018047}}])
    assert refused(outgoing("Look", files=(a_file(),))).code == "partly_sent"
    assert len(line.outbox()) == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": "x" * 2001}, "too_long"),
        ({"text": " "}, "empty"),
        ({"to": "zoe@x.example"}, "bad_recipient"),
        ({"data": {"buttons": [{"title": "x" * 21}]}}, "bad_button"),
        ({"data": {"buttons": [{"title": str(one)} for one in range(14)]}}, "bad_button"),
        ({"files": (a_file(size=26 * 1024 * 1024),)}, "file_too_large"),
        ({"reply_to": "comment:1", "files": (a_file(),)}, "comment_text_only"),
        ({"is_late": True, "is_automatic": True}, "window_closed"),
    ],
)
def test_what_cannot_go_is_not_asked(line: Line, more: dict[str, Any], code: str) -> None:
    line.does()
    error = refused(outgoing(**more))
    assert (error.code, error.permanent, line.outbox()) == (code, True, [])


def test_window_of_a_day_and_of_people(line: Line) -> None:
    line.does()
    line.emulator.advance(DAY + 1)
    assert refused(outgoing()).code == "window_closed"
    ADAPTER.send(outgoing(is_late=True), PAGE_INBOX)
    assert line.outbox()[-1]["body"]["tag"] == "HUMAN_AGENT"
    line.emulator.advance(6 * DAY)
    assert refused(outgoing(is_late=True)).code == "window_closed"


def test_comment_is_answered_in_private_once(line: Line) -> None:
    comment = line.does("comment", by={"id": PERSON, "name": "Zoë"})["comment"]
    (said,) = line.heard()
    assert isinstance(said, InboundMessage)
    assert (said.provider_id, said.sender.name) == (f"comment:{comment}", "Zoë")
    assert refused(outgoing()).code == "window_closed"
    ADAPTER.send(outgoing(reply_to=said.provider_id), PAGE_INBOX)
    assert line.outbox()[-1]["body"]["recipient"] == {"comment_id": comment}
    assert refused(outgoing(reply_to=said.provider_id)).code == "comment_answered"


@pytest.mark.parametrize(
    ("body", "code", "more"),
    [
        ({"code": 190, "error_subcode": 460}, "password_changed", {"stops_inbox": True}),
        ({"code": 10, "error_subcode": 1893063}, "page_restricted", {"permanent": False}),
        ({"code": 551, "error_subcode": 1545041}, "unavailable_person", {"unreachable": True}),
        ({"code": 100, "error_subcode": 2018001}, "no_such_person", {"unreachable": True}),
        ({"code": 2, "error_subcode": 2018344}, "terms", {"stops_inbox": True}),
        ({"code": 613}, "slow_down", {"permanent": False}),
        ({"code": 1200}, "unavailable", {"permanent": False}),
        ({"code": 424242}, "refused", {"permanent": True}),
    ],
)
def test_what_an_error_means(line: Line, body: dict[str, Any], code: str, more: dict[str, Any]) -> None:
    line.does()
    line.faults(http_errors=[{"match": "messages", "code": 400, "body": body}])
    error = refused(outgoing())
    assert error.code == code
    assert {name: getattr(error, name) for name in more} == more


def test_blocked_and_standby(line: Line) -> None:
    line.does()
    line.does("block")
    assert refused(outgoing()).code == "unavailable_person"
    line.does("unblock")
    line.does("handover")
    assert refused(outgoing()).code == "not_ours"
    line.does(text="To the bot")
    assert [one.is_automatic for one in line.heard() if isinstance(one, InboundMessage)] == [False, True]


def test_rates_are_the_platforms(line: Line) -> None:
    line.does()
    film = outgoing(files=(a_file("video/mp4"),))
    assert [(one.key, one.per_second) for one in ADAPTER.rates(film, PAGE_INBOX)] == [("media", 10.0)]
    assert [(one.key, one.per_second) for one in ADAPTER.rates(outgoing(), PAGE_INBOX)] == [("text", 300.0)]
    codes = []
    for _one in range(12):
        try:
            ADAPTER.send(outgoing("", files=film.files), PAGE_INBOX)
        except ChannelError as error:
            codes.append(error.code)
    assert codes == ["slow_down", "slow_down"]


def test_lost_answer_is_asked_for_and_never_doubled(line: Line) -> None:
    line.does()
    at = datetime.now(UTC).timestamp()
    line.emulator.control("clock", is_virtual=True, at=at)
    line.does()
    line.faults(resets=[{"match": "messages", "times": 1}])
    wanted = outgoing("Only once", reference=new_id())
    assert refused(wanted).is_ambiguous
    line.faults()
    found = ADAPTER.find_sent(wanted, PAGE_INBOX)
    assert found is not None
    assert found.provider_id == line.outbox()[-1]["message_id"]
    ADAPTER.send(outgoing("Only once"), PAGE_INBOX)
    assert ADAPTER.find_sent(wanted, PAGE_INBOX) is None
    assert ADAPTER.find_sent(outgoing("Never sent", reference=wanted.reference), PAGE_INBOX) is None


def test_page_inbox_tells_what_it_wrote(line: Line) -> None:
    line.does()
    line.does("echo", text="From the page")
    assert [one.text for one in line.heard() if isinstance(one, Echo)] == ["From the page"]


def test_file_is_fetched_while_its_address_is_good(line: Line) -> None:
    line.does("photo")
    (said,) = line.heard()
    assert isinstance(said, InboundMessage)
    assert ADAPTER.fetch(said.files[0], PAGE_INBOX)[:2] == b"\xff\xd8"  # type: ignore[arg-type]
    line.emulator.advance(3601)
    with pytest.raises(ChannelError, match="media_expired"):
        ADAPTER.fetch(said.files[0], PAGE_INBOX)  # type: ignore[arg-type]


def test_wrong_signature_is_refused_and_events_of_a_batch_are_told_apart(line: Line) -> None:
    line.faults(wrong_secret=True)
    line.does()
    with pytest.raises(RefusedError):
        line.envelopes()
    line.faults(batch_size=3)
    for number in range(3):
        line.does(text=str(number), by=str(7_000_000_010 + number))
    line.emulator.control("settle")
    assert len(line.receiver.bodies) == 1
    found = line.envelopes()
    assert len({one.key for one in found}) == len({one.sender for one in found}) == 3


def test_app_is_unsubscribed_after_a_day_and_a_half_of_failures(line: Line) -> None:
    line.receiver.answer = lambda update: Answer(500)
    line.does()
    for _hour in range(40):
        line.emulator.advance(3600)
        line.emulator.control("settle")
    outcomes = [one["outcome"] for one in line.emulator.read("deliveries", connection=PAGE)]
    assert outcomes[-1] == "closed"
    assert not line.emulator.read("messenger/accounts")[0]["is_connected"]
