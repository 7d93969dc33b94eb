"""How the platform calls: signed, together, again and again, in a wrong order; nothing is lost or doubled by the adapter."""

from uuid import uuid4

import orjson
import pytest

from channels_app.adapters.meta.graph import Graph
from channels_app.contract import Outgoing, RefusedError
from conversations.normalised import InboundMessage, Receipt
from tests.channels_app.contract import request_of
from tests.channels_app.whatsapp.conftest import APP, NUMBER, TOKEN, WABA, Line
from tests.emulators.receiving import Answer

DAY = 24 * 3600


def attempts(line: Line) -> list[dict[str, object]]:
    found: list[dict[str, object]] = line.emulator.read("deliveries")
    return found


def test_body_is_escaped_and_signed_over_its_bytes(line: Line) -> None:
    line.does(text="Olá 👋 https://x.example")
    line.emulator.control("settle")
    [body], [headers] = line.receiver.bodies, line.receiver.headers
    assert b"Ol\\u00e1 \\ud83d\\udc4b https:\\/\\/x.example" in body
    assert line.adapter.verify(request_of(body, headers), line.inbox)
    with pytest.raises(RefusedError):
        line.adapter.verify(request_of(orjson.dumps(orjson.loads(body)), headers), line.inbox)


def test_wrong_signature_is_refused(line: Line) -> None:
    line.faults(wrong_secret=True)
    line.does()
    with pytest.raises(RefusedError) as caught:
        line.envelopes()
    assert caught.value.status == 401


def test_events_of_several_numbers_come_in_one_webhook(line: Line) -> None:
    line.emulator.control(
        "whatsapp/numbers", id="100000000000022", waba="200000000000022", app=APP, phone="351210000022", token="EAA22"
    )
    subscribe(line, "200000000000022", "EAA22")
    line.faults(batch_size=4)
    for number in (NUMBER, "100000000000022"):
        for place in range(2):
            line.does(number=number, text=str(place))
    line.emulator.advance(1)
    assert len(line.receiver.bodies) == 1
    assert [one.account for one in line.envelopes()] == [NUMBER, NUMBER, "100000000000022", "100000000000022"]


def subscribe(line: Line, waba: str, token: str) -> None:
    Graph(token).post(f"{waba}/subscribed_apps", {})


@pytest.mark.parametrize("fault", ["duplicate_rate", "rebatch_rate"])
def test_duplicates_have_the_same_keys(line: Line, fault: str) -> None:
    line.emulator.control("whatsapp/faults", faults={fault: 1.0, "batch_size": 3})
    for place in range(3):
        line.does(text=str(place))
    line.emulator.advance(1)
    found = line.envelopes()
    assert len(found) == 6
    assert len({one.key for one in found}) == 3
    bodies = 2 if fault == "duplicate_rate" else 4
    assert len(attempts(line)) == bodies


def test_duplicate_of_a_single_event_comes_twice_in_one(line: Line) -> None:
    line.faults(rebatch_rate=1.0)
    line.does()
    found = line.envelopes()
    assert len(found) == 3
    assert len({one.key for one in found}) == 1


def test_order_of_a_person_is_kept_and_a_fault_breaks_it(line: Line) -> None:
    for place in range(20):
        line.does(text=str(place), by=f"4670000010{place % 2}")
    texts = [one.text for one in line.heard() if isinstance(one, InboundMessage)]
    assert [one for one in texts if int(one) % 2] == [str(place) for place in range(1, 20, 2)]
    line.faults(reorder_window_ms=5000)
    for place in range(20):
        line.does(text=str(place))
    line.emulator.advance(6)
    mixed = [one.text for one in line.heard() if isinstance(one, InboundMessage)]
    assert mixed != sorted(mixed, key=int)
    assert sorted(mixed, key=int) == [str(place) for place in range(20)]


def test_outage_of_six_days_loses_nothing(line: Line) -> None:
    line.receiver.answer = lambda update: Answer(503)
    line.does(text="one")
    line.emulator.advance(6 * DAY)
    line.receiver.answer = lambda update: Answer(200)
    line.receiver.bodies.clear()
    line.receiver.headers.clear()
    line.emulator.advance(3600)
    [message] = line.heard()
    assert isinstance(message, InboundMessage)
    outcomes = [one["outcome"] for one in attempts(line)]
    assert outcomes[-1] == "delivered"
    assert set(outcomes[:-1]) == {"retried"}
    waits = [
        float(str(later["at"])) - float(str(one["at"])) for one, later in zip(attempts(line), attempts(line)[1:], strict=False)
    ]
    assert [round(one) for one in waits[:4]] == [5, 10, 20, 40]
    assert round(max(waits)) == 3600


def test_event_is_given_up_after_a_week(line: Line) -> None:
    line.receiver.answer = lambda update: Answer(201)
    line.does()
    line.emulator.advance(8 * DAY)
    assert [one["outcome"] for one in attempts(line)][-1] == "dropped"


def test_what_fails_holds_up_nobody_else(line: Line) -> None:
    line.receiver.answer = lambda update: Answer(500 if "stuck" in str(update) else 200)
    line.does(text="stuck", by="46700000201")
    line.does(text="free", by="46700000202")
    line.emulator.control("settle")
    assert sorted(int(str(one["status"])) for one in attempts(line)) == [200, 500]


def test_statuses_in_any_order(line: Line) -> None:
    """Read without delivered, delivered after failed: each is told as it came."""
    line.does(by="46700000001")
    message = line.on_phone(text="Hi")["message"]
    line.heard()
    for status in ("read", "failed", "delivered"):
        line.emulator.control("whatsapp/statuses", message=message, status=status, code=131026 if status == "failed" else 0)
    found = [one for one in line.heard() if isinstance(one, Receipt)]
    assert [(one.status, one.error_code) for one in found] == [("read", ""), ("failed", "undeliverable"), ("delivered", "")]


def test_open_chat_skips_delivered(line: Line) -> None:
    line.does(by={"phone": "46700000001", "reads": True})
    line.heard()
    line.adapter.send(Outgoing(reference=uuid4(), to="46700000001", text="x"), line.inbox)
    line.emulator.advance(1)
    assert [one.status for one in line.heard() if isinstance(one, Receipt)] == ["sent", "read"]


def test_phone_that_was_away_gets_what_waited(line: Line) -> None:
    line.does(by="46700000001")
    line.does("online", is_online=False)
    line.heard()
    line.adapter.send(Outgoing(reference=uuid4(), to="46700000001", text="x"), line.inbox)
    line.emulator.advance(60)
    assert [one.status for one in line.heard() if isinstance(one, Receipt)] == ["sent"]
    line.does("online", is_online=True)
    line.emulator.advance(60)
    assert [one.status for one in line.heard() if isinstance(one, Receipt)][-1] == "delivered"


def test_nobody_hears_what_nobody_subscribed_to(line: Line) -> None:
    Graph(TOKEN).delete(f"{WABA}/subscribed_apps")
    line.does()
    assert line.envelopes() == []
    assert attempts(line) == []
