"""The contact: an end customer, with the identities under which channels know them."""

from functools import cache
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, gettext_lazy as _

from accounts.models import User
from conversations.models.inbox import Inbox
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import BlindIndexField, EncryptedJSONField, EncryptedModel, EncryptedTextField


def stand_in_name(contact_id: UUID) -> str:
    """What a contact without a name is called."""
    return _visitor(get_language()) % {"code": str(contact_id)[-4:].upper()}


@cache
def _visitor(language: str | None) -> str:
    """The words in the language, which is the active one: a list shows fifty of them."""
    return gettext("Visitor %(code)s")


class Contact(EncryptedModel, WorkspaceModel):
    """An end customer. `key_id` is the contact's own key: destroyed, everything of theirs is unreadable."""

    name = EncryptedTextField(_("name"), max_length=120, blank=True)
    attributes = EncryptedJSONField(default=dict, blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_blocked = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-last_seen_at"], name="contact_recent")]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    def vault_key_id(self) -> UUID:
        """A new contact gets a key of its own."""
        return keyring.create_contact_key(self.workspace_id)

    @property
    def display_name(self) -> str:
        """The name, or a stable stand-in that says nothing about the person."""
        return self.name or stand_in_name(self.pk)


class ContactIdentity(EncryptedModel, WorkspaceModel):
    """An address under which a contact is known: on one inbox (a visitor, a chat id), or in general (an e-mail).

    An identity of an inbox is unique there. A general one is unique once verified; unverified ones may repeat among
    contacts, because anybody can type anybody's address, and they are never a reason to merge.

    `same_as`: another value of an identity of the inbox, under which conversations go on (a scoped id beside a number).
    `wrote_at`: when they last wrote, by the channel's clock: message windows count from it. `stopped_at`: they asked for no
    more messages; `marketing_stopped_at`: for no more offers (`ConsentEvent` tells how that came).
    """

    class Kind(models.TextChoices):
        VISITOR = "visitor", _("Website visitor")
        EXTERNAL = "external", _("Customer number")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        CHANNEL = "channel", _("Channel address")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    same_as = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="aliases")
    value = EncryptedTextField(max_length=320)
    value_index = BlindIndexField()
    is_verified = models.BooleanField(default=False)
    is_reachable = models.BooleanField(default=True, db_default=True)
    wrote_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    marketing_stopped_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "inbox", "kind", "value_index"],
                name="identity_of_inbox",
                condition=Q(inbox__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["workspace", "kind", "value_index"],
                name="identity_verified",
                condition=Q(inbox__isnull=True, is_verified=True),
            ),
            models.UniqueConstraint(
                fields=["contact", "kind", "value_index"], name="identity_of_contact", condition=Q(inbox__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["workspace", "kind", "value_index"], name="identity_value")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.contact_id}"

    def vault_key_id(self) -> UUID | None:
        return self.contact.key_id


class ContactNote(EncryptedModel, WorkspaceModel):
    """What the company's people write down about a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="contact_note_newest")]

    def __str__(self) -> str:
        return f"note on {self.contact_id}"

    def vault_key_id(self) -> UUID | None:
        return self.contact.key_id
