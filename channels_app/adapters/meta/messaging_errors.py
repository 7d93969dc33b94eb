"""What Meta says when a message of a page or an Instagram account fails, and what it means."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.meta.errors import COMMON, ERRORS as META_ERRORS, MINUTE, Meaning, Table

_CLOSED = Meaning("window_closed")
_NOBODY = Meaning("no_such_person", unreachable=True)

TABLE: Table = {
    **COMMON,
    # The window.
    (10, 2018278): _CLOSED,
    (10, 2018065): _CLOSED,
    (10, 2534022): _CLOSED,
    (100, 2018065): _CLOSED,
    (10, 2018300): Meaning("not_ours"),
    # The recipient.
    551: Meaning("unavailable_person", unreachable=True),
    (551, 1545041): Meaning("unavailable_person", unreachable=True),
    (100, 2018001): _NOBODY,
    (100, 2534014): _NOBODY,
    (100, 2018218): Meaning("no_profile"),
    10900: Meaning("comment_answered"),
    # The file.
    (100, 2018047): Meaning("bad_file"),
    (100, 2018109): Meaning("file_too_large"),
    (100, 2018008): Meaning("file_gone"),
    # The account, for a while or until somebody does something.
    (10, 1893063): Meaning("page_restricted", permanent=False, wait=60 * MINUTE, is_inbox_wide=True),
    (2, 2018344): Meaning("terms", stops_inbox=True),
    1200: Meaning("unavailable", permanent=False, wait=5.0),
}

ERRORS: Mapping[str, StrOrPromise] = {
    **META_ERRORS,
    "window_closed": _("Too long ago: Meta takes messages for 24 hours after the customer wrote, and those that a person writes "
                       "for 7 days. Wait until they write again, or reach them another way."),
    "not_ours": _("Another app answers this customer at the moment. Take it over in the page's inbox at Meta first."),
    "unavailable_person": _("The customer blocked this account or left Meta. They can be reached again when they write."),
    "no_such_person": _("Meta knows no such customer here. They have to write first; a comment is answered by replying to it."),
    "no_profile": _("Meta shows no profile of this customer."),
    "comment_answered": _("This comment was answered in private before, which Meta allows once. Go on when the customer writes."),
    "comment_text_only": _("A comment is answered in private with one text. Send the file when the customer has written."),
    "bad_recipient": _("This is no address of this channel. The customer has to write first."),
    "unsupported": _("This channel cannot do this."),
    "too_long": _("The text is longer than this channel allows. Shorten it."),
    "empty": _("There is nothing to send: write something or attach a file."),
    "bad_button": _("A button is wrong: up to 13, each with a label of at most 20 characters of its own, under a text."),
    "bad_file": _("This channel does not take this kind of file. Send another kind, or a link to it."),
    "file_too_large": _("The file is larger than this channel allows: 25 MB, pictures 8 MB. Send a link to it."),
    "file_gone": _("Meta could not fetch the file. Send it again."),
    "media_expired": _("Meta no longer has this file. Ask the customer to send it again."),
    "partly_sent": _("Only the first part of this message reached the customer. Send the rest as a new message."),
    "page_restricted": _("Meta restricts this page's messages for a while. The message is sent as soon as it allows it."),
    "page_blocked": _("Meta took this page's messages away because of its rules. See the page's support inbox at Meta."),
    "terms": _("The page has to accept Meta's terms for messages. Do that in the page's settings, then connect it again."),
    "not_a_page": _("This access is not a page's. Make a page access token in your app and paste that one."),
    "not_an_instagram_account": _("No professional Instagram account belongs to this access. Link one to the page."),
    "no_account": _("No account was granted when signing in. Start again and choose one."),
    "app_secret_missing": _("The app's secret is missing: without it nobody can tell Meta's messages from forged ones."),
    "app_secret_wrong": _("The app's secret is not that of the access token's app. Copy it from the app's settings."),
    "webhook_lost": _("Meta did not keep our address. Connect again."),
    "webhook_refused": _("Meta could not reach our address. It has to be https and open to the internet; then connect again."),
}  # fmt: skip
