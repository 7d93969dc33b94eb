"""Celery's leaves of AI: they run in the AI worker, where the models are loaded once."""

from uuid import UUID

from celery import shared_task

from ai.services import (
    alerts,
    assist_running,
    assisting,
    changes,
    drafting,
    embedding,
    evaluating,
    nightly,
    providers,
    replying,
    resolving,
    training,
    trainings,
    turns,
    uses,
)
from core.wakeup import wake_up


@shared_task
def embed_knowledge(workspace_id: str) -> None:
    """Make the vectors of a workspace's new passages and unanswered questions."""
    embedding.embed_waiting(UUID(workspace_id))


@shared_task
def sweep_knowledge() -> None:
    """Find what a lost wake-up left without vectors."""
    for workspace_id in embedding.workspaces_waiting():
        wake_up(embedding.TASK, str(workspace_id))


@shared_task
def take_turn(workspace_id: str, conversation_id: str) -> None:
    """Read what waits in a conversation, and answer it where that is the AI's to do."""
    replying.take_turn(UUID(workspace_id), UUID(conversation_id))


@shared_task
def run_assist(workspace_id: str, assist_id: str) -> None:
    """Do what an agent asked for."""
    assist_running.run(UUID(workspace_id), UUID(assist_id))


@shared_task
def sweep_turns() -> None:
    """Find turns and agents' jobs whose wake-up was lost; give people what the AI has not come to. Not in the AI's process."""
    turns.sweep()
    assisting.sweep()


@shared_task
def settle_uses() -> None:
    """Close the books on uses of providers whose process died."""
    uses.settle_lost()


@shared_task(autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=900, max_retries=8)
def tell_budget(workspace_id: str, state: str) -> None:
    """Tell the workspace's owners and admins by mail that the month's budget is nearly, or all, spent."""
    alerts.tell_budget(UUID(workspace_id), state)


@shared_task(autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=900, max_retries=8)
def tell_worse(workspace_id: str, evaluation_id: str) -> None:
    """Tell the workspace's owners and admins by mail that answers have got worse over night."""
    alerts.tell_worse(UUID(workspace_id), UUID(evaluation_id))


@shared_task(autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=900, max_retries=8)
def tell_held(workspace_id: str, change_id: str) -> None:
    """Tell the workspace's owners and admins by mail that a learned model, or what a reading of an import found, is held."""
    alerts.tell_held(UUID(workspace_id), UUID(change_id))


@shared_task
def check_provider(workspace_id: str, provider_id: str) -> None:
    """Find out whether a provider can be used."""
    providers.check_provider(UUID(workspace_id), UUID(provider_id))


@shared_task
def train(workspace_id: str, task: str) -> None:
    """Make a candidate of what a workspace's agents taught. Outside the AI's process: the training has one of its own."""
    training.run(UUID(workspace_id), task)


@shared_task
def sweep_trainings() -> None:
    """Take up trainings whose wake-up was lost or whose process died."""
    trainings.wake_lost()


@shared_task
def sweep_lessons() -> None:
    """Ask for a candidate wherever something new was taught."""
    training.sweep()


@shared_task
def sweep_erased() -> None:
    """Take models out of use that were trained on people who were erased or have objected."""
    training.sweep_erased()


@shared_task
def sweep_proposals() -> None:
    """Drop proposed articles of people who are gone; propose what was asked and answered again and again."""
    drafting.sweep_erased()
    drafting.sweep()


@shared_task
def settle_resolutions() -> None:
    """Find out what became of answers after which nothing came for 72 hours."""
    resolving.sweep()


@shared_task
def evaluate(workspace_id: str, evaluation_id: str) -> None:
    """Measure answers to the golden questions, and decide about the change that was measured."""
    changes.evaluate(UUID(workspace_id), UUID(evaluation_id))


@shared_task
def sweep_evaluations() -> None:
    """Take up measurements whose process died; hold changes that nobody measures. Not in the AI's process."""
    for workspace_id, evaluation_id in evaluating.lost_evaluations():
        wake_up(evaluating.TASK, str(workspace_id), str(evaluation_id), expires=10)
    for workspace_id in changes.workspaces_late():
        changes.settle_late(workspace_id)


@shared_task
def sweep_nightly() -> None:
    """Have answers measured where it is night and something has changed. Not in the AI's process."""
    nightly.sweep()
