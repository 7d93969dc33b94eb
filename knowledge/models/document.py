"""What can be searched and cited: documents, the passages they are cut into, and the passages' words."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedModel, EncryptedTextField
from knowledge.models.article import Article
from knowledge.models.source import SourceItem


class Document(EncryptedModel, WorkspaceModel):
    """One thing that an answer may be taken from: an article's published version, a file, a page, a question with its answer.

    It stands exactly as long as it may be used; `digest` names its content. The counters tell how answers out of it fared.
    One of kind `trial` is found by nobody but who measures what it would change (`knowledge.retrieval.Shelf`); `trial_of` is the
    item of which it is what was read last, beside the item's document in use.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        FILE = "file", _("File")
        PAGE = "page", _("Web page")
        QUESTION = "question", _("Question and answer")
        TRIAL = "trial", _("Being measured")

    kind = models.CharField(max_length=8, choices=Kind)
    article = models.OneToOneField(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="document")
    item = models.OneToOneField(SourceItem, on_delete=models.CASCADE, null=True, blank=True, related_name="document")
    trial_of = models.OneToOneField(SourceItem, on_delete=models.CASCADE, null=True, blank=True, related_name="trial")
    title = EncryptedTextField(blank=True)
    url = EncryptedTextField(blank=True)
    language = models.CharField(max_length=8)
    is_public = models.BooleanField()
    digest = models.BinaryField(max_length=32)
    cited_count = models.IntegerField(default=0)
    rejected_count = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind"], name="document_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Passage(EncryptedModel, WorkspaceModel):
    """A piece of a document, of some 200 words at most: what is found, shown to models, and cited.

    `length` counts its words. The vectors are null until the AI worker has made them; `sentences` holds those of its
    sentences in the space of its language (float16, row by row). Vectors are not encrypted: Postgres compares them.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    place = models.IntegerField()
    heading = EncryptedTextField(blank=True)
    text = EncryptedTextField()
    language = models.CharField(max_length=8)
    is_public = models.BooleanField()
    length = models.IntegerField()
    english = VectorField(dimensions=384, null=True, blank=True)
    multilingual = VectorField(dimensions=512, null=True, blank=True)
    sentences = models.BinaryField(null=True, blank=True)
    embedded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "place"], name="passage_place")]
        indexes = [
            models.Index(fields=["workspace", "is_public", "length"], name="passage_lengths"),
            models.Index(fields=["workspace", "id"], name="passage_waiting", condition=Q(embedded_at=None)),
        ]

    def __str__(self) -> str:
        return f"passage {self.place} of {self.document_id}"


class Posting(WorkspaceModel):
    """A passage holds a stem so many times. The stem is a keyed token: nobody reads words out of it.

    `length` and `is_public` repeat the passage's, so that a search reads this table alone.
    """

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="postings")
    stem = models.BigIntegerField()
    times = models.SmallIntegerField()
    length = models.IntegerField()
    is_public = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "stem"], include=["passage", "times", "length", "is_public"], name="posting_of_stem"
            )
        ]

    def __str__(self) -> str:
        return f"word of {self.passage_id}"
