"""What agents read when a mail could not be sent: what happened and what to do."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

ERRORS: Mapping[str, StrOrPromise] = {
    "deleted": _("The message was deleted before it was sent."),
    "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    "not_connected": _("This inbox cannot send mail yet. Set up its mail server in its settings."),
    "mailbox_unknown": _("There is no such mailbox. Check the address with the customer."),
    "domain_unknown": _("There is no mail server for this address. Check what stands behind the @."),
    "mailbox_full": _("The customer's mailbox is full. Try again later or write another way."),
    "too_large": _("The customer's mail server refuses mail of this size. Send less, or a link."),
    "refused": _("The customer's mail server refused the mail by its rules. Ask whoever runs your mail domain."),
    "expired": _("The customer's mail server could not be reached for days. Check the address or write another way."),
    "bounced": _("The mail came back. Check the address."),
    "delayed": _("The customer's mail server has not taken the mail yet. It goes on being tried."),
    "complaint": _("The customer marked this mail as junk. Do not write again unless they do."),
    "no_certificate": _("Amazon's certificate could not be fetched. It is tried again."),
    "no_confirmation": _("The subscription could not be confirmed at Amazon. Subscribe the address once more."),
    "unsupported": _("Mail cannot do this."),
}
