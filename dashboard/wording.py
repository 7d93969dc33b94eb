"""Activities in words: what happened to a conversation, as a person would say it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ai.models.replies import Reason
from channels_app.registry import error_words
from conversations.models import Conversation, Message
from conversations.selectors.directory import Directory, Named, Person, directory_asked
from core.database.asking import ask


@dataclass(slots=True)
class Names:
    """The names of a workspace's people, teams, labels and inboxes, read once where they are needed."""

    people: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Named] = field(default_factory=dict)
    inboxes: dict[UUID, Named] = field(default_factory=dict)
    #: The active members, by name; those of them to whom conversations can be given.
    members: list[Person] = field(default_factory=list)
    assignable: list[Person] = field(default_factory=list)
    #: Of the last event that came before these were read.
    position: int = 0


def names() -> Names:
    """The names in the workspace in scope, in one query."""
    return names_of(ask(directory_asked()))


def names_of(found: Directory) -> Names:
    """The names of a directory."""
    return Names(
        people={str(one.pk): one.name for one in found.people},
        teams={str(one.pk): one.name for one in found.teams},
        labels={str(one.pk): one for one in found.labels},
        inboxes={one.pk: one for one in found.inboxes},
        members=found.people,
        assignable=[one for one in found.people if one.can_reply],
        position=found.position,
    )


def activity_text(message: Message, known: Names) -> str:
    """One line about what happened, with names."""
    facts, who = message.data, _who(message, known)
    say = _SENTENCES.get(facts.get("action", ""))
    return say(who, facts, known) if say else _("%(who)s changed the conversation") % {"who": who}


def _who(message: Message, known: Names) -> str:
    if message.author_user_id is None:
        return _("Chatzee")
    return known.people.get(str(message.author_user_id)) or (message.author_user.name if message.author_user else "")


def _status(who: str, facts: dict[str, Any], known: Names) -> str:
    sentences = {
        "resolved": _("%(who)s resolved the conversation"),
        "open": _("%(who)s reopened the conversation"),
        "pending": _("%(who)s set the conversation to pending"),
        "snoozed": _("%(who)s snoozed the conversation until %(until)s"),
    }
    until = facts.get("until")
    shown = date_format(timezone.localtime(datetime.fromisoformat(until)), "DATETIME_FORMAT") if until else ""
    return sentences.get(facts["status"], "") % {"who": who, "until": shown}


def _assignee(who: str, facts: dict[str, Any], known: Names) -> str:
    if not facts.get("to"):
        return _("%(who)s took the assignment away") % {"who": who}
    name = known.people.get(facts["to"], _("a former member"))
    if name == who:
        return _("%(who)s took the conversation") % {"who": who}
    return _("%(who)s assigned the conversation to %(name)s") % {"who": who, "name": name}


def _team(who: str, facts: dict[str, Any], known: Names) -> str:
    if not facts.get("to"):
        return _("%(who)s took the conversation out of its team") % {"who": who}
    return _("%(who)s gave the conversation to %(name)s") % {"who": who, "name": known.teams.get(facts["to"], "")}


def _priority(who: str, facts: dict[str, Any], known: Names) -> str:
    label = Conversation.Priority(facts["to"]).label
    return _("%(who)s set the priority to “%(priority)s”") % {"who": who, "priority": label}


def _label(sentence: str, who: str, facts: dict[str, Any], known: Names) -> str:
    label = known.labels.get(facts["label"])
    return sentence % {"who": who, "label": label.name if label else _("a deleted label")}


def _mail(sentence: str, facts: dict[str, Any]) -> str:
    why = str(error_words(facts.get("channel", ""), facts.get("code", "")))
    return " ".join(filter(None, (sentence, why)))


def _consent(who: str, facts: dict[str, Any], *, is_given: bool) -> str:
    if facts.get("purpose") == "learning":
        agreed = _("%(who)s noted that the customer agrees to be learned from")
        return (agreed if is_given else _("%(who)s noted that the customer does not want to be learned from")) % {"who": who}
    if facts.get("source") == "agent":
        said = _("%(who)s noted that the customer allows messages again") if is_given else _("%(who)s noted: no more messages")
        return said % {"who": who}
    if facts.get("purpose") == "marketing":
        return _("The customer allows offers again") if is_given else _("The customer wants no more offers")
    return _("The customer allows messages again") if is_given else _("The customer asked for no more messages")


def _handed_over(facts: dict[str, Any]) -> str:
    reason = Reason(facts["reason"]).label if facts.get("reason") in Reason.values else ""
    return _("The AI handed the conversation over: %(reason)s") % {"reason": reason}


type Sentence = Callable[[str, dict[str, Any], Names], str]

_SENTENCES: dict[str, Sentence] = {
    "status": _status,
    "assignee": _assignee,
    "team": _team,
    "priority": _priority,
    "label_added": lambda who, facts, known: _label(_("%(who)s added the label “%(label)s”"), who, facts, known),
    "label_removed": lambda who, facts, known: _label(_("%(who)s removed the label “%(label)s”"), who, facts, known),
    "reopened_by_contact": lambda who, facts, known: _("The customer wrote again, so the conversation is open"),
    "continued_by_mail": lambda who, facts, known: _("The customer had left, so the reply went on by e-mail"),
    "mail_unsure": lambda who, facts, known: _mail(_("The e-mail with the reply may have been sent, or not."), facts),
    "mail_failed": lambda who, facts, known: _mail(_("The e-mail with the reply did not reach the customer."), facts),
    "consent_withdrawn": lambda who, facts, known: _consent(who, facts, is_given=False),
    "consent_given": lambda who, facts, known: _consent(who, facts, is_given=True),
    "ai_handed_over": lambda who, facts, known: _handed_over(facts),
    "ai_minor": lambda who, facts, known: _("The customer may be a minor, so AI is off for them until a colleague has looked"),
    "ai_away": lambda who, facts, known: _("The AI did not answer in time, so the conversation is open"),
    "woken": lambda who, facts, known: _("The snooze is over, so the conversation is open"),
}
