"""Imports: where knowledge is taken from, and each thing found there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.tenancy.models import WorkspaceModel
from core.vault.fields import BlindIndexField, EncryptedModel, EncryptedTextField


class Source(EncryptedModel, WorkspaceModel):
    """A file, a table of questions, a page, or a website by its sitemap. Its items say how far reading it has come.

    `title` is the file's name or the address. A website or page with `days` is read again so often, from `next_at`.
    `is_mapped`: a sitemap told its pages when it was last read; else they led to each other.
    `lease_until`: a worker reads it now; what it leaves behind when it dies is taken up after that.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        TABLE = "table", _("Questions and answers")
        PAGE = "page", _("Web page")
        SITE = "site", _("Website")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Being read")
        DONE = "done", _("Up to date")
        FAILED = "failed", _("Could not be read")

    kind = models.CharField(max_length=5, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    title = EncryptedTextField()
    storage_name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField(default=0)
    language = models.CharField(max_length=8, blank=True)
    is_public = models.BooleanField(default=True)
    max_pages = models.IntegerField(default=200)
    days = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    is_listed = models.BooleanField(default=False)
    is_mapped = models.BooleanField(default=False, db_default=False)
    round = models.IntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = EncryptedTextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    vault_files: ClassVar[dict[str, str]] = {"storage_name": "file"}

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="source_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SourceItem(EncryptedModel, WorkspaceModel):
    """One page of a website, one row of a table, or the file itself; `round` is the reading in which it was last seen.

    An item that failed keeps what was read before, and says why; one that vanished from its website is retired, and forgotten
    once that is released (`knowledge.selectors.differences`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Read")
        UNCHANGED = "unchanged", _("Unchanged")
        SKIPPED = "skipped", _("Left out")
        FAILED = "failed", _("Could not be read")
        RETIRED = "retired", _("Gone")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items")
    place = models.IntegerField()
    name = EncryptedTextField()
    name_index = BlindIndexField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    round = models.IntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name_index"], name="source_item_name")]
        indexes = [models.Index(fields=["source", "state", "place"], name="source_item_waiting")]

    def __str__(self) -> str:
        return f"item {self.place} of {self.source_id}"
