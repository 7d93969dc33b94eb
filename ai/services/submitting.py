"""What people change, sorted: what can change an answer is measured first, the rest is made at once."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from ai.models import AiSettings, Change, InboxAi, Intent, ProviderModel, TaskModel
from ai.purposes import Task
from ai.selectors.evaluation import open_change
from ai.selectors.learned import live_model
from ai.services import intents, providers, settings, versions
from ai.services.change_kinds import as_payload
from ai.services.changes import submit, supersede
from ai.services.promoting import target_of
from ai.services.worlds import PROMPT, changed
from conversations.models import Inbox
from core.audit import Actor
from core.tenancy import current_workspace_id

Kind = Change.Kind
#: Words for a provider's model: quotes do not depend on them.
_ONLY_GENERATED = frozenset({"assistant_name", "persona", "tone", "guard_rails"})
_THRESHOLDS = frozenset({"name", "description", "may_be_automatic", "minimum_confidence", "error_budget"})
_ANSWERING = ("", Task.ANSWER.value, Task.SUGGEST.value, Task.TRANSLATE.value)


def settings_shown() -> AiSettings:
    """The workspace's settings with what is being measured or held, as whoever edits them must see them. Never saved."""
    pending = open_change("settings")
    found: AiSettings = changed(settings.settings_of(), pending.payload if pending else {})
    return found


def inbox_ai_shown(inbox: Inbox) -> InboxAi:
    """The same for an inbox."""
    pending = open_change(f"inbox:{inbox.pk}")
    found: InboxAi = changed(settings.inbox_ai_of(inbox), pending.payload["values"] if pending else {})
    return found


def intent_shown(intent: Intent) -> Intent:
    """The same for an intent, but for its team and label."""
    pending = open_change(f"intent:{intent.pk}")
    values = pending.payload.get("values", {}) if pending else {}
    row = Intent.objects.filter(pk=intent.pk).first() or Intent(pk=intent.pk)
    found: Intent = changed(row, {name: value for name, value in values.items() if name not in ("team", "label")})
    return found


def change_settings(values: Mapping[str, Any], *, by: User) -> Change | None:
    """Change the workspace's settings; the change that is measured first, None where all of it has been made."""
    waiting, rest = _split(values, _prompt_fields())
    change = submit(Kind.SETTINGS, "settings", waiting, by=by) if waiting else None
    if change is None or rest:
        settings.save_settings(dict(values) if change is None else rest, actor=Actor.user(by.pk))
    return change


def change_inbox(inbox: Inbox, values: Mapping[str, Any], *, by: User) -> Change | None:
    """Change how AI replies in an inbox, likewise. Mode, stage and hours say whether it answers, not what: they act at once."""
    shown, is_open = inbox_ai_shown(inbox), open_change(f"inbox:{inbox.pk}") is not None
    same = {name for name in PROMPT if name in values and getattr(shown, name) == values[name]}
    waiting, rest = _split(values, _prompt_fields() - same)
    payload = {"inbox": str(inbox.pk), "values": waiting}
    change = submit(Kind.INBOX, f"inbox:{inbox.pk}", payload, by=by) if waiting else None
    # A field that stands as it is shown may be one that is held: it must not slip through with the others.
    made = {**rest, **(waiting if change is None else {})}
    made = {name: value for name, value in made.items() if not (is_open and name in same)}
    if made:
        settings.save_inbox_ai(inbox, made, actor=Actor.user(by.pk))
    return change


def change_intent(intent: Intent, values: dict[str, Any], *, by: User) -> Change | None:
    """Add or change an intent, likewise. Raises ValidationError as `save_intent` does."""
    stored = Intent.objects.filter(pk=intent.pk).first()
    intents.check_intent(stored or Intent(pk=intent.pk), values)
    matters = stored is None or any(getattr(stored, name) != values[name] for name in _THRESHOLDS & values.keys())
    payload = {"intent": str(intent.pk), "is_new": stored is None, "values": as_payload(values)}
    change = submit(Kind.INTENT, f"intent:{intent.pk}", payload, by=by) if matters else None
    if change is None:
        intents.save_intent(stored or intent, values, actor=Actor.user(by.pk))
    return change


def remove_intent(intent: Intent, *, by: User) -> Change | None:
    """Delete an intent, likewise."""
    change = submit(Kind.NO_INTENT, f"intent:{intent.pk}", {"intent": str(intent.pk)}, by=by)
    if change is None:
        intents.delete_intent(intent, actor=Actor.user(by.pk))
    return change


def change_model(task: str, model: ProviderModel | None, *, by: User) -> Change | None:
    """Let a provider's model do a task, likewise. Tasks that change no answer to a customer act at once."""
    payload = {"task": task, "model": str(model.pk) if model else None}
    change = submit(Kind.MODEL, f"task:{task}", payload, by=by) if task in _ANSWERING else None
    if change is None:
        providers.choose_model(task, model, actor=Actor.user(by.pk))
    return change


def roll_back(task: str, *, by: User) -> tuple[Change | None, int | None]:
    """Take a task's learned model back by hand, likewise, with the number of the one that is in use again. Raises ValidationError
    where none is in use. What the product takes back by itself goes at once (`versions.watch`). A candidate that is
    measured or held is given up: whoever takes a model back does not want the next one of the same lessons."""
    is_in_use = live_model(current_workspace_id(), task) is not None
    if is_in_use:
        supersede(target_of(task), by=by)
    change = submit(Kind.LEARNED, f"learned:{task}", {"task": task}, by=by) if is_in_use else None
    before = versions.roll_back(task, actor=Actor.user(by.pk)) if change is None else None
    return change, before.number if before else None


def _prompt_fields() -> frozenset[str]:
    """The settings that can change an answer now: those for a provider's model count where one writes."""
    writes = TaskModel.objects.filter(task__in=_ANSWERING, model__provider__is_enabled=True).exists()
    return frozenset(PROMPT) if writes else frozenset(PROMPT) - _ONLY_GENERATED


def _split(values: Mapping[str, Any], waiting: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    named = {name: value for name, value in values.items() if name in waiting}
    return named, {name: value for name, value in values.items() if name not in waiting}
