"""The situation in which the AI finds a conversation: loaded once, decrypted once, then thought about outside any transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from accounts.models import Workspace
from ai.engine.language import SURE
from ai.engine.placeholders import Masker
from ai.models import AiSettings, InboxAi, Reading, Turn
from ai.purposes import Task
from ai.replies.hours import Hours
from ai.replies.prompting import Voice
from ai.selectors.learned import LiveModel
from ai.services.masking import masker_of
from ai.services.settings import inbox_ai_of, settings_of
from conversations.models import Conversation, Message
from knowledge.retrieval import IN_USE, Shelf

#: So many of the last messages are looked at.
MEMORY = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the AI sees it. `is_person`: somebody of the company wrote it. `stored_at`: when it reached us."""

    id: UUID
    seq: int
    kind: str
    text: str
    content_type: str
    has_files: bool
    is_ai: bool
    is_person: bool
    stored_at: datetime
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is to be taken for true that is not so, to measure what it would do: the defaults are how things are.

    `shelf`: what is looked up in. `models`: the provider's model of a task, in place of the one that is chosen. `asks_provider`:
    whether one is asked at all. `learned`: the learned model of a task in place of the one in use, None for the rules (that of
    intents is `World.live`).
    """

    shelf: Shelf = IN_USE
    models: Mapping[Task, UUID] = field(default_factory=dict)
    asks_provider: bool = True
    learned: Mapping[str, LiveModel | None] = field(default_factory=dict)


AS_IT_IS = Supposed()


@dataclass(slots=True)
class Situation:
    """A conversation up to `to_seq`; what waits for an answer are the inbound lines from `from_seq` on.

    `lines` are the newest MEMORY messages. `earlier` holds those that the contact wrote before them, oldest first, for those who
    ask for it (`summarising.recall`).
    """

    conversation: Conversation
    lines: Sequence[Line]
    from_seq: int
    to_seq: int
    settings: AiSettings
    inbox_ai: InboxAi
    voice: Voice
    zone: str
    masker: Masker
    turn: Turn | None = None
    readings: dict[int, Reading] = field(default_factory=dict)
    earlier: list[Line] = field(default_factory=list)
    language: str = "en"
    supposed: Supposed = AS_IT_IS

    @property
    def workspace_id(self) -> UUID:
        return self.conversation.workspace_id

    @property
    def forbidden_topics(self) -> list[str]:
        """What the company wants no AI to touch, anywhere or in this inbox."""
        return [*self.settings.forbidden_topics, *self.inbox_ai.forbidden_topics]

    @property
    def inbound(self) -> list[Line]:
        """All that the contact wrote and the AI looks at, oldest first."""
        return [*self.earlier, *(one for one in self.lines if one.kind == Message.Kind.INBOUND)]

    @property
    def waiting(self) -> list[Line]:
        """What the contact wrote and nobody has answered."""
        return [one for one in self.lines if one.kind == Message.Kind.INBOUND and self.from_seq <= one.seq <= self.to_seq]

    @property
    def asked(self) -> str:
        """The waiting messages as one text."""
        return "\n".join(one.text for one in self.waiting if one.text.strip())

    @property
    def customer_turns(self) -> list[str]:
        """What the contact wrote, oldest first; what waits counts as one turn."""
        earlier = [one.text for one in self.lines if one.kind == Message.Kind.INBOUND and one.seq < self.from_seq and one.text]
        return [*earlier, self.asked] if self.asked else earlier

    @property
    def history(self) -> list[tuple[str, str]]:
        """Earlier messages both ways, as pairs of role and text."""
        roles = {Message.Kind.INBOUND.value: "user", Message.Kind.OUTBOUND.value: "assistant"}
        earlier = [one for one in self.lines if one.kind in roles and one.seq < self.from_seq and one.text]
        return [(roles[one.kind], one.text) for one in earlier]

    @property
    def own_answers(self) -> list[str]:
        """What the AI has said here, oldest first."""
        return [one.text for one in self.lines if one.is_ai and one.kind == Message.Kind.OUTBOUND]

    @property
    def newest_reading(self) -> Reading | None:
        """How the newest waiting message was understood."""
        seqs = [one.seq for one in self.waiting if one.seq in self.readings]
        return self.readings[max(seqs)] if seqs else None

    @property
    def is_unread(self) -> bool:
        """Whether a waiting message has not been read: AI may not analyse it."""
        return any(one.text.strip() and one.seq not in self.readings for one in self.waiting)

    @property
    def knows_language(self) -> bool:
        """Whether `language` is known from what the contact wrote or from their profile, and not assumed."""
        is_sure = any(one.language_confidence >= SURE for one in self.readings.values())
        return is_sure or bool(self.conversation.contact.language)

    @property
    def hours(self) -> Hours:
        hours: Hours = self.settings.hours
        return hours

    def now(self) -> datetime:
        return timezone.now()


def situation_of(turn: Turn) -> Situation | None:
    """The situation of a turn, in the scope; None where the conversation is gone."""
    conversation = conversation_by(turn.conversation_id)
    if conversation is None:
        return None
    return load(conversation, from_seq=turn.from_seq, to_seq=turn.to_seq, turn=turn)


def conversation_by(conversation_id: UUID) -> Conversation | None:
    """A conversation with all that the AI looks at."""
    rows = Conversation.objects.select_related("contact", "identity", "inbox", "inbox__team")
    return rows.filter(pk=conversation_id).first()


def load(conversation: Conversation, *, from_seq: int, to_seq: int, turn: Turn | None = None) -> Situation:
    """A conversation as it stood at `to_seq`, in the scope."""
    said = Message.objects.filter(conversation=conversation, seq__lte=to_seq, deleted_at=None)
    newest = said.exclude(kind=Message.Kind.ACTIVITY)
    rows = list(newest.prefetch_related("attachments").order_by("-seq")[:MEMORY])[::-1]
    readings = Reading.objects.filter(conversation=conversation, seq__lte=to_seq).order_by("-seq")[:MEMORY]
    workspace = Workspace.objects.get(pk=conversation.workspace_id)
    settings, inbox_ai = settings_of(), inbox_ai_of(conversation.inbox)
    situation = Situation(
        conversation=conversation,
        lines=[line_of(one) for one in rows],
        from_seq=from_seq,
        to_seq=to_seq,
        settings=settings,
        inbox_ai=inbox_ai,
        voice=voice_of(workspace, settings, inbox_ai),
        zone=zone_of(workspace),
        masker=masker_of(conversation),
        turn=turn,
        readings={one.seq: one for one in readings},
    )
    situation.language = language_of(situation)
    return situation


def language_of(situation: Situation) -> str:
    """The language to speak: the newest reading's, else the contact's, else the workspace's first."""
    for seq in sorted(situation.readings, reverse=True):
        return situation.readings[seq].language
    return situation.conversation.contact.language[:2] or (situation.settings.languages or ["en"])[0]


def voice_of(workspace: Workspace, settings: AiSettings, inbox_ai: InboxAi) -> Voice:
    """How the assistant speaks in an inbox: its own settings, else the workspace's; its own rules come beside the workspace's."""
    return Voice(
        name=inbox_ai.assistant_name or settings.assistant_name or workspace.name,
        company=workspace.name,
        persona=inbox_ai.persona or settings.persona,
        tone=str(AiSettings.Tone(inbox_ai.tone or settings.tone).label),
        guard_rails="\n".join(filter(None, (settings.guard_rails, inbox_ai.guard_rails))),
    )


def line_of(message: Message) -> Line:
    """A message as the AI sees it; `attachments` were fetched with it."""
    return Line(
        id=message.pk,
        seq=message.seq,
        kind=message.kind,
        text=message.body,
        content_type=message.content_type,
        has_files=bool(message.attachments.all()),
        is_ai=message.is_ai,
        is_person=message.author_user_id is not None,
        stored_at=message.created_at,
        data=message.data,
    )


def zone_of(workspace: Workspace) -> str:
    """The workspace's time zone; UTC for one that nobody knows."""
    try:
        return ZoneInfo(workspace.time_zone).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
