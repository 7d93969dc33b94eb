"""The public help centre of a workspace: whether it is open, how it looks, where it is found."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel

#: The accent of a help centre whose company has not chosen one.
ACCENT = "#0f766e"


class HelpCentre(EncryptedModel, WorkspaceModel):
    """One per workspace, made with its first article. Closed (`is_published` False) it answers nobody.

    `slug` is unique over all workspaces; a `domain` counts once it is verified. `words` holds, by language, what the
    home page says. `changed_at` moves with everything that the public pages show: caches ask for it.
    """

    is_published = models.BooleanField(default=False)
    is_indexed = models.BooleanField(default=True)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    color = models.CharField(max_length=7, default=ACCENT)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    default_language = models.CharField(max_length=8, default="en")
    words = EncryptedJSONField(blank=True)
    review_months = models.PositiveSmallIntegerField(_("months after which an article should be read again"), default=6)
    last_number = models.IntegerField(default=0)
    domain = models.CharField(max_length=253, blank=True)
    domain_token = models.CharField(max_length=40, blank=True)
    domain_verified_at = models.DateTimeField(null=True, blank=True)
    domain_checked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="help_centre_of_workspace"),
            models.UniqueConstraint(
                fields=["domain"], name="help_centre_domain", condition=Q(domain_verified_at__isnull=False) & ~Q(domain="")
            ),
        ]

    def __str__(self) -> str:
        return f"help centre {self.slug}"

    def words_in(self, language: str) -> dict[str, str]:
        """The home page's own words in a language, else in the default one."""
        found: dict[str, str] = self.words.get(language) or self.words.get(self.default_language) or {}
        return found
