"""What agents read for errors that any channel may meet; a channel's own words for a code come first."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

COMMON_ERRORS: Mapping[str, StrOrPromise] = {
    "deleted": _("The message was deleted before it was sent."),
    "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    "lease_lost": _("The connection was lost while this was being sent. It may have arrived: look before you send it again."),
    "internal": _("This did not work, through a fault of ours. Try again; it is written down."),
    "opted_out": _("The customer asked for no more messages here. They have to write START first, or tell you."),
    "marketing_stopped": _("The customer wants no offers on this channel. Send a template of another category."),
    "window_closed": _("The time for free replies has passed. Send a template, or wait until the customer writes."),
    "choose_account": _("You have access to several accounts. Choose the one for this inbox."),
    "no_account": _("The account that you signed in with has nothing to connect here. Sign in with another one."),
    "access_withdrawn": _("The access was taken back at the platform. Connect the account again."),
    "account_taken": _(
        "This account is connected to another inbox already. Disconnect it there first, or ask whoever manages it to."
    ),
}
