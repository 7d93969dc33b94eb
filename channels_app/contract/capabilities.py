"""What a channel can do, and its limits."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Feature(StrEnum):
    """What a channel can do beyond text; composer and services ask, nobody asks for the channel's name."""

    ATTACHMENTS = "attachments"
    REPLY_TO = "reply_to"
    REACTIONS = "reactions"
    EDIT = "edit"
    DELETE = "delete"
    TYPING = "typing"
    DELIVERED = "delivered"
    READ = "read"
    BUTTONS = "buttons"
    #: Up to `max_choices` answers that people choose from a list, where buttons are too few.
    LISTS = "lists"
    #: Texts that the platform approved, to be sent outside the message window: `templates`.
    TEMPLATES = "templates"
    #: The platform shows people that we have read what they wrote.
    MARK_READ = "mark_read"
    #: A whole message that is a stop word withdraws its writer's consent, and nothing is sent to them until they write start.
    STOP_WORDS = "stop_words"
    SUBJECT = "subject"
    COPIES = "copies"
    #: People leave this channel for good: what they have not read can go on through an inbox that `continues_in` names.
    CONTINUES = "continues"
    #: A message shows where its answer comes from, so that its text need not.
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Window:
    """How long after a contact's last message the company may write freely; `human`: how long a person still may."""

    standard: timedelta
    human: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A channel's features and limits. `max_text` in characters (`is_text_in_bytes`: in bytes), `max_file` in bytes.

    `window`: None where the company may write at any time. `max_buttons`, `max_choices` and `max_label` (characters of a
    button): what the composer lets people make. `counts_segments`: a text is billed by its segments, as SMS
    are. `has_aliases`: its people may be known by several values (`Outgoing.also`).

    `max_body`: the largest webhook, in bytes. `is_idempotent`: the platform takes our reference as a key, so that a
    repeated send arrives once. `gives_up_after`: how long a delivery that fails for a passing reason is tried again.
    """

    features: frozenset[Feature]
    max_text: int
    max_file: int
    max_files: int = 10
    max_body: int = 4 * 1024 * 1024
    is_text_in_bytes: bool = False
    window: Window | None = None
    max_buttons: int = 0
    max_choices: int = 0
    max_label: int = 20
    counts_segments: bool = False
    has_aliases: bool = False
    is_idempotent: bool = False
    gives_up_after: timedelta = timedelta(hours=6)
