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
    "server_forbidden": _("This mail server cannot be reached from here. Check its name and port in the inbox's settings."),
    "server_unknown": _("The mail server's name cannot be found. Check it in the inbox's settings."),
    "no_connection": _("The mail server does not answer. It is tried again."),
    "server_busy": _("The mail server has no time for us just now. It is tried again."),
    "tls_failed": _("The mail server's certificate is not valid for its name. Ask whoever runs it, or check the name."),
    "login_refused": _("The mail server refuses this account. Check user name and password, or connect it again."),
    "login_expired": _("Access to this mailbox was taken back or has ended. Connect the account again."),
    "passwords_over": _("Microsoft takes no passwords any more. Connect the account with Microsoft in the inbox's settings."),
    "not_signed_in": _("This account is not connected yet. Connect it in the inbox's settings."),
    "oauth_unset": _("This installation cannot connect such accounts. Ask whoever runs it."),
    "sender_refused": _("The mail server does not let this account write as the inbox's address. Check both."),
    "later": _("The customer's mail server did not take the mail yet. It is tried again for two days."),
    "copy_refused": _("The mail was sent, but a copy was refused. Check the addresses of the copies."),
    "copy_unknown": _("A copy goes to what is no e-mail address. Check the addresses of the copies."),
    "address_unsupported": _("The mail server cannot write to an address with these letters."),
    "unconfirmed": _("The connection broke at the end: the mail may have been sent. Ask the customer before you repeat it."),
    "dkim_key_void": _("The key that signs this inbox's mail does not work. Replace it in the inbox's settings."),
    "mail_gone": _(
        "The mail is no longer in the bucket. Look at the bucket's lifecycle rules, or ask the customer to send it again."
    ),
    "bucket_refused": _(
        "Amazon does not let us read the bucket. Check the access key in the inbox's settings and what it may do."
    ),
    "bucket_quiet": _("Amazon does not hand the mail over. It is tried again for two days."),
    "mail_sealed": _("The mail is encrypted in the bucket with a key of yours. Switch this off in the receipt rule."),
    "folder_unknown": _("The mailbox has no such folder. Check its name in the inbox's settings."),
    "mailbox_changed": _("The mailbox could not be read. It is tried again."),
    "lease_lost": _("Sending was interrupted: the mail may have been sent. Ask the customer before you repeat it."),
    "internal": _("Something went wrong on our side. Try again."),
    "file_too_large": _("The file is too large to be kept here. Ask the customer for a link to it."),
    "empty_file": _("The file is empty."),
    "too_many_files": _("The mail has more files than are shown here. Download the original: they are in it."),
    "unsupported": _("Mail cannot do this."),
}
