import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    """A person is looked for among people: a word that stands in many messages has a long list in the index of all."""

    atomic = False
    dependencies = [("conversations", "0004_search_candidates")]

    operations = [
        AddIndexConcurrently(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=Q(source="contact"), fields=["tokens"], name="search_tokens_contact"
            ),
        )
    ]
