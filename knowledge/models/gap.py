"""Questions that could not be answered, and the gaps in the knowledge that they show."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField
from knowledge.models.article import Article


class Gap(WorkspaceModel):
    """Questions that ask for the same. It holds no words: they are its questions', and go with the people who asked."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Answered by an article")
        DISMISSED = "dismissed", _("Dismissed")

    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="gaps")
    count = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-count", "-last_at"], name="gap_largest", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"gap {self.pk}"


class UnansweredQuestion(EncryptedModel, WorkspaceModel):
    """One question of a customer without an answer, encrypted under their key; `vector` is its meaning, once embedded.

    `stems` are its words as keyed tokens, by which it is compared until then. `reason` is the code of who gave up.
    """

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="questions")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = EncryptedTextField()
    language = models.CharField(max_length=8)
    reason = models.CharField(max_length=40)
    vector = EncryptedJSONField(default=list, blank=True)
    stems = EncryptedJSONField(default=list, blank=True)
    is_embedded = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["gap", "-created_at"], name="question_newest"),
            models.Index(fields=["workspace", "id"], name="question_waiting", condition=Q(is_embedded=False)),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    def vault_key_id(self) -> UUID | None:
        """The asking contact's key, or the workspace's where nobody is known."""
        if self.conversation is None:
            return keyring.data_key_id(self.vault_workspace_id())
        return self.conversation.contact.key_id
