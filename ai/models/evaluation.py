"""A workspace's golden questions, what answers to them measured, and the changes that wait for such a measurement."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ai.models.readings import Intent
from conversations.models import Conversation, Inbox
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField
from knowledge.models import Article, Document, SourceItem

MAX_QUESTION = 2000


class GoldenCase(EncryptedModel, WorkspaceModel):
    """A question with what is right: an answer out of one of its sources, or none, so that a person answers.

    `must_say`: words that an answer has to hold. From a conversation it holds placeholders for personal data, stands under that
    contact's key and goes with the conversation.
    """

    class Expected(models.TextChoices):
        ANSWER = "answer", _("An answer from its source")
        PERSON = "person", _("No answer: a person")

    class Origin(models.TextChoices):
        HAND = "hand", _("Written by hand")
        GAP = "gap", _("An unanswered question")
        REVIEW = "review", _("A reviewed answer")
        FILE = "file", _("A file")

    question = EncryptedTextField(_("question"), max_length=MAX_QUESTION)
    language = models.CharField(_("language"), max_length=8)
    expected = models.CharField(_("what is right"), max_length=6, choices=Expected, default=Expected.ANSWER)
    must_say = EncryptedJSONField(default=list, blank=True)
    intent = models.ForeignKey(Intent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.HAND)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="golden_cases")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"], name="golden_newest")]

    def __str__(self) -> str:
        return f"golden question {self.pk}"

    def vault_key_id(self) -> UUID | None:
        """The contact's, where it comes from a conversation; else the workspace's."""
        return self.conversation.contact.key_id if self.conversation else keyring.data_key_id(self.vault_workspace_id())


class GoldenSource(WorkspaceModel):
    """That an article (in all its languages), or an import's item, answers a golden question."""

    case = models.ForeignKey(GoldenCase, on_delete=models.CASCADE, related_name="sources")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    item = models.ForeignKey(SourceItem, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "article", "item"], name="golden_source_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(article=None) ^ Q(item=None), name="golden_source_one"),
        ]

    def __str__(self) -> str:
        return f"source of {self.case_id}"


class Change(EncryptedModel, WorkspaceModel):
    """A change of what the AI answers, measured on the golden questions before it is made.

    `target` names what it changes (`settings`, `inbox:…`, `intent:…`, `task:…`, `learned:…`, `promotion:…`, `article:…`,
    `audience:…`, `language:…`, `source:…`), `payload` what would become of it: see `ai.services.change_kinds`. `why` says
    why it is held; `reason` is the owner's written word.
    `user` wanted it, None the product by itself.
    """

    class Kind(models.TextChoices):
        SETTINGS = "settings", _("Assistant")
        INBOX = "inbox", _("Assistant in an inbox")
        INTENT = "intent", _("Intent")
        NO_INTENT = "no_intent", _("Intent deleted")
        MODEL = "model", _("Model of a provider")
        LEARNED = "learned", _("Learned model rolled back")
        PROMOTE = "promote", _("Learned model put to use")
        PUBLISH = "publish", _("Article published")
        WITHDRAW = "withdraw", _("Article taken back")
        DELETE = "delete", _("Article deleted")
        AUDIENCE = "audience", _("Readers of an article")
        LANGUAGE = "language", _("Language of an article")
        IMPORT = "import", _("Import")
        REREAD = "reread", _("Import read again")
        NO_IMPORT = "no_import", _("Import removed")

    class State(models.TextChoices):
        MEASURING = "measuring", _("Being measured")
        HELD = "held", _("Held")
        PUBLISHED = "published", _("Made: not worse")
        OVERRIDDEN = "overridden", _("Made by an owner's word")
        DISCARDED = "discarded", _("Discarded")

    class Why(models.TextChoices):
        NONE = "", ""
        WORSE = "worse", _("Answers get worse")
        OFF = "off", _("AI is switched off, so it could not be measured")
        LATE = "late", _("The AI did not answer in time, so it could not be measured")
        MODEL = "model", _("The provider did not answer, so it could not be measured")
        FAILED = "failed", _("It could not be made")

    kind = models.CharField(max_length=9, choices=Kind)
    target = models.CharField(max_length=60)
    payload = EncryptedJSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.MEASURING)
    why = models.CharField(max_length=6, choices=Why, default=Why.NONE, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = EncryptedTextField(blank=True, max_length=2000)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="change_newest"),
            models.Index(fields=["workspace", "id"], name="change_measuring", condition=Q(state="measuring")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "target"], name="change_open_once", condition=Q(state="measuring"))
        ]

    def __str__(self) -> str:
        return f"{self.kind} change: {self.state}"


class Evaluation(WorkspaceModel):
    """One measurement: of all questions as things are, or (with `change`) of the golden ones as they are and would be.

    `parts` are keyed digests of what answers depend on (`prompt`, `models`, `thresholds`, `sources`), so that two measurements
    can be told apart; `figures` hold numbers alone. Its results are rows: a process that died is gone on from there.
    `is_nightly`: the product began it by itself. `inbox`: whose answers they are.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Measuring")
        DONE = "done", _("Measured")
        STOPPED = "stopped", _("Stopped")

    change = models.ForeignKey(Change, on_delete=models.CASCADE, null=True, blank=True, related_name="evaluations")
    inbox = models.ForeignKey(Inbox, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error = models.CharField(max_length=24, blank=True)
    parts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    figures: models.JSONField[Any, Any] = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    cost_micros = models.BigIntegerField(null=True, blank=True, default=0)
    is_nightly = models.BooleanField(default=False, db_default=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="evaluation_newest"),
            models.Index(fields=["created_at"], name="evaluation_open", condition=Q(state__in=("waiting", "running"))),
        ]

    def __str__(self) -> str:
        return f"evaluation {self.pk}: {self.state}"


class EvaluationResult(EncryptedModel, WorkspaceModel):
    """What became of one question in a measurement. `place` tells several questions of one document apart.

    `is_changed`: as it would be with the change. `would_be_right`: whether the source found first was a right one, also where no
    answer was given. `reason`: why there is none, or why the provider was not heard (`UNHEARD`). `evidence` from 0 to 1. It
    stands under the key of the golden question.

    `asks_provider`: whether one might be asked. `asked_at` lies before the measurement where it was taken from an earlier one
    (`ai.services.baselines`), and is null where things had changed before the measurement ended.
    """

    class Probe(models.TextChoices):
        ASKED = "asked", _("Asked")
        LEFT_OUT = "left_out", _("Asked without its source")
        OWN = "own", _("An article's own question")
        OWN_LEFT_OUT = "own_out", _("An article's own question without it")

    class Outcome(models.TextChoices):
        RIGHT = "right", _("Answered correctly")
        WRONG = "wrong", _("Answered wrongly")
        RIGHTLY_LEFT = "left", _("Left to a person, as it should be")
        WRONGLY_LEFT = "missed", _("Not answered")
        SKIPPED = "skipped", _("Left out: AI is off for this customer")

    #: How `reason` begins where the provider was to answer and did not: what was measured is the quotes in its place.
    UNHEARD = "unheard "

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    case = models.ForeignKey(GoldenCase, on_delete=models.CASCADE, null=True, blank=True, related_name="results")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    place = models.SmallIntegerField(default=0)
    probe = models.CharField(max_length=8, choices=Probe)
    is_changed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=24, blank=True)
    evidence = models.FloatField(default=0.0)
    confidence = models.FloatField(default=0.0)
    would_be_right = models.BooleanField(default=False)
    knows_intent = models.BooleanField(null=True, blank=True)
    answer = EncryptedTextField(blank=True)
    sources = EncryptedJSONField(default=list, blank=True)
    asks_provider = models.BooleanField(default=False, db_default=False)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "case", "document", "place", "probe", "is_changed"],
                name="evaluation_result_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.probe}: {self.outcome}"

    def vault_key_id(self) -> UUID | None:
        """The golden question's, else the workspace's."""
        return self.case.vault_key_id() if self.case else keyring.data_key_id(self.vault_workspace_id())
