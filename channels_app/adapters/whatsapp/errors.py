"""What WhatsApp says when something fails, and what it means. Statuses tell of most failures later, by the same codes."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.meta.errors import COMMON, ERRORS as META_ERRORS, MINUTE, Meaning, Table

_LATER = Meaning("unavailable", permanent=False, is_inbox_wide=True)
_DAY = 24 * 60 * MINUTE

TABLE: Table = {
    **COMMON,
    # For a while.
    80007: Meaning("slow_down", permanent=False, wait=MINUTE, is_inbox_wide=True),
    130429: Meaning("slow_down", permanent=False, wait=5.0, is_inbox_wide=True),
    131016: _LATER,
    131057: Meaning("maintenance", permanent=False, wait=5 * MINUTE, is_inbox_wide=True),
    131000: Meaning("unavailable", permanent=False),
    133004: _LATER,
    131056: Meaning("too_often", permanent=False, wait=6.0),
    # The account may not, for now.
    131048: Meaning("spam_limit", permanent=False, wait=60 * MINUTE, is_inbox_wide=True),
    131064: Meaning("daily_limit", permanent=False, wait=60 * MINUTE, is_inbox_wide=True),
    131049: Meaning("not_engaged"),
    # The window, and templates.
    131047: Meaning("window_closed"),
    131063: Meaning("marketing_elsewhere"),
    132000: Meaning("template_parameters"),
    132001: Meaning("template_missing"),
    132005: Meaning("template_too_long"),
    132007: Meaning("template_policy"),
    132008: Meaning("template_parameters"),
    132012: Meaning("template_parameters"),
    132015: Meaning("template_paused"),
    132016: Meaning("template_disabled"),
    132018: Meaning("template_parameters"),
    132068: Meaning("flow_blocked"),
    132069: Meaning("flow_blocked"),
    # This recipient.
    131021: Meaning("own_number"),
    131026: Meaning("undeliverable"),
    131030: Meaning("not_allowed_yet"),
    131050: Meaning("marketing_stopped"),
    131062: Meaning("number_needed"),
    130472: Meaning("experiment"),
    137000: Meaning("identity_changed"),
    # What we asked for.
    131008: Meaning("refused"),
    131009: Meaning("refused"),
    131051: Meaning("unsupported"),
    131052: Meaning("file_gone"),
    131053: Meaning("bad_file"),
    # The account.
    131005: Meaning("permission_missing", stops_inbox=True),
    131031: Meaning("account_locked", stops_inbox=True),
    131037: Meaning("name_not_approved", stops_inbox=True),
    131042: Meaning("payment", stops_inbox=True),
    131044: Meaning("payment", stops_inbox=True),
    131045: Meaning("not_registered", stops_inbox=True),
    133010: Meaning("not_registered", stops_inbox=True),
    130497: Meaning("country", stops_inbox=True),
    # Registering a number, and its webhook.
    133005: Meaning("pin_wrong"),
    133006: Meaning("not_verified"),
    133008: Meaning("pin_later"),
    133009: Meaning("pin_later"),
    133015: Meaning("pin_later"),
    133016: Meaning("pin_later"),
    2200: Meaning("webhook_refused"),
    2494100: Meaning("maintenance", permanent=False, wait=5 * MINUTE, is_inbox_wide=True),
}  # fmt: skip

ERRORS: Mapping[str, StrOrPromise] = {
    **META_ERRORS,
    "too_often": _("WhatsApp takes one message every few seconds to the same person. The message is sent as soon as it may be."),
    "maintenance": _("WhatsApp is working on this number. The message is sent as soon as that is over."),
    "spam_limit": _("People blocked or reported this number, so WhatsApp lets it send less. Sending is tried again every hour."),
    "daily_limit": _("This number has written to as many new people as WhatsApp allows a day. It is tried again every hour."),
    "not_engaged": _("WhatsApp did not deliver this, to keep people from too many offers. Wait a day before you try again."),
    "window_closed": _("More than 24 hours have passed since the customer wrote. Send a template."),
    "marketing_elsewhere": _("WhatsApp takes offers from this number only by its marketing service. Send another template."),
    "template_missing": _("WhatsApp has no approved template of this name and language. Choose another one."),
    "template_parameters": _("The template asks for other values than were filled in. Fill it in again."),
    "template_too_long": _("Filled in, the template is too long. Shorten the values."),
    "template_policy": _("WhatsApp refused the template's content by its rules. Choose another one."),
    "template_paused": _("WhatsApp has paused this template because people disliked it. Choose another one."),
    "template_disabled": _("WhatsApp has switched this template off for good. Choose another one."),
    "flow_blocked": _("The form in this template is blocked or throttled. See it in WhatsApp Manager."),
    "own_number": _("This is the number that the inbox sends from."),
    "undeliverable": _("WhatsApp cannot deliver to this person: no account, an old app, or they have not agreed to its terms."),
    "not_allowed_yet": _("This is a test number: it writes only to people on its list. Add this one in the app's page at Meta."),
    "marketing_stopped": _("The customer stopped offers and news from you. Write to them only about what they asked for."),
    "number_needed": _("A sign-in code goes to telephone numbers only, and this customer hides theirs. Ask for it."),
    "experiment": _("WhatsApp withholds this message for an experiment of its own. Reach the customer another way."),
    "identity_changed": _("The customer's phone or number changed. Make sure that it is them before you write."),
    "bad_recipient": _("This is no WhatsApp address. The customer has to write first."),
    "unsupported": _("WhatsApp cannot do this."),
    "too_long": _("The text is longer than WhatsApp allows: 4096 characters, 1024 with buttons or a list. Shorten it."),
    "empty": _("There is nothing to send: write something or attach a file."),
    "bad_button": _("A button is wrong: up to three, each with a label of at most 20 characters of its own."),
    "bad_list": _("The list is wrong: up to ten rows with different titles of at most 24 characters, and a button of 20."),
    "bad_template": _("The template is not filled in as WhatsApp needs it. Choose it again."),
    "file_too_large": _("The file is larger than WhatsApp allows: 100 MB, stickers 500 kB. Send a link to it."),
    "file_gone": _("WhatsApp could not fetch the file. Send it again."),
    "bad_file": _("WhatsApp does not take this kind of file. Send it as a picture, film, sound, PDF, text or Office document."),
    "bad_download": _("The file came broken. It is fetched again."),
    "media_expired": _("WhatsApp keeps files for 7 days and no longer has this one. Ask the customer to send it again."),
    "partly_sent": _("Only the first part of this message reached the customer. Send the rest as a new message."),
    "account_locked": _("Meta has locked this WhatsApp account. Its page in the Business Manager says why, and how to appeal."),
    "account_deleted": _("This WhatsApp account no longer exists at Meta."),
    "offboarded": _("The number was taken out of the Cloud API. Connect it again to go on."),
    "name_not_approved": _("Meta has not approved the number's display name. Change it in WhatsApp Manager."),
    "payment": _("Meta cannot charge this WhatsApp account. Put its payment method right in the Business Manager."),
    "not_registered": _("The number is not registered for the Cloud API. Enter its PIN in the settings and connect again."),
    "country": _("Meta does not let this account write to the customer's country."),
    "pin_wrong": _("The PIN is not the number's two-step PIN. Set a new one in WhatsApp Manager and enter it here."),
    "pin_later": _("The PIN was tried too often. Wait a while, then connect again."),
    "not_verified": _("The number has not been verified at Meta yet. Do that in WhatsApp Manager, then connect again."),
    "number_not_of_account": _("This number is not of this WhatsApp Business account. Check both ids."),
    "app_secret_missing": _("The app's secret is missing: without it nobody can tell Meta's messages from forged ones."),
    "app_secret_wrong": _("The app's secret is not that of the access token's app. Copy it from the app's basic settings."),
    "webhook_refused": _("Meta could not reach our address. It has to be https and open to the internet; then connect again."),
    "webhook_lost": _("Meta did not keep our address. Connect again."),
}  # fmt: skip


def code_of(number: int | None) -> str:
    """Our word for the platform's code in a status. A code without one is a refusal."""
    meaning = TABLE.get(number) if number is not None else None
    return meaning.code if meaning else "refused"
