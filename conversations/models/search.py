"""The blind word index: keyed tokens of what is encrypted, so that the whole history can be searched."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from core.tenancy.models import WorkspaceModel


class SearchEntry(WorkspaceModel):
    """The tokens of one message or contact, under the id of that row.

    The table is UNLOGGED: it is in no backup and no WAL, and is rebuilt from the ciphertexts when it is lost.
    """

    class Source(models.TextChoices):
        MESSAGE = "message"
        CONTACT = "contact"

    source = models.CharField(max_length=8, choices=Source)
    inbox_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    contact_id = models.UUIDField()
    tokens = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="search_tokens"),
            GinIndex(fields=["tokens"], name="search_tokens_contact", condition=models.Q(source="contact")),
            models.Index(fields=["workspace", "source", "-id"], name="search_newest"),
            models.Index(fields=["contact_id"], name="search_of_contact"),
        ]

    def __str__(self) -> str:
        return f"tokens of {self.source} {self.pk}"
