"""All channels under blows: their events mixed, doubled and shuffled while processes are killed, and answers meanwhile."""

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from accounts.models import User, Workspace
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from conversations.models import Conversation, Message, MessageRevision, Reaction
from core.events.models import Event
from core.tenancy import scope
from tests.channels_app.every.crowd import Customer, Door, crowd
from tests.channels_app.every.lines import LINES, Hook, Line
from tests.drills import ledger
from tests.drills.chaos import Chaos
from tests.drills.traffic import Agent, Background, PatientClient, Scene
from tests.emulators.running import Running, running_emulator
from tests.factories import make_user, make_workspace
from tests.harness.stack import Stack

pytestmark = pytest.mark.drill

#: Events of the drill; the goal names 10,000.
EVENTS = int(os.environ.get("CHATZEE_DRILL_MIXED", "1000"))
EACH = 25
#: So many customers of each channel are answered, so often.
ANSWERED, ROUNDS = 6, 8
#: Agents who answer at once, each some of the conversations.
DESKS = 6
KILLS = 20
#: Events a second that the customers write together: the drill goes on for as long as the kills take.
RATE = 110
#: Seconds after the last blow within which everything must be applied: sweeps, the lease of a dead worker, and what waits.
SETTLED_WITHIN = 60.0 + EVENTS / 20
SENT = {Message.Status.SENT, Message.Status.DELIVERED, Message.Status.READ}


@dataclass
class Shop:
    """A workspace with an inbox of every channel, and its agent."""

    stack: Stack
    workspace: Workspace
    agent: User
    lines: list[Line]

    def seen(self, look: Callable[[], bool], limit: float = 60) -> None:
        """Wait until something is so in the workspace."""

        def is_so() -> bool:
            with scope(self.workspace.pk):
                return look()

        assert ledger.until(is_so, limit), "It has not come."

    def introduce(self, people: Sequence[Customer]) -> None:
        """Have the first customers of each channel write, some of them at the platform itself."""
        for one in people:
            hook = one.line.introduce(one.number, one.said[0])
            if hook is not None:
                asyncio.run(delivered([(one.line.url, hook)]))
        self.seen(lambda: Message.objects.filter(kind="inbound").count() == len(people))

    def numbers(self) -> list[int]:
        with scope(self.workspace.pk):
            return list(Conversation.objects.order_by("number").values_list("number", flat=True))

    def heard(self) -> dict[str, list[str]]:
        """The customers' messages in the order in which they were applied, by who they say wrote them."""
        found: defaultdict[UUID | None, list[str]] = defaultdict(list)
        with scope(self.workspace.pk):
            for message in Message.objects.filter(kind="inbound").order_by("id"):
                found[message.author_contact_id].append(message.body)
        return {said[0].partition(" says ")[0]: said for said in found.values()}

    def changed(self) -> tuple[Counter[str], Counter[str]]:
        """The texts of what was edited and of what was reacted to, once for each time."""
        with scope(self.workspace.pk):
            edits = Counter(one.message.body for one in MessageRevision.objects.select_related("message"))
            return edits, Counter(one.message.body for one in Reaction.objects.select_related("message"))


@pytest.fixture(scope="module")
def platforms() -> Iterator[Running]:
    """The emulator of all platforms: it is there before `stack`, whose processes read where it is when they start."""
    with running_emulator() as found, pytest.MonkeyPatch.context() as patch:
        place = urlsplit(found.url).netloc
        smtp = found.control("mail/servers")["smtp"]
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", f'["{place}", "127.0.0.1:{smtp}"]')
        for name, path in {"TELEGRAM_API": "", "META_GRAPH": "/graph", "TWILIO_API": ""}.items():
            patch.setitem(os.environ, f"CHATZEE_{name}_URL", found.url + path)
        yield found


@pytest.fixture
def shop(platforms: Running, stack: Stack) -> Shop:
    stack.start()
    platforms.control("reset")
    agent = make_user("Kwame Mensah")
    shop = Shop(stack, make_workspace(owner=agent), agent, [make(platforms, stack) for make in LINES])
    connecting = [line.inbox for line in shop.lines if adapter_of(line.channel).connects]
    with scope(shop.workspace.pk):
        for line in shop.lines:
            line.inbox.save(force_insert=True)
        for inbox in connecting:
            ask_to_connect(inbox)
    shop.seen(lambda: InboxHealth.objects.filter(connected_at__isnull=False).count() == len(connecting))
    with scope(shop.workspace.pk):
        for line in shop.lines:
            line.inbox.refresh_from_db()
    return shop


def test_one_message_that_comes_twenty_times_at_once_is_one(shop: Shop) -> None:
    texts = {line.channel: f"By {line.channel}" for line in shop.lines}

    hooks = [(line.url, line.say(1, 0, texts[line.channel])) for line in shop.lines]
    asyncio.run(delivered(hooks * 20))
    ledger.wait_until_settled(shop.workspace.pk, 30)
    with scope(shop.workspace.pk):
        assert sorted(one.body for one in Message.objects.filter(kind="inbound")) == sorted(texts.values())
        assert Event.objects.filter(type="message.created").count() == len(texts)


def test_mixed_events_of_every_channel_survive(shop: Shop) -> None:
    people = crowd(shop.lines, EVENTS, each=EACH, known=ANSWERED, seed=1)
    shop.introduce([one for one in people if one.is_known])
    numbers = shop.numbers()
    scene = Scene(shop.stack, shop.workspace, shop.lines[0].inbox, shop.agent)
    scene.sign_in()
    agent, chaos = Agent(scene), Chaos(shop.stack, seed=1)
    begin = time.monotonic()
    traffic = Background(_live(people, agent, numbers))

    def struck() -> int:
        return chaos.total - chaos.counts.get("beat", 0)

    last = chaos.rage(lambda: traffic.is_done() and struck() >= KILLS, at_least=KILLS, limit=EVENTS / RATE + 300)
    traffic.result(EVENTS / 20)
    ledger.wait_until_settled(shop.workspace.pk, SETTLED_WITHIN)
    drained = time.monotonic() - last
    heard, (edits, reactions) = shop.heard(), shop.changed()
    figures = ledger.account((one.said, heard.get(one.name, [])) for one in people)
    answers = _answers(shop, agent)
    by_channel = Counter(one.line.channel for one in people for _step in range(len(one.steps) + one.is_known))
    print(  # noqa: T201
        f"\n{by_channel.total()} events ({', '.join(f'{name} {count}' for name, count in by_channel.items())}) in"
        f" {sum(one.posts for one in people)} webhooks over {last - begin:.0f} s: {figures}, {edits.total()} edits,"
        f" {reactions.total()} reactions; {answers}; kills: {chaos.said()}; settled after {drained:.1f} s"
    )
    assert figures.is_clean
    assert len(heard) == len(people)
    assert edits == Counter(text for one in people for text in one.edited)
    assert reactions == Counter(text for one in people for text in one.reacted)
    assert by_channel.total() == EVENTS
    assert ledger.gaps_in_numbers(shop.workspace.pk) == 0
    assert struck() >= KILLS


async def delivered(hooks: Sequence[tuple[str, Hook]]) -> None:
    """Send webhooks to their addresses, all at once."""
    async with aclosing(Door()) as door:
        await asyncio.gather(*(door.deliver(url, hook) for url, hook in hooks))


async def _live(people: Sequence[Customer], agent: Agent, numbers: list[int]) -> None:
    """Everybody writes, and some are answered."""
    pause, door = len(people) / RATE, Door()
    async with PatientClient() as client, aclosing(door):
        answering = [agent.answer(numbers[start::DESKS], ROUNDS, client) for start in range(DESKS)]
        await asyncio.gather(*(one.act(door, pause) for one in people), *answering)


def _answers(shop: Shop, agent: Agent) -> str:
    """Check the answers, here and at the platforms, and tell their figures. Raises AssertionError."""
    found = ledger.replies_by_number(shop.workspace.pk)
    figures = ledger.account((said, [text for text, _status in found[number]]) for number, said in agent.said.items())
    assert figures.is_clean, f"answers: {figures}"
    statuses = {text: status for replies in found.values() for text, status in replies}
    with scope(shop.workspace.pk):
        channels = dict(Conversation.objects.values_list("number", "inbox__channel"))
    lines, taken = {line.channel: line for line in shop.lines}, Counter[str]()
    for number, said in agent.said.items():
        texts = lines[channels[number]].taken()
        for text in said if texts is not None else ():
            taken[text] = sum(text in one for one in texts or ())
    doubled = [text for text, times in taken.items() if times > 1]
    lost = [text for text, times in taken.items() if times == 0 and statuses[text] in SENT]
    unsure = [text for text, status in statuses.items() if status not in SENT]
    assert not doubled, doubled
    assert not lost, lost
    assert {statuses[text] for text in unsure} <= {Message.Status.UNKNOWN}
    return f"{figures.sent} answers, {taken.total()} of them at the platforms, none twice, {len(unsure)} shown as uncertain"
