"""How AI speaks and where: for a workspace, and for each of its inboxes."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models import Inbox
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField


def default_languages() -> list[str]:
    """The languages that the product itself speaks."""
    return ["en", "pt", "es", "fr"]


def default_hours() -> dict[str, list[list[str]]]:
    """Monday (`0`) to Friday, nine to six."""
    return {str(day): [["09:00", "18:00"]] for day in range(5)}


class AiSettings(EncryptedModel, WorkspaceModel):
    """One row a workspace; a workspace without one has the defaults (`ai.services.settings.settings_of`).

    `hours` lists the business hours by weekday (`"0"` is Monday) as pairs of times in the workspace's zone. `budget_micros`: the
    most that providers may cost a month, in millionths of `currency`; null: no limit. `measures_nightly`: whether answers are
    measured by night (`ai.services.nightly`). `learns_by_consent`: only from people who agreed; else from all who did not object.
    """

    class Tone(models.TextChoices):
        WARM = "warm", _("Warm")
        NEUTRAL = "neutral", _("Matter-of-fact")
        FORMAL = "formal", _("Formal")
        PLAYFUL = "playful", _("Playful")

    assistant_name = EncryptedTextField(_("name"), max_length=40, blank=True)
    persona = EncryptedTextField(_("who it is"), max_length=2000, blank=True)
    tone = models.CharField(_("tone"), max_length=8, choices=Tone, default=Tone.WARM)
    greeting = EncryptedTextField(_("greeting"), max_length=500, blank=True)
    guard_rails = EncryptedTextField(_("rules"), max_length=4000, blank=True)
    forbidden_topics = EncryptedJSONField(default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=default_languages)
    hours: models.JSONField[Any, Any] = models.JSONField(default=default_hours)
    budget_micros = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3, default="USD")
    measures_nightly = models.BooleanField(default=True, db_default=True)
    learns_by_consent = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="ai_settings_of_workspace")]

    def __str__(self) -> str:
        return f"AI settings of {self.workspace_id}"


class InboxAi(EncryptedModel, WorkspaceModel):
    """How AI replies in one inbox; an inbox without a row has the defaults. An empty name, text or tone is the workspace's;
    rules and forbidden topics come beside the workspace's.

    `stage` and `share` (percent of conversations) say how far automatic answers have gone live; `hours` when they are given.
    """

    class Mode(models.TextChoices):
        OFF = "off", _("Off")
        SUGGEST = "suggest", _("Suggest to agents")
        AUTO = "auto", _("Answer customers")

    class Stage(models.TextChoices):
        SHADOW = "shadow", _("In the shadow: written, not sent")
        SHARE = "share", _("A share of conversations")
        ALL = "all", _("All conversations")

    class Hours(models.TextChoices):
        ALWAYS = "always", _("At all hours")
        OUTSIDE = "outside", _("Outside business hours")
        WITHIN = "within", _("Within business hours")

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="ai")
    mode = models.CharField(_("replies"), max_length=7, choices=Mode, default=Mode.SUGGEST)
    stage = models.CharField(_("stage"), max_length=6, choices=Stage, default=Stage.SHADOW)
    share = models.PositiveSmallIntegerField(_("share"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)])
    hours = models.CharField(_("when"), max_length=7, choices=Hours, default=Hours.ALWAYS)
    assistant_name = EncryptedTextField(_("name"), max_length=40, blank=True)
    persona = EncryptedTextField(_("who it is"), max_length=2000, blank=True)
    tone = models.CharField(_("tone"), max_length=8, choices=AiSettings.Tone, blank=True, default="", db_default="")
    greeting = EncryptedTextField(_("greeting"), max_length=500, blank=True)
    guard_rails = EncryptedTextField(_("rules"), max_length=4000, blank=True)
    forbidden_topics = EncryptedJSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"AI of {self.inbox_id}: {self.mode}"
