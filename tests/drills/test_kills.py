"""Visitors' messages and agents' answers while everything is killed: nothing lost, doubled or out of order."""

import asyncio
from collections.abc import Callable

import pytest

from conversations.models import Message
from tests.drills import ledger
from tests.drills.chaos import Chaos
from tests.drills.conftest import EACH, VISITORS
from tests.drills.traffic import Agent, Background, PatientClient, Scene, Visitor

pytestmark = pytest.mark.drill

#: Answers to each conversation.
ANSWERS = 10
#: Seconds after the last blow within which everything must have been taken: two cores make, write and read it all.
TAKEN_WITHIN = max(60.0, VISITORS * EACH / 20)
#: Seconds after the last blow within which everything must be applied: sweeps, and the lease of a dead worker.
SETTLED_WITHIN = 45.0
FINAL = {Message.Status.SENT, Message.Status.DELIVERED, Message.Status.READ}


async def write_all(visitors: list[Visitor], pause: float) -> None:
    async with PatientClient() as client:
        await asyncio.gather(*(visitor.write(EACH, pause, client) for visitor in visitors))


@pytest.mark.parametrize(
    ("seed", "also"),
    [(1, ()), (2, ("flush", "valkey")), (3, ("postgres",))],
    ids=["processes", "and the broker", "and Postgres"],
)
def test_visitors_messages_survive(make_scene: Callable[[int], Scene], seed: int, also: tuple[str, ...]) -> None:
    scene = make_scene(seed)
    visitors = [Visitor(number, scene, by_socket=number % 5 == 0) for number in range(VISITORS)]
    traffic = Background(write_all(visitors, pause=0.7))
    chaos = Chaos(scene.stack, seed, also)
    chaos.rage(traffic.is_done, at_least=10)
    traffic.result(TAKEN_WITHIN)
    drained = ledger.wait_until_settled(scene.workspace.pk, SETTLED_WITHIN)
    found = ledger.inbound_by_visitor(scene.workspace.pk)
    figures = ledger.account((visitor.said, found[visitor.identity.value]) for visitor in visitors)
    slowest = max(visitor.slowest for visitor in visitors)
    print(f"\n{figures}; kills: {chaos.said()}; slowest answer {slowest:.1f} s; settled after {drained:.1f} s")  # noqa: T201
    assert figures.is_clean
    assert figures.sent == VISITORS * EACH
    assert ledger.gaps_in_numbers(scene.workspace.pk) == 0
    assert len(found) == VISITORS


def test_agents_answers_survive(make_scene: Callable[[int], Scene]) -> None:
    scene = make_scene(4)
    visitors = [Visitor(number, scene, by_socket=False) for number in range(12)]
    asyncio.run(_first_words(visitors))
    ledger.wait_until_settled(scene.workspace.pk, SETTLED_WITHIN)
    numbers = sorted(ledger.numbers_by_visitor(scene.workspace.pk).values())
    agent = Agent(scene)
    traffic = Background(_answer_all(agent, numbers))
    chaos = Chaos(scene.stack, 4, ("flush", "postgres"))
    chaos.rage(traffic.is_done, at_least=8)
    traffic.result()
    drained = ledger.wait_until_settled(scene.workspace.pk, SETTLED_WITHIN)
    replies = ledger.replies_by_number(scene.workspace.pk)
    figures = ledger.account((agent.said[number], [text for text, _status in replies[number]]) for number in numbers)
    print(f"\nanswers: {figures}; kills: {chaos.said()}; settled after {drained:.1f} s")  # noqa: T201
    assert figures.is_clean
    assert {status for found in replies.values() for _text, status in found} <= FINAL


async def _first_words(visitors: list[Visitor]) -> None:
    async with PatientClient() as client:
        await asyncio.gather(*(visitor.write(1, 0, client) for visitor in visitors))


async def _answer_all(agent: Agent, numbers: list[int]) -> None:
    async with PatientClient() as client:
        thirds = [numbers[start::3] for start in range(3)]
        await asyncio.gather(*(agent.answer(third, ANSWERS, client) for third in thirds))
