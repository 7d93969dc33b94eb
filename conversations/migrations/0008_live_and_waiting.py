from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

_LIVE = "conversations_conversation (identity_id) WHERE status <> 'resolved'"


class Migration(migrations.Migration):
    """One live conversation per identity, except where the channel has threads; files that wait to be fetched."""

    atomic = False
    dependencies = [("conversations", "0007_label_lists")]

    operations = [
        AddIndexConcurrently(
            "attachment",
            models.Index(fields=["next_attempt_at"], name="attachment_waiting", condition=Q(state="waiting")),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("conversation", "conversation_live"),
                migrations.AddConstraint(
                    "conversation",
                    models.UniqueConstraint(
                        fields=["identity"],
                        name="conversation_live_one",
                        condition=~Q(status="resolved") & Q(is_threaded=False),
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY conversation_live_one ON {_LIVE} AND NOT is_threaded",
                    "DROP INDEX CONCURRENTLY IF EXISTS conversation_live_one",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS conversation_live",
                    f"CREATE UNIQUE INDEX CONCURRENTLY conversation_live ON {_LIVE}",
                ),
            ],
        ),
    ]
