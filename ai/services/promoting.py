"""Candidates that were judged better on lessons: measured on the golden questions like any other change, then put to use."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ai.models import Change, FeedbackEvent, ModelVersion
from ai.services import versions
from ai.services.changes import submit, supersede
from core.audit import Actor


@transaction.atomic
def keep_candidate(
    task: str, found: dict[str, Any], events: Sequence[FeedbackEvent], parent: ModelVersion | None
) -> ModelVersion:
    """Keep a task's candidate with its judgement. A better one is measured first where changes are, else live at once.

    It takes the place of one that is measured or held still. In the scope.
    """
    version = versions.store_candidate(task, found, events, parent)
    if version.state == ModelVersion.State.WAITING:
        payload = {"task": str(task), "version": str(version.pk)}
        if submit(Change.Kind.PROMOTE, target_of(task), payload, by=None) is None:
            versions.put_to_use(version, actor=Actor.system())
    return version


@transaction.atomic
def destroy(version: ModelVersion, *, why: str) -> None:
    """Take a model out of use, or out of what is measured, and destroy it, because it may not be used any more."""
    if version.state == ModelVersion.State.WAITING:
        supersede(target_of(version.task), by=None)
        version.refresh_from_db(fields=["state"])
    versions.retire(version, why=why)


def target_of(task: str) -> str:
    """What a change that puts a task's candidate to use is called."""
    return f"promotion:{task}"
