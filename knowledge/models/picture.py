"""Pictures in articles."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from accounts.models import User
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedModel
from knowledge.models.article import ArticleVersion


class Picture(EncryptedModel, WorkspaceModel):
    """A picture, made anew as WebP when it was taken in: nothing of the file that was uploaded is kept. It never changes."""

    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    storage_name = models.CharField(max_length=120)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    vault_files: ClassVar[Mapping[str, str]] = {"storage_name": ""}

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="picture_oldest")]

    def __str__(self) -> str:
        return f"picture {self.pk}"


class PictureUse(WorkspaceModel):
    """A version of an article shows a picture. A picture without a use is dropped after a day."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="uses")
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="picture_uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["picture", "version"], name="picture_used_once")]

    def __str__(self) -> str:
        return f"{self.picture_id} in {self.version_id}"
