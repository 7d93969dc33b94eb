from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Cast, Coalesce


class Migration(migrations.Migration):
    """What an agent has not read of their own has an index of its own: else hundreds of read ones are walked past."""

    atomic = False
    dependencies = [("conversations", "0011_search_by_time")]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(
                    inbound_seq__gt=Coalesce(
                        models.Func(
                            models.F("read_seqs"),
                            Cast(models.F("assignee"), models.TextField()),
                            arg_joiner=" ->> ",
                            output_field=models.IntegerField(),
                            template="(%(expressions)s)::integer",
                        ),
                        0,
                    )
                ),
                fields=["workspace", "assignee", "status", "-last_activity_at", "-id"],
                name="conversation_mine_unread",
            ),
        )
    ]
