"""The webhook engine by numbers, as the official server's source gives them."""

from random import Random

import pytest

from channels_app.emulators.telegram.state import UPDATE_LIFE, Update
from channels_app.emulators.telegram.webhooks import GONE_FOR, MAX_RETRY_AFTER, Engine, Outcome

NOW = 1_800_000_000.0


def update(number: int, chat: str = "1", at: float = NOW) -> Update:
    return Update(number, "message", {}, chat, int(at) + UPDATE_LIFE)


def engine(*updates: Update, most: int = 40) -> Engine:
    found = Engine(most, Random(7))  # noqa: S311  # the same numbers each time
    for one in updates:
        found.add(one, NOW)
    return found


def test_chat_waits_for_its_first_update_and_others_do_not() -> None:
    found = engine(update(1, "a"), update(2, "a"), update(3, "b"))
    first = found.due(NOW)
    assert [one.update.id for one in first] == [1, 3]
    assert found.due(NOW) == []
    assert found.settle(first[0], 200, 0, NOW) is Outcome.DELIVERED
    assert [one.update.id for one in found.due(NOW)] == [2]


def test_failing_update_holds_back_its_chat_only() -> None:
    found = engine(update(1, "a"), update(2, "a"), update(3, "b"), update(4, "b"))
    a, b = found.due(NOW)
    found.settle(a, 500, 0, NOW)
    found.settle(b, 200, 0, NOW)
    again = found.due(NOW)
    assert [one.update.id for one in again] == [1, 4]
    found.settle(again[0], 500, 0, NOW)
    found.settle(again[1], 200, 0, NOW)
    assert found.due(NOW + 1.9) == []
    assert [one.update.id for one in found.due(NOW + 2)] == [1]


def waits(found: Engine, count: int, status: int = 500, retry_after: float = 0) -> list[float]:
    """The seconds between the attempts at the first update."""
    now, seen = NOW, []
    for _attempt in range(count):
        [pending] = found.due(now)
        found.settle(pending, status, retry_after, now)
        at = found.next_at()
        assert at is not None
        seen.append(at - now)
        now = at
    return seen


def test_back_off_is_at_once_then_doubles_up_to_a_minute_or_two() -> None:
    seen = waits(engine(update(1)), 12)
    assert seen[:6] == [0, 2, 4, 8, 16, 32]
    assert 60 <= seen[6] <= 64
    assert all(60 <= one <= 120 for one in seen[7:])


def test_no_answer_is_a_failure_like_any_other() -> None:
    assert waits(engine(update(1)), 3, status=0) == [0, 2, 4]


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (30, 30), (3600, 3600), (100_000, MAX_RETRY_AFTER)])
def test_retry_after_is_obeyed_up_to_an_hour(asked: float, given: float) -> None:
    assert waits(engine(update(1)), 3, status=503, retry_after=asked) == [given] * 3


def test_update_is_dropped_when_its_next_attempt_would_come_after_a_day() -> None:
    found, times = engine(update(1), update(2)), [NOW]
    [pending] = found.due(NOW)
    while found.settle(pending, 500, 0, times[-1]) is Outcome.RETRIED:
        times.append(found.next_at() or 0)
        [pending] = found.due(times[-1])
    assert UPDATE_LIFE - 120 <= times[-1] - NOW <= UPDATE_LIFE
    assert [one.update.id for one in found.due(times[-1])] == [2]


def test_expired_update_is_never_sent() -> None:
    found = engine(update(1, at=NOW - UPDATE_LIFE - 1), update(2))
    assert [one.update.id for one in found.due(NOW)] == [2]


def test_gone_for_23_hours_closes_the_webhook() -> None:
    found = engine(update(1))
    now, outcomes = NOW, []
    while not found.is_closed:
        [pending] = found.due(now)
        outcomes.append(found.settle(pending, 410, 3600, now))
        now = found.next_at() or now
    assert outcomes == [Outcome.RETRIED] * 24 + [Outcome.CLOSED]
    assert now - NOW > GONE_FOR
    assert found.due(now + 1e6) == []


def test_another_answer_in_between_begins_the_23_hours_anew() -> None:
    found = engine(update(1))
    for status, hour in ((410, 0), (500, 10), (410, 11)):
        [pending] = found.due(NOW + hour * 3600)
        found.settle(pending, status, 60, NOW + hour * 3600)
    [pending] = found.due(NOW + 23.5 * 3600)
    assert found.settle(pending, 410, 60, NOW + 23.5 * 3600) is Outcome.RETRIED


def test_no_more_than_the_asked_connections_are_used() -> None:
    found = engine(*(update(number, str(number)) for number in range(1, 10)), most=3)
    assert [one.update.id for one in found.due(NOW)] == [1, 2, 3]
    assert found.due(NOW) == []
    assert found.next_at() is None


def test_twice_as_many_updates_as_connections_are_looked_at() -> None:
    """A chat that fails can keep others from being seen, as it does at the platform."""
    found = engine(*(update(number, "stuck") for number in range(1, 9)), update(9, "other"), most=2)
    [stuck] = found.due(NOW)
    found.settle(stuck, 500, 0, NOW)
    [again] = found.due(NOW)
    assert again.update.id == 1
    assert found.waiting == 9
