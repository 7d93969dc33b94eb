from django.db import migrations


class Migration(migrations.Migration):
    """Search words stay out of the write-ahead log and of physical backups; a crash empties them and they are rebuilt."""

    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE conversations_searchentry SET UNLOGGED",
            reverse_sql="ALTER TABLE conversations_searchentry SET LOGGED",
        )
    ]
