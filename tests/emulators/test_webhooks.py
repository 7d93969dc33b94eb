"""Webhooks over real connections, in virtual time."""

import time
from collections.abc import Iterator

import httpx
import orjson
import pytest

from tests.emulators.receiving import Answer, Receiver, receiving
from tests.emulators.running import TOKEN, Running

pytestmark = pytest.mark.usefixtures("virtual")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def virtual(emulator: Running) -> None:
    emulator.control("clock", is_virtual=True, at=1_800_000_000)


@pytest.fixture
def hooked(emulator: Running, receiver: Receiver) -> Running:
    """The emulator with its bot's webhook set to the receiver."""
    allowed = ["message", "message_reaction", "callback_query", "my_chat_member"]
    set_up = emulator.call("setWebhook", url=receiver.url, secret_token="s3cret-of-the-hook", allowed_updates=allowed)
    assert set_up == {"ok": True, "result": True}
    return emulator


def texts(receiver: Receiver) -> list[str]:
    return [one["message"]["text"] for one in receiver.updates]


def test_update_comes_once_with_the_secret(hooked: Running, receiver: Receiver) -> None:
    hooked.customer(text="Olá 👋", by=5)
    hooked.advance(0)
    hooked.advance(100_000)
    assert texts(receiver) == ["Olá 👋"]
    assert receiver.headers[0]["x-telegram-bot-api-secret-token"] == "s3cret-of-the-hook"
    assert receiver.headers[0]["content-type"] == "application/json"
    assert hooked.call("getWebhookInfo")["result"]["pending_update_count"] == 0


def test_outage_holds_each_chat_in_its_order(hooked: Running, receiver: Receiver) -> None:
    receiver.answer = lambda update: Answer(503)
    for number in range(4):
        hooked.customer(text=f"a{number}", by=11)
        hooked.customer(text=f"b{number}", by=12)
    hooked.advance(6 * 3600)
    assert set(texts(receiver)) == {"a0", "b0"}
    receiver.updates.clear()
    receiver.answer = lambda update: Answer()
    hooked.advance(240)
    assert [one for one in texts(receiver) if one < "b"] == ["a0", "a1", "a2", "a3"]
    assert [one for one in texts(receiver) if one > "b"] == ["b0", "b1", "b2", "b3"]


def test_attempts_are_logged_with_their_times(hooked: Running, receiver: Receiver) -> None:
    failures = iter([500, 500, 500, 200])
    receiver.answer = lambda update: Answer(next(failures))
    hooked.customer()
    hooked.advance(60)
    log = hooked.read("deliveries")
    assert [(one["attempt"], one["at"] - 1_800_000_000, one["status"], one["outcome"]) for one in log] == [
        (1, 0, 500, "retried"),
        (2, 0, 500, "retried"),
        (3, 2, 500, "retried"),
        (4, 6, 200, "delivered"),
    ]


def test_day_long_outage_loses_what_is_older_than_a_day(hooked: Running, receiver: Receiver) -> None:
    receiver.answer = lambda update: Answer(500)
    hooked.customer(text="old", by=1)
    hooked.advance(23 * 3600)
    hooked.customer(text="new", by=2)
    hooked.advance(2 * 3600)
    receiver.updates.clear()
    receiver.answer = lambda update: Answer()
    hooked.advance(300)
    assert texts(receiver) == ["new"]


def test_retry_after_is_waited_for(hooked: Running, receiver: Receiver) -> None:
    answers = iter([Answer(429, {"retry-after": "500"}), Answer()])
    receiver.answer = lambda update: next(answers)
    hooked.customer()
    hooked.advance(499)
    assert len(receiver.updates) == 1
    hooked.advance(1)
    assert len(receiver.updates) == 2


def test_gone_closes_the_webhook_after_23_hours(hooked: Running, receiver: Receiver) -> None:
    receiver.answer = lambda update: Answer(410, {"retry-after": "3600"})
    hooked.customer()
    hooked.advance(23 * 3600)
    assert hooked.call("getWebhookInfo")["result"]["url"] == receiver.url
    hooked.advance(3600)
    assert hooked.call("getWebhookInfo")["result"]["url"] == ""


def test_answer_may_be_a_call(hooked: Running, receiver: Receiver) -> None:
    receiver.answer = lambda update: Answer(
        body={"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": "At once"}
    )
    hooked.customer()
    hooked.advance(0)
    assert [one["params"]["text"] for one in hooked.outbox("sendMessage")] == ["At once"]


@pytest.mark.parametrize("method", ["setWebhook", "deleteWebhook", "getMe"])
def test_answer_may_not_be_a_call_about_the_webhook(hooked: Running, receiver: Receiver, method: str) -> None:
    receiver.answer = lambda update: Answer(body={"method": method, "url": ""})
    hooked.customer()
    hooked.advance(0)
    assert hooked.call("getWebhookInfo")["result"]["url"] == receiver.url


def test_kinds_that_were_not_asked_for_do_not_come(emulator: Running, receiver: Receiver) -> None:
    emulator.call("setWebhook", url=receiver.url)
    first = emulator.customer(by=41)
    emulator.customer("react", message_id=first["message_id"], by=41)
    emulator.advance(10)
    assert [min(one) for one in receiver.updates] == ["message"]


def test_faults_double_drop_and_shuffle(hooked: Running, receiver: Receiver) -> None:
    hooked.faults(duplicate_rate=0.3, reorder_window_ms=5000)
    sent = [hooked.customer(text=str(number), by=51)["update_id"] for number in range(60)]
    hooked.advance(20)
    assert set(receiver.ids) == set(sent)
    assert 66 <= len(receiver.ids) <= 100
    assert receiver.ids != sorted(receiver.ids)
    receiver.updates.clear()
    hooked.faults(drop_rate=1)
    hooked.customer()
    hooked.advance(60)
    assert receiver.updates == []


def test_faults_change_secret_and_writing(hooked: Running, receiver: Receiver) -> None:
    hooked.faults(wrong_secret=True, unicode_escape=True)
    hooked.customer(text="naïve 🙂")
    hooked.advance(0)
    assert receiver.headers[0]["x-telegram-bot-api-secret-token"] != "s3cret-of-the-hook"
    assert receiver.bodies[0].isascii()
    assert orjson.loads(receiver.bodies[0])["message"]["text"] == "naïve 🙂"


def test_webhook_set_again_gets_what_waits(hooked: Running, receiver: Receiver) -> None:
    assert hooked.call("deleteWebhook")["result"] is True
    hooked.customer(text="meanwhile")
    hooked.advance(5)
    assert receiver.updates == []
    hooked.call("setWebhook", url=receiver.url)
    hooked.advance(0)
    assert texts(receiver) == ["meanwhile"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://shop.example/hook", "An HTTPS URL must be provided for webhook"),
        ("https://shop.example:9000/hook", "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("ftp://shop.example/", "Failed to parse the URL"),
        ("no address", "Failed to parse the URL"),
    ],
)
def test_address_that_the_platform_would_not_call_is_refused(emulator: Running, url: str, said: str) -> None:
    assert emulator.call("setWebhook", url=url)["description"] == f"Bad Request: bad webhook: {said}"


def test_setting_it_twice_within_a_second_is_too_much(hooked: Running, receiver: Receiver) -> None:
    answer = hooked.call("setWebhook", url=receiver.url)
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 1})
    hooked.advance(1)
    assert hooked.call("setWebhook", url=receiver.url)["ok"]


def test_odd_secret_is_refused(emulator: Running, receiver: Receiver) -> None:
    answer = emulator.call("setWebhook", url=receiver.url, secret_token="ção")
    assert answer["description"] == "Bad Request: secret token contains unallowed characters"


def test_real_time_needs_nobody_to_advance_it(emulator: Running, receiver: Receiver) -> None:
    emulator.control("clock", is_virtual=False)
    emulator.call("setWebhook", url=receiver.url)
    emulator.customer(text="now")
    deadline = time.monotonic() + 30
    while not receiver.updates and time.monotonic() < deadline:
        time.sleep(0.01)
    assert texts(receiver) == ["now"]


def test_pages_of_other_origins_reach_nothing(emulator: Running) -> None:
    form = httpx.post(f"{emulator.url}/_ctl/reset", data={"a": "b"})
    renamed = httpx.get(f"{emulator.url}/bot{TOKEN}/getMe", headers={"host": "evil.example:80"})
    assert (form.status_code, renamed.status_code) == (400, 400)
    assert emulator.call("getMe")["ok"]
