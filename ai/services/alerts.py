"""News of AI for those who can do something about it: its budget, worse answers, imports and learned models that are held."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.models import Membership
from accounts.permissions import Permission, permissions_of
from ai.models import Change, Evaluation, ModelVersion
from ai.selectors.evaluation import evaluation_before, since
from ai.services.settings import settings_of
from chatzee.env import env
from core.audit import Actor, record
from core.tenancy import scope
from core.wakeup import wake_up
from knowledge.models import Source

#: Of the questions asked both times, this share must have got worse before people are told: models do not answer alike each time.
CLEARLY = 0.05


def tell_budget(workspace_id: UUID, state: str) -> None:
    """Write to the workspace's people who set AI up that its budget is nearly (`warned`) or all (`stopped`) spent."""
    with scope(workspace_id):
        if settings_of().budget_micros is None:
            return
        readers = _readers()
    _send(f"ai_budget_{state}", readers, reverse("dashboard:ai-spend", args=[workspace_id]))


def note_worse(evaluation: Evaluation) -> bool:
    """Have people told if a measurement that is done is clearly worse than the one before. Whether it is.

    In the scope, in the transaction that ends the measurement: the news is as sure as its figures.
    """
    before = evaluation_before(evaluation)
    if before is None:
        return False
    found = since(before, evaluation)
    lost = max(len(found.worse) - len(found.better), found.wrong_after - found.wrong_before)
    if lost < 1 or lost < CLEARLY * found.paired:
        return False
    record("ai.measured_worse", actor=Actor.system(), target=evaluation, worse=len(found.worse))
    ids = str(evaluation.workspace_id), str(evaluation.pk)
    transaction.on_commit(partial(wake_up, "ai.tasks.tell_worse", *ids), robust=True)
    return True


def tell_worse(workspace_id: UUID, evaluation_id: UUID) -> None:
    """Write to the workspace's people who set AI up how many golden questions are not dealt with correctly any more."""
    with scope(workspace_id):
        evaluation = Evaluation.objects.filter(pk=evaluation_id).first()
        before = evaluation_before(evaluation) if evaluation else None
        if evaluation is None or before is None:
            return
        found, readers = since(before, evaluation), _readers()
    url = reverse("dashboard:ai-evaluation", args=[workspace_id])
    _send("ai_worse", readers, url, worse=len(found.worse), wrong=found.wrong_after, wrong_before=found.wrong_before)


def tell_held(workspace_id: UUID, change_id: UUID) -> None:
    """Write to them that what a reading of an import found, or a learned model, is held: nobody has pressed a button who would
    see it."""
    with scope(workspace_id):
        change = Change.objects.filter(pk=change_id, state=Change.State.HELD).first()
        found = _told_of(change) if change is not None else None
        if change is None or found is None:
            return
        readers, is_worse = _readers(), change.why == Change.Why.WORSE
    template, words = found
    url = reverse("dashboard:ai-change", args=[workspace_id, change_id])
    _send(template, readers, url, **words, is_worse=is_worse)


def _told_of(change: Change) -> tuple[str, dict[str, object]] | None:
    """The mail about a change that is held, and its words; None where what it is about has gone."""
    if change.kind == Change.Kind.PROMOTE:
        version = ModelVersion.objects.filter(pk=change.payload["version"]).first()
        return ("ai_model_held", {"number": version.number}) if version is not None else None
    source = Source.objects.filter(pk=change.payload["source"]).first()
    return ("ai_import_held", {"source": source.title}) if source is not None else None


def _readers() -> list[tuple[str, str, str, str]]:
    """Address, language, name and workspace of whoever sets AI up."""
    members = Membership.objects.select_related("user", "workspace").filter(is_active=True)
    able = [one for one in members if Permission.AI_MANAGE in permissions_of(one.role)]
    return [(one.user.email, one.user.language, one.user.name, one.workspace.name) for one in able]


def _send(template: str, readers: list[tuple[str, str, str, str]], path: str, **context: object) -> None:
    url = env.public_url.rstrip("/") + path
    for address, language, name, workspace in readers:
        mail.send(template, to=address, language=language, name=name, workspace=workspace, url=url, **context)
