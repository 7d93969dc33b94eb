from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A label's list is read from its index alone, which holds the workspace that row security asks for."""

    atomic = False
    dependencies = [("conversations", "0006_mail_and_actions")]

    operations = [
        AddIndexConcurrently(
            model_name="conversationlabel",
            index=models.Index(
                fields=["label", "status", "-last_activity_at", "-conversation"], include=["workspace"], name="label_list"
            ),
        ),
        AddIndexConcurrently(
            model_name="conversationlabel",
            index=models.Index(
                fields=["label", "-last_activity_at", "-conversation"], include=["workspace"], name="label_list_any"
            ),
        ),
        RemoveIndexConcurrently(model_name="conversationlabel", name="label_conversations"),
        RemoveIndexConcurrently(model_name="conversationlabel", name="label_everything"),
    ]
