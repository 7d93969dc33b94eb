"""What a company sets for an e-mail inbox: its address, how its mail comes in, and what proves that."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.adapters.email.hooks.sendgrid import is_public_key
from channels_app.adapters.email.hooks.ses import is_topic_arn
from channels_app.adapters.email.mailbox_form import MailboxForm
from channels_app.adapters.email.mime.addresses import key_of, normal_address
from channels_app.form_fields import LinesField, SecretsForm, secret_field

MAX_ALIASES = 30
MAX_SERVERS = 10


class Receive(models.TextChoices):
    """How an inbox's mail comes in: from a mailbox that we read, or from a provider that calls us."""

    MAILBOX = "mailbox", gettext_lazy("A mailbox")
    MAILGUN = "mailgun", "Mailgun"
    POSTMARK = "postmark", "Postmark"
    SENDGRID = "sendgrid", "SendGrid"
    SES = "ses", "Amazon SES"


class AddressForm(SecretsForm):
    """An inbox's address and how its mail comes in; the form of a mailbox's servers builds on it."""

    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=254, help_text=gettext_lazy("The address to which your customers write.")
    )
    display_name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("What your customers see as the sender."),
    )
    aliases = LinesField(
        label=gettext_lazy("Other addresses"),
        required=False,
        help_text=gettext_lazy("Further addresses of this inbox, one per line. Mail from them is never a customer's."),
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    receive = forms.ChoiceField(label=gettext_lazy("Mail comes from"), choices=Receive.choices, initial=Receive.MAILBOX)
    mailgun_signing_key = secret_field(
        gettext_lazy("Mailgun's signing key"),
        gettext_lazy("“HTTP webhook signing key” in Mailgun. Left empty, the one you gave stays."),
        max_length=500,
    )
    sendgrid_public_key = forms.CharField(
        label=gettext_lazy("SendGrid's verification key"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("The public key of the security policy of your Inbound Parse address."),
    )
    ses_topic_arn = forms.CharField(
        label=gettext_lazy("SNS topic"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("The ARN of the topic to which Amazon SES publishes the mail."),
    )
    aws_access_key = forms.CharField(
        label="AWS access key ID",
        required=False,
        max_length=128,
        help_text=gettext_lazy("Only if the receipt rule puts mail into a bucket. The key has to be allowed s3:GetObject there."),
    )
    aws_secret_key = secret_field("AWS secret access key", gettext_lazy("Left empty, the one you gave stays."))
    authserv_ids = LinesField(
        label=gettext_lazy("Servers whose verdict counts"),
        required=False,
        help_text=gettext_lazy(
            "Names with which your mail servers sign Authentication-Results, such as mx.google.com. One per line."
        ),
    )

    def clean_address(self) -> Any:
        """The address in the form in which it is compared."""
        address = normal_address(str(self.cleaned_data["address"]))
        if not address or "." not in address.rpartition("@")[2]:
            raise ValidationError(_("Write a whole address, such as help@example.com."))
        return address

    def clean_aliases(self) -> Any:
        given = self.cleaned_data["aliases"]
        wrong = next((line for line in given if not normal_address(line)), None)
        if wrong is not None:
            raise ValidationError(_("“%(text)s” is not an e-mail address."), params={"text": wrong})
        if len(given) > MAX_ALIASES:
            raise ValidationError(_("These are too many addresses for one inbox."))
        return list(dict.fromkeys(normal_address(line) for line in given))

    def clean_authserv_ids(self) -> Any:
        given = [key_of(line) for line in self.cleaned_data["authserv_ids"]]
        if len(given) > MAX_SERVERS or any(len(line) > 253 or "." not in line or " " in line for line in given):
            raise ValidationError(_("Write each server's name, such as mx.example.com, on a line of its own."))
        return given

    def clean_mailgun_signing_key(self) -> Any:
        return self.kept("mailgun_signing_key")

    def clean_aws_secret_key(self) -> Any:
        return self.kept("aws_secret_key")

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen provider's webhooks are checked with."""
        given = super().clean() or self.cleaned_data
        receive = given.get("receive")
        if receive == Receive.MAILGUN and not given.get("mailgun_signing_key"):
            self.add_error("mailgun_signing_key", _("Without this key nobody's mail can be told from Mailgun's."))
        if receive == Receive.SENDGRID and not is_public_key(str(given.get("sendgrid_public_key", ""))):
            self.add_error("sendgrid_public_key", _("Paste the public key that SendGrid shows, whole."))
        if receive == Receive.SES and not is_topic_arn(str(given.get("ses_topic_arn", "")).strip()):
            self.add_error("ses_topic_arn", _("Paste the topic's whole ARN. It begins with arn:aws:sns:."))
        if given.get("aws_access_key") and not given.get("aws_secret_key"):
            self.add_error("aws_secret_key", self.fields["aws_secret_key"].error_messages["required"])
        return given


class ConfigForm(MailboxForm, AddressForm):
    """The settings of an e-mail inbox."""


def with_secrets(given: dict[str, Any]) -> dict[str, Any]:
    """The settings of a new inbox, with the secrets of its reply addresses and of its webhook."""
    return {**given, "reply_secret": secrets.token_urlsafe(32), "hook_secret": secrets.token_urlsafe(32)}
