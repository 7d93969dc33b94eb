from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):

    dependencies = [
        ('ai', '0002_replies'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='listed',
            field=models.JSONField(db_default=Value([], models.JSONField()), default=list),
        ),
    ]
