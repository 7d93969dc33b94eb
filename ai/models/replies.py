"""What the AI wrote and what became of it: proposals, handovers, and the small jobs that agents give it."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from ai.models.readings import Intent
from conversations.models import Conversation, Message
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import EncryptedJSONField, EncryptedModel, EncryptedTextField


class Reason(models.TextChoices):
    """Why a conversation was handed over, or an answer not sent."""

    NONE = "", ""
    ASKED_FOR_HUMAN = "asked_for_human", _("Asked for a person")
    NO_EVIDENCE = "no_evidence", _("Nothing in the knowledge base answers this")
    LOW_CONFIDENCE = "low_confidence", _("Not sure enough")
    OUT_OF_SCOPE = "out_of_scope", _("Outside what the AI may answer")
    NOT_AUTOMATIC = "not_automatic", _("This intent is answered by people")
    UNREAD = "unread", _("AI may not analyse messages here, and some intents are answered by people")
    OVER_ERROR_BUDGET = "over_error_budget", _("Too many wrong answers to this intent lately")
    LANGUAGE = "language", _("The sources are in another language")
    GUARD = "guard", _("The answer said more than its sources")
    FORBIDDEN_TOPIC = "forbidden_topic", _("A topic that the AI must not touch")
    MINOR = "minor", _("May be a minor")
    ANGRY = "angry", _("Unhappy customer")
    REPEATED = "repeated", _("The same answer would be said again")
    LOOP = "loop", _("Too many answers in a row without getting anywhere")
    ATTACK = "attack", _("An attempt to misuse the AI")
    UNREADABLE = "unreadable", _("A file or other content that the AI does not read")
    PROVIDER_DOWN = "provider_down", _("The language model did not answer")
    WINDOW_CLOSED = "window_closed", _("The channel's message window is closed")
    STOPPED = "stopped", _("The customer wants no messages")
    TOO_LONG = "too_long", _("Too long for the channel")
    BUDGET = "budget", _("The month's budget is used up")
    SWITCHED_OFF = "switched_off", _("AI was switched off")
    TAKEN_OVER = "taken_over", _("A colleague is on it")
    OUT_OF_HOURS = "out_of_hours", _("Outside the AI's hours")
    SHARE = "share", _("Not in the share of conversations that is answered")
    FAILED = "failed", _("Something went wrong")


class Proposal(EncryptedModel, WorkspaceModel):
    """A reply that the AI wrote for the messages up to `to_seq`, and what a person made of it.

    `sources`: `[{document, passage, title, url, quote, is_public}]` in the order of the sentences; `checks`: the guard's word
    on each sentence, `[{text, reasons, coverage}]`. `steps` tells, as codes, which way it went. `final_text` is what was sent
    where a person edited it. `review` is a person's word on an answer that was sent or kept in the shadow. `facts`: how the
    answer came about, as numbers, codes and ids, by which it is learned when to suggest and when to answer (`ai.engine.trust`).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SENT = "sent", _("Sent by the AI")
        ACCEPTED = "accepted", _("Accepted")
        EDITED = "edited", _("Edited")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Overtaken")
        WITHHELD = "withheld", _("Withheld")
        SHADOW = "shadow", _("Shadow")

    class RejectReason(models.TextChoices):
        NONE = "", ""
        WRONG = "wrong", _("It is wrong")
        OFF_TOPIC = "off_topic", _("It does not answer the question")
        OUTDATED = "outdated", _("The source is out of date")
        TONE = "tone", _("The tone does not fit")
        UNSAFE = "unsafe", _("It must not be said")
        OTHER = "other", _("Something else")

    class Review(models.TextChoices):
        NONE = "", _("Not reviewed")
        RIGHT = "right", _("Correct")
        WRONG = "wrong", _("Wrong")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="proposals")
    purpose = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.CharField(max_length=24, choices=Reason, default=Reason.NONE, blank=True)
    from_seq = models.IntegerField(default=0)
    to_seq = models.IntegerField(default=0)
    language = models.CharField(max_length=8, blank=True)
    text = EncryptedTextField(blank=True)
    final_text = EncryptedTextField(blank=True)
    sources = EncryptedJSONField(default=list, blank=True)
    checks = EncryptedJSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    confidence = models.FloatField(default=0.0)
    evidence = models.FloatField(default=0.0)
    intent = models.ForeignKey(Intent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    model = models.CharField(max_length=80, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reject_reason = models.CharField(max_length=9, choices=RejectReason, default=RejectReason.NONE, blank=True)
    review = models.CharField(max_length=5, choices=Review, default=Review.NONE, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-id"], name="proposal_newest"),
            models.Index(fields=["workspace", "state", "-id"], name="proposal_by_state"),
            models.Index(fields=["intent", "-id"], name="proposal_of_intent"),
        ]

    def __str__(self) -> str:
        return f"proposal for {self.conversation_id}"

    def vault_key_id(self) -> UUID | None:
        return self.conversation.contact.key_id


class Handover(EncryptedModel, WorkspaceModel):
    """The AI gave a conversation to people: why, to whom, and what they should know. It stays out until `ended_at`."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handovers")
    reason = models.CharField(max_length=24, choices=Reason)
    summary = EncryptedTextField(blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    priority = models.SmallIntegerField(choices=Conversation.Priority, default=Conversation.Priority.NONE)
    note = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seq = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-id"], name="handover_newest"),
            models.Index(fields=["workspace", "reason", "-id"], name="handover_by_reason"),
        ]

    def __str__(self) -> str:
        return f"handover of {self.conversation_id}: {self.reason}"

    def vault_key_id(self) -> UUID | None:
        return self.conversation.contact.key_id


class Assist(EncryptedModel, WorkspaceModel):
    """A small job that an agent gave the AI. It runs in the AI's own process; `ai.assist` is published when it has ended.

    `request` and `result` depend on `kind`: see `ai.services.assisting`. `error` is a code of `AssistError`.
    """

    class Kind(models.TextChoices):
        SUGGEST = "suggest", _("Suggested reply")
        SUMMARISE = "summarise", _("Summary")
        REWRITE = "rewrite", _("Rewritten text")
        TRANSLATE = "translate", _("Translation")
        TRY = "try", _("Try-out")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="assists")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    request = EncryptedJSONField(default=dict, blank=True)
    result = EncryptedJSONField(default=dict, blank=True)
    error = models.CharField(max_length=24, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "user", "-id"], name="assist_of_user"),
            models.Index(fields=["created_at"], name="assist_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    def vault_key_id(self) -> UUID | None:
        """The contact's, where it is about one; else the workspace's."""
        return self.conversation.contact.key_id if self.conversation else keyring.data_key_id(self.workspace_id)
