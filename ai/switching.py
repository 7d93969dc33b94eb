"""Whether AI may be used: one statement over the switches, the inbox's mode and the person behind the subject."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from ai.models import InboxAi, Switch
from ai.purposes import Closed, ClosedError, Purpose, Subject
from core.tenancy import scope

#: One answer for each contact, of whom one may be nobody (NULL): the rest of the subject is the same for all.
#: Merged contacts are one person: up to the contact that stands, then down to all that became part of it. Consent to be learned
#: from is a person's newest word; where several people are concerned, all of them must have given it.
#: `OFFSET 0` and `= ANY` keep Postgres from reading all contacts for one: it takes the index, whatever it knows of the table.
_ASK = """
SELECT asked.contact, answer.* FROM unnest(%(contacts)s::uuid[]) AS asked (contact) CROSS JOIN LATERAL (
    WITH RECURSIVE conversation AS (
        SELECT inbox_id, contact_id FROM conversations_conversation
        WHERE id = %(conversation)s::uuid AND workspace_id = %(workspace)s
    ), above (id, merged_into_id) AS (
        SELECT id, merged_into_id FROM conversations_contact
        WHERE workspace_id = %(workspace)s
            AND id = ANY (ARRAY (SELECT asked.contact UNION ALL SELECT contact_id FROM conversation))
        UNION
        SELECT one.id, one.merged_into_id FROM above CROSS JOIN LATERAL (
            SELECT id, merged_into_id FROM conversations_contact WHERE id = above.merged_into_id OFFSET 0
        ) AS one
    ), person (id, root) AS (
        SELECT id, id FROM above WHERE merged_into_id IS NULL
        UNION
        SELECT one.id, person.root FROM person CROSS JOIN LATERAL (
            SELECT id FROM conversations_contact WHERE merged_into_id = person.id OFFSET 0
        ) AS one
    ), inboxes AS (
        SELECT id FROM conversations_inbox
        WHERE workspace_id = %(workspace)s AND (id = %(inbox)s::uuid OR id IN (SELECT inbox_id FROM conversation))
    )
    SELECT
        %(conversation)s::uuid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM conversation)
            OR asked.contact IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person WHERE id = asked.contact)
            OR %(inbox)s::uuid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inboxes WHERE id = %(inbox)s::uuid),
        EXISTS (SELECT 1 FROM conversations_contact WHERE id = ANY (ARRAY (SELECT id FROM person)) AND is_blocked),
        ARRAY (
            SELECT coalesce((SELECT mode FROM ai_inboxai WHERE inbox_id = inboxes.id), %(default)s) FROM inboxes
        ),
        ARRAY (
            SELECT ARRAY[level, purpose, reason]::text[] FROM ai_switch
            WHERE workspace_id = %(workspace)s AND purpose IN ('', %(purpose)s) AND (
                level = 'workspace'
                OR inbox_id IN (SELECT id FROM inboxes)
                OR conversation_id = %(conversation)s::uuid
                OR contact_id IN (SELECT id FROM person)
            )
        ),
        %(purpose)s = 'learn'
            AND EXISTS (SELECT 1 FROM ai_aisettings WHERE workspace_id = %(workspace)s AND learns_by_consent)
            AND EXISTS (
                SELECT 1 FROM (SELECT DISTINCT root FROM person) AS one WHERE NOT coalesce((
                    SELECT is_given FROM conversations_consentevent
                    WHERE purpose = 'learning' AND contact_id = ANY (ARRAY (SELECT id FROM person WHERE root = one.root))
                    ORDER BY occurred_at DESC, id DESC LIMIT 1
                ), false)
            )
) AS answer
"""
_REASONS = {
    Switch.Reason.RESTRICTION: Closed.RESTRICTION,
    Switch.Reason.OBJECTION: Closed.OBJECTION,
    Switch.Reason.MINOR: Closed.MINOR,
}
_LEVELS = {
    Switch.Level.WORKSPACE: Closed.WORKSPACE,
    Switch.Level.INBOX: Closed.INBOX,
    Switch.Level.CONVERSATION: Closed.CONVERSATION,
    Switch.Level.CONTACT: Closed.CONTACT,
}
#: Of several causes the gravest is told: what the person asked for, then what was set, from the widest to the nearest.
_GRAVITY = (Closed.RESTRICTION, Closed.OBJECTION, Closed.MINOR, Closed.CONSENT, *_LEVELS.values(), Closed.PURPOSE)
#: The inbox's mode lets these purposes through; the others do not ask it.
_MODES = {
    Purpose.ANSWER: {InboxAi.Mode.AUTO.value},
    Purpose.SUGGEST: {InboxAi.Mode.AUTO.value, InboxAi.Mode.SUGGEST.value},
}


def check(purpose: Purpose, subject: Subject) -> None:
    """Raise ClosedError unless AI may be used for the purpose on the subject at this moment."""
    closed = closed_by(purpose, subject)
    if closed is not None:
        raise ClosedError(closed)


def closed_by(purpose: Purpose, subject: Subject) -> Closed | None:
    """What closes the gate; None: it is open. A switch that was committed counts from the next question on."""
    return closed_for(purpose, subject, [subject.contact_id])[subject.contact_id]


def closed_for[Asked: UUID | None](purpose: Purpose, subject: Subject, contacts: Iterable[Asked]) -> dict[Asked, Closed | None]:
    """The same for the subject with each of these contacts in the place of its own, in one statement however many there are."""
    values: dict[str, Any] = {
        "workspace": subject.workspace_id,
        "inbox": subject.inbox_id,
        "conversation": subject.conversation_id,
        "contacts": list(contacts),
        "purpose": purpose.value,
        "default": InboxAi.Mode.SUGGEST.value,
    }
    with scope(subject.workspace_id), connection.cursor() as cursor:
        cursor.execute(_ASK, values)
        return {contact: _told(purpose, *answer) for contact, *answer in cursor.fetchall()}


def _told(
    purpose: Purpose, is_gone: bool, is_blocked: bool, modes: list[str], switches: list[list[str]], lacks_consent: bool
) -> Closed | None:
    if is_gone:
        return Closed.GONE
    found = {_cause(level, of, reason) for level, of, reason in switches} | ({Closed.CONSENT} if lacks_consent else set())
    for cause in _GRAVITY:
        if cause in found:
            return cause
    if is_blocked:
        return Closed.BLOCKED
    allowed = _MODES.get(purpose)
    if allowed is not None and not set(modes) <= allowed:
        return Closed.MODE
    return None


def _cause(level: str, purpose: str, reason: str) -> Closed:
    if (found := _REASONS.get(Switch.Reason(reason))) is not None:
        return found
    return Closed.PURPOSE if purpose and level == Switch.Level.WORKSPACE else _LEVELS[Switch.Level(level)]
