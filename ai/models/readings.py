"""What the AI understood of what contacts wrote, and the workspace's intents by which it sorts it."""

from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from conversations.models import Conversation, Label, Message
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel

_SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class Intent(WorkspaceModel):
    """Something that customers want, as the company names it. Works from its name and description before it has examples.

    `may_be_automatic`: answers may go out without a person, when the intent's probability is at least `minimum_confidence`
    and the share of its reviewed answers that were wrong stays within `error_budget` (both from 0 to 1).
    `applies_itself`: label and priority are set on the conversation, not only proposed.
    """

    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("what customers write"), max_length=300, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    label = models.ForeignKey(Label, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("label"))
    priority = models.SmallIntegerField(_("priority"), choices=Conversation.Priority, default=Conversation.Priority.NONE)
    may_be_automatic = models.BooleanField(_("may be answered automatically"), default=True)
    minimum_confidence = models.FloatField(_("least confidence"), default=0.5, validators=_SHARE)
    error_budget = models.FloatField(_("error budget"), default=0.05, validators=_SHARE)
    applies_itself = models.BooleanField(_("set label and priority without asking"), default=False)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="intent_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Reading(EncryptedModel, WorkspaceModel):
    """What one message says: language, mood, intent, urgency. Under the key of whoever wrote the message.

    `why` holds, by topic (`intent`, `mood`, `priority`, `minor`), what made the AI think so, and under `models` and `chances` the
    learned models that decided on mood and priority and how sure they were; `vectors` are those of the text
    without personal data, by embedder's name, as base64 of 16-bit floats. `mood_score` runs from -1 to 1, chances from 0 to 1.
    `intent_name` is what the intent was called when it was read; `model` names what read it.
    """

    class Mood(models.TextChoices):
        NEGATIVE = "negative", _("Unhappy")
        NEUTRAL = "neutral", _("Neutral")
        POSITIVE = "positive", _("Happy")

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="reading")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    seq = models.IntegerField()
    language = models.CharField(max_length=8)
    language_confidence = models.FloatField(default=0.0)
    mood = models.CharField(max_length=8, choices=Mood, default=Mood.NEUTRAL)
    mood_score = models.FloatField(default=0.0)
    intent = models.ForeignKey(Intent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    intent_name = models.CharField(max_length=60, blank=True)
    intent_probability = models.FloatField(default=0.0)
    runner_up = models.CharField(max_length=60, blank=True)
    in_scope_chance = models.FloatField(default=0.0)
    is_in_scope = models.BooleanField(default=False)
    priority = models.SmallIntegerField(choices=Conversation.Priority, default=Conversation.Priority.NONE)
    is_minor_suspected = models.BooleanField(default=False)
    why = EncryptedJSONField(default=dict, blank=True)
    vectors = EncryptedJSONField(default=dict, blank=True)
    model = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "-seq"], name="reading_newest")]

    def __str__(self) -> str:
        return f"reading of {self.message_id}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id
