import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Unassigned conversations have an index of their own beside that of the assigned ones; two that others cover go."""

    atomic = False
    dependencies = [("conversations", "0014_merges_by_hand")]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(assignee__isnull=False),
                fields=["workspace", "assignee", "status", "-last_activity_at", "-id"],
                name="conversation_assigned",
            ),
        ),
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(assignee__isnull=True),
                fields=["workspace", "status", "-last_activity_at", "-id"],
                name="conversation_unassigned",
            ),
        ),
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(condition=models.Q(status="open"), fields=["id"], name="conversation_open"),
        ),
        RemoveIndexConcurrently(model_name="conversation", name="conversation_mine"),
        migrations.AlterField(
            model_name="conversation",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conversations",
                to="conversations.contact",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="identity",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conversations",
                to="conversations.contactidentity",
            ),
        ),
    ]
