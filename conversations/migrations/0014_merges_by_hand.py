from django.db import migrations, models


class Migration(migrations.Migration):
    """An agent may find that two contacts are one person."""

    dependencies = [("conversations", "0013_search_by_words_alone")]

    operations = [
        migrations.AlterField(
            model_name="mergesuggestion",
            name="reason",
            field=models.CharField(
                choices=[
                    ("email", "The same e-mail address"),
                    ("phone", "The same phone number"),
                    ("channel", "The platform says that they are one person"),
                    ("agent", "An agent found them"),
                ],
                max_length=7,
            ),
        )
    ]
