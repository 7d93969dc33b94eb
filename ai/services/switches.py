"""Switching AI off and on: for a workspace, inbox, conversation or contact, for one purpose or all."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.models import MinorLift, Switch
from ai.purposes import Purpose
from ai.selectors.switches import Target, switches_of
from conversations.models import Contact, Conversation
from core.audit import Actor, record
from core.audit.record import ActorKind
from core.events import publish

Level, Reason = Switch.Level, Switch.Reason


@transaction.atomic
def switch_off(
    level: Switch.Level,
    target: Target,
    purpose: Purpose | None = None,
    reason: Switch.Reason = Reason.SETTING,
    *,
    actor: Actor,
) -> bool:
    """Switch off, at once, also for work in flight; whether it was on.

    `target` None: the workspace in scope; `purpose` None: all of them.
    Each reason is a switch of its own: an objection is not lifted by switching a setting on again.
    """
    named = {} if level == Level.WORKSPACE else {str(level): target}
    _switch, is_new = Switch.objects.get_or_create(
        level=level,
        purpose=purpose or "",
        reason=reason,
        **named,
        defaults={"actor_kind": actor.kind, "user_id": _user_id(actor)},
    )
    if is_new:
        _tell(level, target, purpose, reason, actor, is_off=True)
    return is_new


@transaction.atomic
def switch_on(
    level: Switch.Level,
    target: Target,
    purpose: Purpose | None = None,
    reason: Switch.Reason = Reason.SETTING,
    *,
    actor: Actor,
) -> bool:
    """Take back a `switch_off` with the same purpose and reason; whether there was one.

    A sign of a minor that is taken back is known to be none (`MinorLift`): only what the contact writes from now on may be one.
    """
    count, _by_model = switches_of(level, target).filter(purpose=purpose or "", reason=reason).delete()
    if count:
        _tell(level, target, purpose, reason, actor, is_off=False)
        if reason == Reason.MINOR and isinstance(target, Contact):
            found = {"user_id": _user_id(actor), "lifted_at": timezone.now()}
            MinorLift.objects.update_or_create(contact=target, defaults=found)
    return bool(count)


def _user_id(actor: Actor) -> UUID | None:
    return actor.id if actor.kind == ActorKind.USER else None


def _tell(
    level: Switch.Level, target: Target, purpose: Purpose | None, reason: Switch.Reason, actor: Actor, *, is_off: bool
) -> None:
    words = {"level": str(level), "purpose": str(purpose or "all"), "reason": str(reason)}
    record("ai.switched_off" if is_off else "ai.switched_on", actor=actor, target=target, **words)
    ids: dict[str, UUID] = {} if target is None else {f"{level}_id": target.pk}
    if isinstance(target, Conversation):
        ids |= {"inbox_id": target.inbox_id, "contact_id": target.contact_id}
    data: dict[str, Any] = {**ids, **words, "off": is_off}
    publish("ai.switched", **data)
