"""Activities in words: what happened to a conversation, as a person would say it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.permissions import Permission
from conversations.models import Conversation, Label, Message


@dataclass(slots=True)
class Names:
    """The names of a workspace's people, teams and labels, read once where they are needed."""

    people: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    #: The active members, by name; those of them to whom conversations can be given.
    members: list[User] = field(default_factory=list)
    assignable: list[User] = field(default_factory=list)


def names() -> Names:
    """The names in the workspace in scope, in two queries."""
    active = Membership.objects.select_related("user").filter(is_active=True, user__is_active=True)
    memberships = sorted(active, key=lambda one: one.user.name.casefold())
    teams = Team.objects.annotate(kind=Value("team"), color=Value("")).order_by()
    labels = Label.objects.annotate(kind=Value("label")).order_by()
    columns = ("kind", "name", "id", "color")
    named = sorted(teams.values_list(*columns).union(labels.values_list(*columns), all=True))
    return Names(
        people={str(one.user_id): one.user.name for one in memberships},
        teams={str(pk): name for kind, name, pk, _color in named if kind == "team"},
        labels={str(pk): Label(pk=pk, name=name, color=color) for kind, name, pk, color in named if kind == "label"},
        members=[one.user for one in memberships],
        assignable=[one.user for one in memberships if one.can(Permission.CONVERSATIONS_REPLY)],
    )


def activity_text(message: Message, known: Names) -> str:
    """One line about what happened, with names."""
    facts, who = message.data, _who(message.author_user, known)
    say = _SENTENCES.get(facts.get("action", ""))
    return say(who, facts, known) if say else _("%(who)s changed the conversation") % {"who": who}


def _who(user: User | None, known: Names) -> str:
    return (known.people.get(str(user.pk)) or user.name) if user else _("Chatzee")


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


type Sentence = Callable[[str, dict[str, Any], Names], str]

_SENTENCES: dict[str, Sentence] = {
    "status": _status,
    "assignee": _assignee,
    "team": _team,
    "priority": _priority,
    "label_added": lambda who, facts, known: _label(_("%(who)s added the label “%(label)s”"), who, facts, known),
    "label_removed": lambda who, facts, known: _label(_("%(who)s removed the label “%(label)s”"), who, facts, known),
    "reopened_by_contact": lambda who, facts, known: _("The customer wrote again, so the conversation is open"),
    "woken": lambda who, facts, known: _("The snooze is over, so the conversation is open"),
}
