"""Twilio's error codes, sorted by what they mean for a message, and what agents read for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.contract import ChannelError

ERRORS: Mapping[str, StrOrPromise] = {
    "deleted": _("The message was deleted before it was sent."),
    "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    "opted_out": _("The customer wrote STOP: their carrier lets nothing through. They have to write START first."),
    "not_a_number": _("This is no phone number that takes SMS. Check it with the customer."),
    "landline": _("This is a landline, which takes no SMS. Call, or write another way."),
    "unreachable": _("The customer's phone could not be reached. Try again later, or write another way."),
    "blocked": _("The customer's phone or carrier blocks this message. Write another way."),
    "unknown_phone": _("The carrier does not know this number. Check it with the customer."),
    "filtered": _("The carrier took the message for spam and filtered it. Word it otherwise, without short links."),
    "carrier_failed": _("The carrier could not deliver the message and does not say why. Try again later."),
    "unregistered": _("US carriers want this number registered first (A2P 10DLC). See Messaging, Compliance at Twilio."),
    "country": _("Sending to this country is switched off. Allow it at Twilio under Messaging, Geo permissions."),
    "queue_full": _("Too much waits at Twilio for this number. It is tried again."),
    "too_slow": _("The message waited too long at Twilio and was dropped. Send it again."),
    "too_many": _("Twilio asks us to slow down. It is tried again."),
    "no_reply": _("This sender cannot be answered: it is a name or a short code, not a number."),
    "no_mms": _("This number or the customer's cannot take files. Send a link instead."),
    "file_too_large": _("Files of an SMS may have 5 MB together. Send less, or a link."),
    "too_many_files": _("An SMS takes ten files at most."),
    "too_long": _("The text is longer than 1600 characters. Shorten it, or send it in parts."),
    "empty": _("There is nothing to send: write something or attach a file."),
    "sender_wrong": _("The number or messaging service of this inbox is not one of the account. Check it in the settings."),
    "token_void": _("Twilio refuses the account's key. Enter a valid one in the inbox's settings."),
    "account_closed": _("The Twilio account is suspended or has no money left. See its console."),
    "no_connection": _("Twilio does not answer. It is tried again."),
    "unavailable": _("Twilio has trouble of its own. It is tried again."),
    "unconfirmed": _("The connection to Twilio was lost while this was being sent. It may have been sent."),
    "canceled": _("The message was taken back at Twilio before it was sent."),
    "file_gone": _("Twilio no longer has this file."),
    "refused": _("Twilio refused this. Its own words are on the delivery page."),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of Twilio's means: ours, and how the message fares."""

    code: str
    is_passing: bool = False
    stops_inbox: bool = False
    is_inbox_wide: bool = False
    opts_out: bool = False


_MEANINGS: Mapping[int, Meaning] = {
    20003: Meaning("token_void", stops_inbox=True),
    20005: Meaning("account_closed", stops_inbox=True),
    20429: Meaning("too_many", is_passing=True),
    21211: Meaning("not_a_number"),
    21212: Meaning("sender_wrong"),
    21408: Meaning("country"),
    21602: Meaning("empty"),
    21606: Meaning("sender_wrong"),
    21610: Meaning("opted_out", opts_out=True),
    21611: Meaning("queue_full", is_passing=True, is_inbox_wide=True),
    21612: Meaning("not_a_number"),
    21614: Meaning("not_a_number"),
    21617: Meaning("too_long"),
    21623: Meaning("too_many_files"),
    21701: Meaning("sender_wrong"),
    21703: Meaning("sender_wrong"),
    30001: Meaning("queue_full", is_passing=True, is_inbox_wide=True),
    30002: Meaning("account_closed", stops_inbox=True),
    30003: Meaning("unreachable"),
    30004: Meaning("blocked"),
    30005: Meaning("unknown_phone"),
    30006: Meaning("landline"),
    30007: Meaning("filtered"),
    30008: Meaning("carrier_failed"),
    30019: Meaning("file_too_large"),
    30034: Meaning("unregistered"),
    30036: Meaning("too_slow"),
    63018: Meaning("too_many", is_passing=True),
    90010: Meaning("account_closed", stops_inbox=True),
}


def meaning_of(code: int) -> Meaning:
    """What a code means; one that is not known refuses the message."""
    return _MEANINGS.get(code, Meaning("refused"))


def error_of(status: int, code: int, detail: str, retry_after: float | None = None) -> ChannelError:
    """The error that an answer of the API is."""
    if status >= 500:
        return ChannelError("unavailable", is_inbox_wide=True, is_ambiguous=True, detail=detail)
    if status == 429:
        return ChannelError("too_many", retry_after=retry_after or 2.0, detail=detail)
    known = Meaning("token_void", stops_inbox=True) if status in (401, 403) and code not in _MEANINGS else meaning_of(code)
    return ChannelError(
        known.code,
        permanent=not known.is_passing,
        stops_inbox=known.stops_inbox,
        is_inbox_wide=known.is_inbox_wide,
        opts_out=known.opts_out,
        retry_after=retry_after,
        detail=f"{code} {detail}".strip() if code else detail,
    )
