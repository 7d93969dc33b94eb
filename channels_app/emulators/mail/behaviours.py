"""What addresses do: refuse, put off, take and bounce, answer by themselves, send on.

The name before the @ says it (`unknown@anything`, `greylist+x@anything`), or the control API does for one address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from channels_app.emulators.mail.letters import (
    auto_reply,
    bounce,
    careless_reply,
    delay_notice,
    forwarded,
    list_copy,
)
from channels_app.emulators.mail.state import Taken, World

#: Seconds that a tarpit takes for a step.
TARPIT = 8.0
GREYLISTED = 2


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`refusal` answers RCPT, for the first `times` attempts (0: always); `reaction` follows a mail that was taken."""

    refusal: str = ""
    times: int = 0
    is_slow: bool = False
    reaction: Callable[[World, Taken, str], None] | None = None


BEHAVIOURS: Mapping[str, Behaviour] = {
    "unknown": Behaviour("550 5.1.1 User unknown in virtual mailbox table"),
    "full": Behaviour("552 5.2.2 Mailbox is full"),
    "greylist": Behaviour("451 4.7.1 Greylisted, please try again", times=GREYLISTED),
    "busy": Behaviour("421 4.7.0 Too many connections, try again later"),
    "tarpit": Behaviour(is_slow=True),
    "bounce": Behaviour(reaction=bounce),
    "delayed": Behaviour(reaction=delay_notice),
    "away": Behaviour(reaction=auto_reply),
    "robot": Behaviour(reaction=careless_reply),
    "forward": Behaviour(reaction=forwarded),
    "list": Behaviour(reaction=list_copy),
}


def behaviour_of(world: World, address: str) -> Behaviour:
    """What an address does. One that has a mailbox and no behaviour of its own just takes mail."""
    wanted = world.behaviours.get(address.lower())
    if wanted is not None:
        known = BEHAVIOURS.get(str(wanted.get("behaviour")), Behaviour())
        times = wanted.get("times")
        return Behaviour(known.refusal, times if isinstance(times, int) else known.times, known.is_slow, known.reaction)
    local = address.lower().rpartition("@")[0].partition("+")[0]
    return Behaviour() if world.mailbox(address) else BEHAVIOURS.get(local, Behaviour())


def answer_to(world: World, address: str) -> str:
    """What RCPT is answered with."""
    behaviour = behaviour_of(world, address)
    if not behaviour.refusal:
        return "250 2.1.5 OK"
    world.seen[address.lower()] = world.seen.get(address.lower(), 0) + 1
    is_over = behaviour.times and world.seen[address.lower()] > behaviour.times
    return "250 2.1.5 OK" if is_over else behaviour.refusal
