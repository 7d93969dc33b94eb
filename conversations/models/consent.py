"""What contacts allowed and withdrew, as it happened: everything that sends obeys it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conversations.models.contact import Contact, ContactIdentity
from conversations.models.inbox import Inbox
from conversations.models.message import Message
from core.tenancy.models import WorkspaceModel


class ConsentEvent(WorkspaceModel):
    """One change of what a contact allows. Rows are only added. Of messages and offers the identity holds where it stands.

    Learning is of the person, on no channel (`identity` null): their newest word counts.
    """

    class Purpose(models.TextChoices):
        MESSAGES = "messages", _("Any message")
        MARKETING = "marketing", _("Offers and news")
        LEARNING = "learning", _("Learning from what they write")

    class Source(models.TextChoices):
        WORD = "word", _("They wrote it")
        PLATFORM = "platform", _("The platform told us")
        AGENT = "agent", _("Noted by a colleague")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    identity = models.ForeignKey(ContactIdentity, on_delete=models.SET_NULL, null=True, related_name="consents")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=9, choices=Purpose)
    is_given = models.BooleanField()
    source = models.CharField(max_length=8, choices=Source)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="consent_of_contact")]

    def __str__(self) -> str:
        return f"consent of {self.contact_id}: {self.purpose} {self.is_given}"
