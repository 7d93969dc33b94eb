"""What agents taught, and the models that were made of it."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conversations.models import Contact, Conversation, Message
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField
from knowledge.models import Article


class FeedbackEvent(EncryptedModel, WorkspaceModel):
    """What a person made of something that a model said of a message. Written once, never changed; gone with its contact.

    `prediction` and `correction` are labels of the task (`correction` empty: none of them). `text` is without personal data,
    `vectors` are those that were made when it was read (see `Reading`). `basis`: why it may be learned from. `facts`: of a
    reply, how the answer came about (`Proposal.facts`).
    """

    class Task(models.TextChoices):
        INTENT = "intent", _("Intent")
        REPLY = "reply", _("Reply")
        PRIORITY = "priority", _("Priority")
        MOOD = "mood", _("Mood")

    class Source(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        EDITED = "edited", _("Edited")
        REJECTED = "rejected", _("Rejected")
        CORRECTED = "corrected", _("Corrected")
        HANDED_OVER = "handed_over", _("Handed over")

    class Basis(models.TextChoices):
        INTEREST = "interest", _("Legitimate interest; no objection")
        CONSENT = "consent", _("Consent")

    task = models.CharField(max_length=8, choices=Task)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="feedback")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="feedback")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="feedback")
    model = models.CharField(max_length=80)
    prediction = models.CharField(max_length=60, blank=True)
    score = models.FloatField(default=0.0)
    correction = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=11, choices=Source)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.INTEREST)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8)
    text = EncryptedTextField(blank=True)
    vectors = EncryptedJSONField(default=dict, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "task", "-id"], name="lesson_newest"),
            models.Index(fields=["message", "task"], name="lesson_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.task} of {self.message_id}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id


class Training(WorkspaceModel):
    """The last training of a task: asked for, going on, or what became of it (`done`: a `ModelVersion`, put to use or not).

    `attempts` counts how often it was begun; `began_at` is the last time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being trained")
        DONE = "done", _("Trained")
        TOO_LITTLE = "too_little", _("Too little to learn from")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    task = models.CharField(max_length=8, choices=FeedbackEvent.Task)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "task"], name="training_of_task")]
        indexes = [models.Index(fields=["asked_at"], name="training_open", condition=Q(state__in=("waiting", "running")))]

    def __str__(self) -> str:
        return f"{self.task} training: {self.state}"


class ModelVersion(EncryptedModel, WorkspaceModel):
    """A trained model and its history. `manifest` and `arrays` (base64 of the npz) are an `Artefact`; nothing in it is run.

    `figures` is the `Judgement` by which it was decided; `decision` the verdict, or why it left. `examples` are its
    `lineage`'s at the time of training: fewer of them later mean that somebody was erased. A better one is `waiting` until a
    `Change` has measured it, where the workspace measures changes.
    """

    class State(models.TextChoices):
        LIVE = "live", _("In use")
        WAITING = "waiting", _("Measured first")
        RETIRED = "retired", _("Replaced")
        REJECTED = "rejected", _("Not put to use")
        ROLLED_BACK = "rolled_back", _("Rolled back")

    task = models.CharField(max_length=8, choices=FeedbackEvent.Task, default=FeedbackEvent.Task.INTENT)
    number = models.IntegerField()
    state = models.CharField(max_length=11, choices=State)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    manifest = EncryptedTextField(blank=True)
    arrays = EncryptedTextField(blank=True)
    dataset = models.CharField(max_length=64)
    examples = models.IntegerField()
    figures: models.JSONField[Any, Any] = models.JSONField(default=dict)
    decision = models.CharField(max_length=24)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    live_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "number"], name="model_version_number"),
            models.UniqueConstraint(fields=["workspace", "task"], name="model_version_live_one", condition=Q(state="live")),
        ]

    def __str__(self) -> str:
        return f"{self.task} model {self.number}: {self.state}"

    @property
    def percent_right(self) -> str:
        """Of the held-out messages, how many it had right; empty where it was not judged."""
        share = self.figures.get("candidate", {}).get("accuracy")
        return "" if share is None else f"{100 * share:.1f} %"


class Lineage(WorkspaceModel):
    """That a model was trained, or judged, on a lesson; it goes with the lesson."""

    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="lineage")
    event = models.ForeignKey(FeedbackEvent, on_delete=models.CASCADE, related_name="lineage")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "event"], name="lineage_once")]

    def __str__(self) -> str:
        return f"{self.event_id} in {self.model_id}"


class Origin(WorkspaceModel):
    """That a proposed article was written from an answer of a conversation. It goes with the conversation.

    `is_text`: the article's words are this answer's; others asked for the same. See `ai.services.drafting`.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="origins")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    is_text = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "conversation"], name="origin_once")]

    def __str__(self) -> str:
        return f"{self.article_id} from {self.conversation_id}"
