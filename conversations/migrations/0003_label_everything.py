from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A label's list over every status is one walk of an index, as its list of one status already is."""

    atomic = False
    dependencies = [("conversations", "0002_search_unlogged")]

    operations = [
        AddIndexConcurrently(
            model_name="conversationlabel",
            index=models.Index(fields=["label", "-last_activity_at", "-conversation"], name="label_everything"),
        )
    ]
