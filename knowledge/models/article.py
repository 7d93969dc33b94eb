"""Articles, their categories, their versions, and what readers thought of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ids import new_id
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField

MAX_TITLE = 200


class Category(EncryptedModel, WorkspaceModel):
    """A shelf of the help centre. `words` holds name and description by language; `place` orders the shelves."""

    number = models.IntegerField()
    words = EncryptedJSONField()
    icon = models.CharField(max_length=40, default="book-open")
    place = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="category_number")]

    def __str__(self) -> str:
        return f"category {self.number}"

    def named(self, language: str, fallback: str = "") -> str:
        """The name in a language, else in the fallback, else in any."""
        return self._word("name", language, fallback)

    def described(self, language: str, fallback: str = "") -> str:
        return self._word("description", language, fallback)

    def _word(self, what: str, *languages: str) -> str:
        words: dict[str, dict[str, str]] = self.words
        found = [words[one].get(what, "") for one in languages if one in words]
        return next((one for one in (*found, *(one.get(what, "") for one in words.values())) if one), "")


class Article(EncryptedModel, WorkspaceModel):
    """One article in one language; its translations share `group`.

    `title` and `body` (clean HTML) are the working copy, `published` is the version that readers see, None before the
    first publishing and after archiving. `revision` counts changes of the working copy: who writes on an older one is
    told. A proposed article was written from a conversation and waits for a person.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        INTERNAL = "internal", _("Only your team")

    number = models.IntegerField()
    group = models.UUIDField(default=new_id)
    language = models.CharField(max_length=8)
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles")
    place = models.IntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.PUBLIC)
    title = EncryptedTextField(blank=True, max_length=MAX_TITLE)
    body = EncryptedTextField(blank=True)
    revision = models.IntegerField(default=0)
    published = models.ForeignKey("ArticleVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    origin_conversation_id = models.UUIDField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    helpful_count = models.IntegerField(default=0)
    unhelpful_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="article_number"),
            models.UniqueConstraint(fields=["group", "language"], name="article_language"),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-updated_at"], name="article_newest"),
            models.Index(
                fields=["workspace", "language", "category", "place"], name="article_shelf", condition=Q(state="published")
            ),
        ]

    def __str__(self) -> str:
        return f"article {self.number}"

    @property
    def is_public(self) -> bool:
        """Whether readers of the help centre may see it, as far as the article itself decides."""
        return self.state == self.State.PUBLISHED and self.audience == self.Audience.PUBLIC and self.published_id is not None


class ArticleVersion(EncryptedModel, WorkspaceModel):
    """How an article stood at a moment, and by whom. Numbers rise within the article, from 1."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    title = EncryptedTextField(blank=True, max_length=MAX_TITLE)
    body = EncryptedTextField(blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_published = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="article_version_number")]

    def __str__(self) -> str:
        return f"version {self.number} of {self.article_id}"


class Feedback(EncryptedModel, WorkspaceModel):
    """One reader's answer to "was this helpful". Nothing tells who it was."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    is_helpful = models.BooleanField()
    comment = EncryptedTextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["article", "-created_at"], name="feedback_newest")]

    def __str__(self) -> str:
        return f"feedback on {self.article_id}"
