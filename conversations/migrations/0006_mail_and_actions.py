import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.vault.fields

_ID = ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False))
_KEY = ("key_id", core.vault.fields.KeyIdField())
_CASCADE, _PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


def _workspace() -> tuple[str, models.Field]:
    return (
        "workspace",
        models.ForeignKey(db_index=False, editable=False, on_delete=_PROTECT, related_name="+", to="accounts.workspace"),
    )


class Migration(migrations.Migration):
    """What mail and platforms' files need: threads, originals, participants, files that are on their way."""

    dependencies = [
        ("accounts", "0002_factors_sessions_invitations"),
        ("conversations", "0005_contact_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageAlias",
            fields=[
                _ID,
                ("provider_index", core.vault.fields.BlindIndexField()),
                ("inbox", models.ForeignKey(on_delete=_PROTECT, related_name="+", to="conversations.inbox")),
                ("message", models.ForeignKey(on_delete=_CASCADE, related_name="aliases", to="conversations.message")),
                _workspace(),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("inbox", "provider_index"), name="message_alias")],
            },
        ),
        migrations.CreateModel(
            name="MessageOriginal",
            fields=[
                _ID,
                _KEY,
                ("html", core.vault.fields.EncryptedTextField(blank=True, default="")),
                ("storage_name", models.CharField(blank=True, max_length=120)),
                ("size", models.BigIntegerField(default=0)),
                ("message", models.OneToOneField(on_delete=_CASCADE, related_name="original", to="conversations.message")),
                _workspace(),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                _ID,
                _KEY,
                ("address", core.vault.fields.EncryptedTextField(default="", max_length=320)),
                ("address_index", core.vault.fields.BlindIndexField()),
                ("name", core.vault.fields.EncryptedTextField(blank=True, default="", max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "conversation",
                    models.ForeignKey(on_delete=_CASCADE, related_name="participants", to="conversations.conversation"),
                ),
                _workspace(),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("conversation", "address_index"), name="participant_of_conversation")
                ],
            },
        ),
        migrations.AddField("attachment", "attempts", models.SmallIntegerField(db_default=0, default=0)),
        migrations.AddField(
            "attachment", "content_id", core.vault.fields.EncryptedTextField(blank=True, default="", max_length=255)
        ),
        migrations.AddField(
            "attachment", "error_code", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddField("attachment", "next_attempt_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("attachment", "source", core.vault.fields.EncryptedJSONField(blank=True, default=dict)),
        migrations.AlterField(
            "attachment",
            "state",
            models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("attached", "Attached"),
                    ("waiting", "Waiting"),
                    ("missing", "Missing"),
                ],
                default="uploaded",
                max_length=8,
            ),
        ),
        migrations.AlterField("attachment", "storage_name", models.CharField(blank=True, max_length=120)),
        migrations.AddField("contactidentity", "is_reachable", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("conversation", "is_threaded", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "conversation", "subject", core.vault.fields.EncryptedTextField(blank=True, default="", max_length=255)
        ),
    ]
