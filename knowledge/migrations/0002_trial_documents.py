from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("article", "Article"),
                    ("file", "File"),
                    ("page", "Web page"),
                    ("question", "Question and answer"),
                    ("trial", "Being measured"),
                ],
                max_length=8,
            ),
        ),
    ]
