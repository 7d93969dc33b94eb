"""Celery's leaves of channels."""

from contextlib import suppress
from uuid import UUID

from celery import shared_task

from channels_app.contract import ChannelError
from channels_app.services import acting, alerts, connecting, continuing, drain, fetching, outbox, profiles, raw_bodies, templates


@shared_task
def drain_inbound() -> None:
    """Apply the inbound events that are due."""
    drain.drain()


@shared_task
def deliver() -> None:
    """Send the deliveries that are due."""
    while outbox.deliver_due():
        pass


@shared_task
def fetch_files() -> None:
    """Fetch the files that platforms keep for us."""
    while fetching.fetch_due():
        pass


@shared_task
def sweep_channels() -> None:
    """Find what lost wake-ups and dead workers left behind."""
    outbox.expire_leases()
    drain.drain()
    while outbox.deliver_due():
        pass


@shared_task
def sweep_files() -> None:
    """Fetch the files whose wake-up was lost, or that are tried again."""
    while fetching.fetch_due():
        pass


@shared_task(autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=900, max_retries=8)
def tell_stopped(workspace_id: str, inbox_id: str) -> None:
    """Tell the workspace's owners and admins by mail that an inbox has stopped."""
    alerts.tell_stopped(UUID(workspace_id), UUID(inbox_id))


@shared_task
def describe_person(workspace_id: str, identity_id: str) -> None:
    """Ask a platform for a customer's name."""
    profiles.describe(UUID(workspace_id), UUID(identity_id))


@shared_task
def show_typing(workspace_id: str, conversation_id: str) -> None:
    """Show a customer that somebody types."""
    acting.show_typing(UUID(workspace_id), UUID(conversation_id))


@shared_task
def continue_conversations() -> None:
    """Send on by mail what people who have left did not read."""
    continuing.continue_conversations()


@shared_task
def connect_inbox(workspace_id: str, inbox_id: str) -> None:
    """Connect an inbox to its platform."""
    connecting.connect(UUID(workspace_id), UUID(inbox_id))


@shared_task
def disconnect_inbox(workspace_id: str, inbox_id: str) -> None:
    """Disconnect an inbox that was switched off."""
    connecting.disconnect(UUID(workspace_id), UUID(inbox_id))


@shared_task
def renew_credentials() -> None:
    """Renew the credentials that expire."""
    connecting.renew_due()


@shared_task
def sync_templates(workspace_id: str, inbox_id: str) -> None:
    """Fetch an inbox's templates."""
    with suppress(ChannelError):  # the daily sync comes back to it
        templates.sync(UUID(workspace_id), UUID(inbox_id))


@shared_task
def sync_all_templates() -> None:
    """Fetch the templates of all inboxes."""
    templates.sync_all()


@shared_task
def drop_raw_bodies() -> None:
    """Drop raw payloads that are older than 30 days."""
    raw_bodies.drop_old()
