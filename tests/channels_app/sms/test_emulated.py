"""SMS against the emulated Twilio: connect, receive, send, what fails and how, and what was missed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from channels_app.adapters.sms import listening
from channels_app.adapters.sms.adapter import ADAPTER
from channels_app.adapters.sms.api import Twilio
from channels_app.contract import ChannelError, Envelope, InboxConfig, Outgoing, OutgoingFile
from conversations.normalised import ConsentChanged, InboundMessage, Receipt, RemoteFile
from core.ids import new_id
from tests.channels_app.sms.conftest import CUSTOMER, NUMBER, SERVICE, SID, TOKEN, Line


def outgoing(text: str = "It is", **more: Any) -> Outgoing:
    return Outgoing(reference=new_id(), to=CUSTOMER, text=text, **more)


def refused(send: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send()
    return caught.value


def test_connecting_points_the_number_here_and_disconnecting_takes_it_back(line: Line) -> None:
    numbers = Twilio(line.inbox).get("/IncomingPhoneNumbers")["incoming_phone_numbers"]
    assert numbers[0]["sms_url"] == line.inbox.settings["hook_url"]
    ADAPTER.disconnect(line.inbox)
    assert Twilio(line.inbox).get("/IncomingPhoneNumbers")["incoming_phone_numbers"][0]["sms_url"] == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"auth_token": "wrong"}, "token_void"), ({"sender": "+15005559999"}, "sender_wrong"), ({"auth_token": ""}, "token_void")],
)
def test_what_is_wrong_with_the_settings_is_said(line: Line, changes: dict[str, str], code: str) -> None:
    inbox = replace(line.inbox, settings={**line.inbox.settings, **changes})
    assert refused(lambda: ADAPTER.connect(inbox, "http://127.0.0.1/x")).code == code


def test_a_message_and_its_answer(line: Line) -> None:
    line.does("Is the bowl there?")
    (said,) = line.heard()
    assert isinstance(said, InboundMessage)
    assert (said.text, said.sender.value) == ("Is the bowl there?", CUSTOMER)
    sent = ADAPTER.send(outgoing(), line.inbox)
    statuses = [(one.status, one.provider_id) for one in line.heard() if isinstance(one, Receipt)]
    assert statuses == [("sent", sent.provider_id), ("delivered", sent.provider_id)]
    chat = line.emulator.read("twilio/chat", account=SID, customer=CUSTOMER)
    assert [(one["text"], one["is_mine"]) for one in chat["messages"]] == [("Is the bowl there?", True), ("It is", False)]


def test_a_messaging_service_sends_and_receives(line: Line) -> None:
    inbox = replace(line.inbox, settings={**line.inbox.settings, "sender": SERVICE})
    ADAPTER.connect(inbox, str(line.inbox.settings["hook_url"]))
    line.does(by_service=True)
    assert len(line.heard()) == 1
    ADAPTER.send(outgoing(), inbox)
    assert line.emulator.read("twilio/outbox")[-1]["form"]["MessagingServiceSid"] == SERVICE


def test_a_file_that_came_is_fetched_and_the_credentials_stay_at_twilio(line: Line) -> None:
    line.does(kind="photo")
    (said,) = line.heard()
    assert isinstance(said, InboundMessage)
    # The emulator's store refuses whoever brings credentials along, as the real one does.
    assert ADAPTER.fetch(said.files[0], line.inbox)[:2] == b"\xff\xd8"  # type: ignore[arg-type]
    stolen = RemoteFile({"url": "https://evil.example/x"})
    assert refused(lambda: ADAPTER.fetch(stolen, line.inbox)).code == "file_gone"


@contextmanager
def served(content: bytes) -> Iterator[str]:
    """A link of ours, from which Twilio fetches a file."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "image/png")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its parent's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/a.png"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_files_go_out_by_links(line: Line) -> None:
    with served(b"picture") as link:
        files = [OutgoingFile(uuid4(), "a.png", "image/png", 7, link=lambda: link)]
        sent = ADAPTER.send(outgoing("", files=files), line.inbox)
    line.envelopes()
    assert sent.provider_id.startswith("MM")
    chat = line.emulator.read("twilio/chat", account=SID, customer=CUSTOMER)
    assert chat["messages"][-1]["file"]["size"] == 7


@pytest.mark.parametrize(
    ("carrier", "code"),
    [(30003, "unreachable"), (30005, "unknown_phone"), (30006, "landline"), (30007, "filtered"), (30034, "unregistered")],
)  # fmt: skip
def test_what_carriers_refuse_is_worded(line: Line, carrier: int, code: str) -> None:
    line.emulator.control("twilio/carriers", account=SID, to=CUSTOMER, code=carrier)
    ADAPTER.send(outgoing(), line.inbox)
    assert [one.error_code for one in line.heard() if isinstance(one, Receipt) and one.status == "failed"] == [code]


@pytest.mark.parametrize("is_advanced", [True, False])
def test_stop_and_start(line: Line, is_advanced: bool) -> None:
    line.emulator.control("twilio/opt_out", account=SID, is_advanced=is_advanced)
    line.does("STOP")
    assert [one.is_given for one in line.heard() if isinstance(one, ConsentChanged)] == [False]
    error = refused(lambda: ADAPTER.send(outgoing(), line.inbox))
    assert (error.code, error.opts_out, error.permanent) == ("opted_out", True, True)
    line.does("START")
    assert [one.is_given for one in line.heard() if isinstance(one, ConsentChanged)] == [True]
    assert ADAPTER.send(outgoing(), line.inbox).provider_id


@pytest.mark.parametrize(
    ("message", "code"),
    [(outgoing(""), "empty"), (outgoing("x" * 1601), "too_long"), (replace(outgoing(), to="MYBANK"), "no_reply"),
     (outgoing(files=[OutgoingFile(uuid4(), "a", "image/png", 6 * 1024 * 1024)]), "file_too_large"),
     (outgoing(files=[OutgoingFile(uuid4(), "a", "image/png", 1)] * 11), "too_many_files")],
)  # fmt: skip
def test_limits_are_checked_before_anything_is_sent(line: Line, message: Outgoing, code: str) -> None:
    assert refused(lambda: ADAPTER.send(message, line.inbox)).code == code
    assert line.emulator.read("twilio/outbox") == []


def test_a_full_queue_and_a_slow_down_are_passing(line: Line) -> None:
    line.emulator.control(
        "twilio/faults", connection=SID, faults={"http_errors": [{"match": "Messages", "code": 429, "body": {}}]}
    )
    assert not refused(lambda: ADAPTER.send(outgoing(), line.inbox)).permanent
    line.emulator.control("twilio/faults", connection=SID, faults={})
    line.emulator.control("twilio/carriers", account=SID, to=CUSTOMER, code=21611)
    assert refused(lambda: ADAPTER.send(outgoing(), line.inbox)).code == "queue_full"


def test_a_revoked_key_stops_the_inbox(line: Line) -> None:
    line.emulator.control("twilio/revocations", account=SID)
    assert refused(lambda: ADAPTER.send(outgoing(), line.inbox)).stops_inbox


@pytest.mark.parametrize("text", ["It is", "Só mais uma 👋"])
def test_a_send_whose_answer_was_lost_is_found_and_not_repeated(line: Line, text: str) -> None:
    line.emulator.control("twilio/faults", connection=SID, faults={"resets": [{"match": "Messages"}]})
    message = outgoing(text)
    error = refused(lambda: ADAPTER.send(message, line.inbox))
    assert (error.is_ambiguous, error.code) == (True, "unconfirmed")
    line.emulator.control("twilio/faults", connection=SID, faults={})
    sid = line.emulator.read("twilio/outbox")[-1]["sid"]
    found = _now_listed(line, message)
    assert found is not None
    assert found.provider_id == sid
    # Two that look alike prove nothing; one that never arrived is not found.
    ADAPTER.send(outgoing(text), line.inbox)
    assert _now_listed(line, message) is None
    assert _now_listed(line, outgoing("never sent")) is None


def _now_listed(line: Line, message: Outgoing) -> Any:
    return ADAPTER.find_sent(message, line.inbox)


def test_what_came_in_a_downtime_is_looked_up_under_the_same_key(line: Line) -> None:
    line.does("heard")
    heard = {one.key for one in line.envelopes()}
    line.does("unheard", is_unheard=True, kind="photo")
    line.does("somebody else's", to="+15005550002", is_unheard=True)
    found: list[Envelope] = listening.missed(line.inbox, Twilio(line.inbox), datetime.now(UTC) - timedelta(days=1))
    assert [event.text for one in found for event in ADAPTER.parse(one.body, line.inbox)] == ["heard", "unheard"]  # type: ignore[union-attr]
    assert heard < {one.key for one in found}
    (second,) = [event for one in found[1:] for event in ADAPTER.parse(one.body, line.inbox)]
    assert isinstance(second, InboundMessage)
    assert ADAPTER.fetch(second.files[0], line.inbox)[:2] == b"\xff\xd8"  # type: ignore[arg-type]


def test_listening_keeps_its_place(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY", 0.01)
    line.does("unheard", is_unheard=True)
    cursors: list[Any] = []

    def post(envelopes: Any, cursor: Any) -> None:
        cursors.append((len(envelopes), cursor))

    ADAPTER.listen(line.inbox, {}, post, lambda: len(cursors) > 1)
    assert cursors[0][0] == 1
    assert datetime.fromisoformat(cursors[0][1]["since"]) <= datetime.now(UTC)


class _AtEmulator(TwilioHttpClient):
    """The vendor's client, led to the emulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._url), *args, **kwargs)


def test_the_vendors_sdk_works_against_the_emulator(line: Line) -> None:
    sdk = Client(SID, TOKEN, http_client=_AtEmulator(line.emulator.url))
    made = sdk.messages.create(to=CUSTOMER, from_=NUMBER, body="By the SDK", status_callback=line.inbox.settings["hook_url"])
    assert sdk.messages(made.sid).fetch().body == "By the SDK"
    assert [one.sid for one in sdk.messages.list(to=CUSTOMER)] == [made.sid]
    assert [one.status for one in line.heard() if isinstance(one, Receipt)] == ["sent", "delivered"]
    with pytest.raises(TwilioRestException) as refusal:
        sdk.messages.create(to="nobody", from_=NUMBER, body="x")
    assert refusal.value.code == 21211


def test_the_account_is_never_written_down(line: Line) -> None:
    config: InboxConfig = line.inbox
    assert TOKEN not in repr(Twilio(config))
