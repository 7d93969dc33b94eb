"""Celery: a wake-up and a home for slow jobs. Postgres is the truth; the broker may vanish at any moment."""

import os
import threading

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatzee.settings")

from chatzee.env import env  # the settings module must be named first

#: The queue of the one process that loads the language models (see docs/operations.md).
AI_QUEUE = "ai"

app = Celery("chatzee")
app.conf.update(
    broker_url=env.valkey_url.get_secret_value() + "/0",
    broker_connection_retry_on_startup=True,
    # Longer than any task; work that is lost is found by the sweepers, so a late redelivery does no harm.
    broker_transport_options={"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2},
    broker_connection_timeout=2,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_create_missing_queues=True,
    task_routes={
        "channels_app.tasks.drain_inbound": {"queue": "inbound"},
        "channels_app.tasks.deliver": {"queue": "outbound"},
        "channels_app.tasks.fetch_files": {"queue": "files"},
        "channels_app.tasks.sweep_files": {"queue": "files"},
        "channels_app.tasks.drop_raw_bodies": {"queue": "slow"},
        "conversations.tasks.rebuild_search": {"queue": "slow"},
        "accounts.tasks.purge_ghosts": {"queue": "slow"},
        "ai.tasks.train": {"queue": "slow"},
        "knowledge.tasks.read_source": {"queue": "slow"},
        "ai.tasks.embed_knowledge": {"queue": "ai"},
        "ai.tasks.take_turn": {"queue": "ai"},
        "ai.tasks.run_assist": {"queue": "ai"},
        "ai.tasks.check_provider": {"queue": "ai"},
        "ai.tasks.evaluate": {"queue": "ai"},
    },
    beat_schedule={
        "sweep events": {"task": "core.tasks.sweep_events", "schedule": 5.0, "options": {"expires": 5}},
        "seal audit": {"task": "core.tasks.seal_audit", "schedule": 5.0, "options": {"expires": 5}},
        "drop old events": {"task": "core.tasks.drop_old_events", "schedule": 3600.0},
        "sweep channels": {"task": "channels_app.tasks.sweep_channels", "schedule": 5.0, "options": {"expires": 5}},
        "drop old sessions": {"task": "accounts.tasks.drop_old_sessions", "schedule": 3600.0},
        "sweep presence": {"task": "accounts.tasks.sweep_presence", "schedule": 5.0, "options": {"expires": 5}},
        "purge ghosts": {"task": "accounts.tasks.purge_ghosts", "schedule": 3600.0},
        "sweep files": {"task": "channels_app.tasks.sweep_files", "schedule": 5.0, "options": {"expires": 5}},
        "continue conversations": {
            "task": "channels_app.tasks.continue_conversations",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "renew credentials": {"task": "channels_app.tasks.renew_credentials", "schedule": 3600.0},
        "sync templates": {"task": "channels_app.tasks.sync_all_templates", "schedule": 24 * 3600.0},
        "drop raw bodies": {"task": "channels_app.tasks.drop_raw_bodies", "schedule": 3600.0},
        "wake snoozed": {"task": "conversations.tasks.wake_snoozed", "schedule": 15.0, "options": {"expires": 15}},
        "drop unused pictures": {"task": "knowledge.tasks.drop_unused_pictures", "schedule": 3600.0},
        "drop unused uploads": {"task": "conversations.tasks.drop_unused_uploads", "schedule": 3600.0},
        "sweep imports": {"task": "knowledge.tasks.sweep_imports", "schedule": 30.0, "options": {"expires": 30}},
        "sweep domains": {"task": "knowledge.tasks.sweep_domains", "schedule": 300.0, "options": {"expires": 300}},
        "sweep knowledge": {"task": "ai.tasks.sweep_knowledge", "schedule": 30.0, "options": {"expires": 30}},
        "sweep turns": {"task": "ai.tasks.sweep_turns", "schedule": 5.0, "options": {"expires": 5}},
        "sweep evaluations": {"task": "ai.tasks.sweep_evaluations", "schedule": 10.0, "options": {"expires": 10}},
        "measure by night": {"task": "ai.tasks.sweep_nightly", "schedule": 600.0, "options": {"expires": 600}},
        "check search": {"task": "conversations.tasks.check_search", "schedule": 60.0, "options": {"expires": 60}},
        "sweep trainings": {"task": "ai.tasks.sweep_trainings", "schedule": 60.0, "options": {"expires": 60}},
        "sweep lessons": {"task": "ai.tasks.sweep_lessons", "schedule": 24 * 3600.0},
        "sweep erased": {"task": "ai.tasks.sweep_erased", "schedule": 3600.0},
        "sweep proposed articles": {"task": "ai.tasks.sweep_proposals", "schedule": 3600.0},
        "settle resolutions of AI": {"task": "ai.tasks.settle_resolutions", "schedule": 600.0},
        "settle uses of AI": {"task": "ai.tasks.settle_uses", "schedule": 60.0, "options": {"expires": 60}},
    },
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
)
# "Current" belongs to one thread; the web process enqueues from many.
app.set_default()
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_start(**kwargs: object) -> None:
    from core.checks import refuse_unsafe_start

    refuse_unsafe_start()


@worker_ready.connect
def _look_for_work(**kwargs: object) -> None:
    """Look for what a killed worker held: its task comes back only after an hour, and the next sweep may be far."""
    from core.wakeup import wake_up

    for sweep in ("channels_app.tasks.sweep_channels", "channels_app.tasks.sweep_files"):
        wake_up(sweep)


@worker_ready.connect
def _warm_up(**kwargs: object) -> None:
    """Load the models where they are used, beside the first tasks: they need seconds, and no message has to wait for them."""
    if AI_QUEUE in app.amqp.queues.consume_from:
        from ai.gate import warm_up

        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
