"""Telegram under blows: many events, doubled and shuffled, while processes are killed; one inbox down beside another."""

import os
import random
import statistics
import threading
import time
from collections import Counter, defaultdict

import pytest

from channels_app.models import InboundEvent
from conversations.models import Conversation, Message
from core.tenancy import scope
from tests.channels_app.telegram.shop import Shop, open_shop
from tests.emulators.running import Running
from tests.harness.stack import Stack

pytestmark = pytest.mark.drill

#: Events of the drills: the goal's ten thousand come shuffled, fewer in their order, where each one's place is compared.
EVENTS = int(os.environ.get("CHATZEE_DRILL_EVENTS", "10000"))
IN_ORDER = EVENTS // 4
CUSTOMERS = 50
OTHER_TOKEN = "7000000002:AAE-emulated-token-of-another-bot-0"


@pytest.fixture
def shop(telegram_line: Running, stack: Stack) -> Shop:
    stack.start()
    telegram_line.control("reset")
    return open_shop(telegram_line, stack)


class Writing(threading.Thread):
    """Customers write, each in turn, as fast as the emulator takes it."""

    def __init__(self, emulator: Running, events: int) -> None:
        super().__init__(daemon=True)
        self._emulator = emulator
        self._events = events
        self.said: dict[str, list[str]] = defaultdict(list)

    def run(self) -> None:
        for number in range(self._events):
            customer = number % CUSTOMERS
            text = f"{customer} says {number}"
            self._emulator.customer(by={"id": 100 + customer, "first_name": f"Customer {customer}"}, text=text)
            self.said[f"Customer {customer}"].append(text)


@pytest.mark.parametrize(("events", "reorder_ms"), [(IN_ORDER, 0), (EVENTS, 800)], ids=["doubled", "doubled and shuffled"])
def test_every_event_is_applied_once_while_processes_are_killed(shop: Shop, events: int, reorder_ms: int) -> None:
    shop.emulator.faults(duplicate_rate=0.1, reorder_window_ms=reorder_ms)
    writing, source, kills = Writing(shop.emulator, events), random.Random(reorder_ms), Counter[str]()  # noqa: S311  # repeatable
    writing.start()
    while writing.is_alive() or kills.total() < max(4, events // 1000):
        victim = source.choice(["worker", "edge"])
        shop.stack.restart(victim)
        kills[victim] += 1
        time.sleep(source.uniform(1, 3))
    writing.join()
    begin = time.monotonic()
    applied = InboundEvent.objects
    # The platform's back-off, the sweeps and the queue, after the last event.
    shop.seen(lambda: applied.filter(inbox=shop.inbox, state="applied").count() >= events, 120 + events / 40)
    took = time.monotonic() - begin
    shop.emulator.control("settle")
    attempts = Counter(one["outcome"] for one in shop.emulator.read("deliveries"))
    print(f"\n{events} events, {dict(attempts)}; kills {dict(kills)}; applied {took:.1f} s after the last")  # noqa: T201
    found: dict[str, list[str]] = defaultdict(list)
    for message in shop.inbound(events):
        assert message.author_contact is not None
        found[message.author_contact.name].append(message.body)
    assert attempts["delivered"] > events * 1.05
    if reorder_ms:
        found, writing.said = ({who: sorted(said) for who, said in one.items()} for one in (found, writing.said))
    assert found == writing.said
    with scope(shop.workspace.pk):
        assert not InboundEvent.objects.filter(inbox=shop.inbox).exclude(state="applied").exists()


def test_inbox_whose_platform_hangs_does_not_slow_another(shop: Shop, stack: Stack) -> None:
    other = open_shop(shop.emulator, stack, token=OTHER_TOKEN, username="other_bot")
    alone = _answer_times(other, range(900, 908))
    hanging = [_begun(shop, 500 + number) for number in range(12)]
    shop.emulator.control("telegram/faults", connection="shop_bot", faults={"latency_ms": 12_000})
    for conversation in hanging:
        shop.reply(conversation, "waits")
    time.sleep(1)
    beside = _answer_times(other, range(950, 958))
    print(f"\nanswers alone {alone}, beside an inbox that hangs {beside} (seconds)")  # noqa: T201
    assert max(beside) < 3
    assert statistics.median(beside) < statistics.median(alone) + 1
    shop.emulator.control("telegram/faults", connection="shop_bot", faults={})


def _begun(shop: Shop, customer: int) -> Conversation:
    """The conversation of a customer who has just written."""
    shop.emulator.customer(by=customer, text=f"from {customer}", bot=shop.inbox.settings["username"])
    found: list[Message] = shop.seen(lambda: [one for one in shop.messages(kind="inbound") if one.body == f"from {customer}"])
    return found[0].conversation


def _answer_times(shop: Shop, customers: range) -> list[float]:
    """The seconds from an agent's answer to its being sent, to one customer after another."""
    times = []
    for customer in customers:
        conversation = _begun(shop, customer)
        begin = time.monotonic()
        shop.settled(shop.reply(conversation, "here"), Message.Status.SENT)
        times.append(round(time.monotonic() - begin, 2))
    return times
