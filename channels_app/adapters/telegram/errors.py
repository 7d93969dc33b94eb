"""What the platform says when a call fails, and what it means: one table, in the order in which it is searched.

Descriptions are the official server's. An unknown one is a refusal of this message, with the platform's words as detail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.contract import ChannelError

ERRORS: Mapping[str, StrOrPromise] = {
    "deleted": _("The message was deleted before it was sent."),
    "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    "internal": _("Something went wrong here. Check with the customer before you send it again."),
    "lease_lost": _("Sending was interrupted. Check with the customer before you send it again."),
    "token_void": _("Telegram no longer accepts the bot's token. Put a new one from @BotFather into the inbox's settings."),
    "not_a_bot": _("This token belongs to no bot. Copy it from @BotFather."),
    "not_https": _("Telegram sends only to https addresses. Open Chatzee under one, then connect again."),
    "webhook_refused": _("Telegram does not accept this address for its messages. Ask who runs this server."),
    "webhook_lost": _("Telegram did not keep our address. Connect again; another program may use the same bot."),
    "blocked": _("The customer has blocked the bot. Nothing reaches them until they write again."),
    "deactivated": _("The customer's Telegram account no longer exists."),
    "removed": _("The bot was removed from the group. Nothing reaches it until it is added again."),
    "not_started": _("The customer has not written to the bot yet, and a bot may not write first."),
    "chat_not_found": _("Telegram knows no such chat. The customer has to write to the bot again."),
    "no_rights": _("The bot may not write in this group. Ask an administrator of the group to allow it."),
    "moved": _("The group became a larger one and has a new address. The message is sent there."),
    "slow_down": _("Telegram asks us to send more slowly. The message is sent as soon as it allows it."),
    "window_closed": _("Telegram Business answers for 24 hours only after the customer wrote. Wait for them to write."),
    "business_ended": _("The Telegram Business account no longer lets the bot answer. Connect it again in Telegram."),
    "business_no_reply": _("The Telegram Business account does not let the bot reply. Allow it in Telegram under Chatbots."),
    "too_long": _("The text is longer than Telegram allows. Shorten it and send it again."),
    "empty": _("There is nothing to send: write something or attach a file."),
    "file_too_large": _("The file is larger than Telegram allows (50 MB to send, 20 MB to fetch). Ask for a link to it."),
    "file_gone": _("Telegram no longer has this file. Ask the customer to send it again."),
    "bad_file": _("Telegram cannot read this file. Send it in another format."),
    "voice_forbidden": _("The customer takes no voice messages. Send it as text."),
    "payment_required": _("The customer takes messages only for payment. They have to write first."),
    "message_gone": _("Telegram no longer has that message."),
    "cannot_edit": _("Telegram no longer lets this message be changed."),
    "cannot_delete": _("Telegram no longer lets this message be deleted: it is older than 48 hours."),
    "bad_button": _("A button is wrong: each needs a label and a value of at most 64 bytes, or an https address."),
    "bad_reaction": _("Telegram does not offer this reaction here. Choose another one."),
    "unsupported": _("Telegram cannot do this."),
    "refused": _("Telegram refused this. Its own words are in the message's details."),
    "unavailable": _("Telegram has a fault of its own. The message is sent as soon as it answers again."),
    "no_connection": _("Telegram cannot be reached. The message is sent as soon as the line is back."),
    "unconfirmed": _("The line broke before Telegram confirmed. Check with the customer before you send it again."),
    "partly_sent": _("Only the first part of this message reached the customer. Send the rest as a new message."),
    "not_modified": _("The message already says this."),
    "query_over": _("The pressed button waits no longer for an answer."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """How a platform answered a call that failed."""

    status: int
    description: str = ""
    retry_after: float | None = None
    migrate_to: int = 0


_VOID: dict[str, Any] = {"permanent": True, "stops_inbox": True}
_FINAL: dict[str, Any] = {"permanent": True}
_GONE: dict[str, Any] = {"permanent": True, "unreachable": True}

#: Status (0: any), what the description contains, our code, and what follows from it.
_TABLE: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (401, "", "token_void", _VOID),
    (404, "", "token_void", _VOID),
    (403, r"blocked by the user", "blocked", _GONE),
    (403, r"user is deactivated", "deactivated", _GONE),
    (403, r"bot was kicked|not a member|chat was deleted", "removed", _GONE),
    (403, r"can't initiate conversation|can't send messages to (bots|the user)", "not_started", _GONE),
    (403, r"voice_messages_forbidden", "voice_forbidden", _FINAL),
    (403, r"payment_required|paid_messages", "payment_required", _FINAL),
    (403, r"rights|write_forbidden", "no_rights", _FINAL),
    (0, r"business_peer_usage_missing|window", "window_closed", _FINAL),
    (0, r"business connection|business_connection|business_peer_invalid", "business_ended", _FINAL),
    (0, r"voice_messages_forbidden|restricted receiving of voice", "voice_forbidden", _FINAL),
    (400, r"chat not found|peer_id_invalid|user not found", "chat_not_found", _GONE),
    (400, r"not enough rights|no rights to send|chat_write_forbidden|chat_send_\w+_forbidden", "no_rights", _FINAL),
    (400, r"https url must be provided", "not_https", _FINAL),
    (400, r"bad webhook|webhook", "webhook_refused", _FINAL),
    (400, r"caption is too long|message is too long|message_too_long|caption_too_long", "too_long", _FINAL),
    (400, r"text is empty|must be non-empty|text must be encoded", "empty", _FINAL),
    (400, r"too big", "file_too_large", _FINAL),
    (413, "", "file_too_large", _FINAL),
    (400, r"wrong file_id|temporarily unavailable|invalid file_id|wrong remote file|wrong file identifier", "file_gone", _FINAL),
    (400, r"photo_invalid|photo_ext|image_process_failed|wrong type of|video_|audio_|file_part|use file", "bad_file", _FINAL),
    (400, r"message is not modified", "not_modified", _FINAL),
    (400, r"message can't be edited", "cannot_edit", _FINAL),
    (400, r"message can't be deleted", "cannot_delete", _FINAL),
    (400, r"query is too old|query_id_invalid", "query_over", _FINAL),
    (400, r"message to \w+ not found|message_id_invalid|message not found|message to be replied", "message_gone", _FINAL),
    (400, r"button|reply markup|inline keyboard", "bad_button", _FINAL),
    (400, r"reaction", "bad_reaction", _FINAL),
)  # fmt: skip


def error_of(answer: Answer) -> ChannelError:
    """What a failed call means for the message, the recipient and the inbox."""
    detail = _without_content(answer.description)
    if answer.migrate_to:
        return ChannelError("moved", new_address=str(answer.migrate_to), detail=detail)
    if answer.status == 429:
        return ChannelError("slow_down", retry_after=answer.retry_after or 1.0, detail=detail)
    if answer.status == 504:  # the gateway gave up waiting: the message may have been taken behind it
        return ChannelError("unconfirmed", is_ambiguous=True, is_inbox_wide=True, detail=detail)
    if answer.status >= 500 or answer.status < 400:
        return ChannelError("unavailable", retry_after=answer.retry_after, is_inbox_wide=True, detail=detail)
    for status, said, code, meaning in _TABLE:
        if status in (0, answer.status) and re.search(said, answer.description.lower()):
            return ChannelError(code, detail=detail, **meaning)
    return ChannelError("refused", permanent=True, detail=detail)


def _without_content(description: str) -> str:
    """The platform's words, without what it quotes of the message."""
    return re.sub(r"\"[^\"]*\"", '"…"', description)
