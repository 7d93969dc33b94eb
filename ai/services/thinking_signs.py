"""Showing the customer that an answer is on its way, as a person's typing would show."""

from collections.abc import Iterator
from contextlib import contextmanager

from ai.services.situations import Situation
from conversations import outbound
from core.live.signals import send_signal


@contextmanager
def shows_thinking(situation: Situation, *, is_shown: bool) -> Iterator[None]:
    """The typing sign in the widget and, where the platform has one, in the channel, while the block runs."""
    if not is_shown:
        yield
        return
    _signal(situation, is_on=True)
    outbound.tell_typing(situation.workspace_id, situation.conversation.pk, situation.conversation.inbox.channel)
    try:
        yield
    finally:
        _signal(situation, is_on=False)


def _signal(situation: Situation, *, is_on: bool) -> None:
    conversation = situation.conversation
    send_signal(
        situation.workspace_id,
        "typing",
        user="ai",
        name=situation.voice.name,
        conversation=str(conversation.pk),
        inbox=str(conversation.inbox_id),
        identity=str(conversation.identity_id),
        on=is_on,
        is_public=True,
    )
