"""Each refusal of the platform, and what follows from it."""

import pytest

from channels_app.adapters.telegram.errors import _TABLE, ERRORS, Answer, error_of
from channels_app.contract import ChannelError

_FINAL, _GONE, _VOID = (True, False, False), (True, True, False), (True, False, True)

_SAID = [
    (401, "Unauthorized", "token_void", _VOID),
    (404, "Not Found", "token_void", _VOID),
    (403, "Forbidden: bot was blocked by the user", "blocked", _GONE),
    (403, "Forbidden: user is deactivated", "deactivated", _GONE),
    (403, "Forbidden: bot was kicked from the group chat", "removed", _GONE),
    (403, "Forbidden: bot was kicked from the supergroup chat", "removed", _GONE),
    (403, "Forbidden: bot is not a member of the supergroup chat", "removed", _GONE),
    (403, "Forbidden: the group chat was deleted", "removed", _GONE),
    (403, "Forbidden: bot can't initiate conversation with a user", "not_started", _GONE),
    (403, "Forbidden: bot can't send messages to bots", "not_started", _GONE),
    (403, "Forbidden: VOICE_MESSAGES_FORBIDDEN", "voice_forbidden", _FINAL),
    (400, "Bad Request: chat not found", "chat_not_found", _GONE),
    (400, "Bad Request: PEER_ID_INVALID", "chat_not_found", _GONE),
    (400, "Bad Request: not enough rights to send text messages to the chat", "no_rights", _FINAL),
    (400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", "no_rights", _FINAL),
    (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING", "window_closed", _FINAL),
    (400, "Bad Request: business connection not found", "business_ended", _FINAL),
    (400, "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED", "business_ended", _FINAL),
    (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook", "not_https", _FINAL),
    (400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", "webhook_refused", _FINAL),
    (400, "Bad Request: message is too long", "too_long", _FINAL),
    (400, "Bad Request: message caption is too long", "too_long", _FINAL),
    (400, "Bad Request: message text is empty", "empty", _FINAL),
    (400, "Bad Request: file is too big", "file_too_large", _FINAL),
    (413, "Request Entity Too Large", "file_too_large", _FINAL),
    (400, "Bad Request: wrong file_id or the file is temporarily unavailable", "file_gone", _FINAL),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "bad_file", _FINAL),
    (400, "Bad Request: IMAGE_PROCESS_FAILED", "bad_file", _FINAL),
    (400, "Bad Request: message is not modified: specified new message content …", "not_modified", _FINAL),
    (400, "Bad Request: message can't be edited", "cannot_edit", _FINAL),
    (400, "Bad Request: message can't be deleted for everyone", "cannot_delete", _FINAL),
    (400, "Bad Request: message to edit not found", "message_gone", _FINAL),
    (400, "Bad Request: message to be replied not found", "message_gone", _FINAL),
    (400, "Bad Request: MESSAGE_ID_INVALID", "message_gone", _FINAL),
    (400, "Bad Request: BUTTON_DATA_INVALID", "bad_button", _FINAL),
    (400, "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL", "bad_button", _FINAL),
    (400, "Bad Request: REACTION_INVALID", "bad_reaction", _FINAL),
    (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "query_over", _FINAL),
    (400, "Bad Request: something of next year", "refused", _FINAL),
    (403, "Forbidden: something of next year", "refused", _FINAL),
]


@pytest.mark.parametrize(("status", "description", "code", "meaning"), _SAID)
def test_what_is_said_has_its_meaning(status: int, description: str, code: str, meaning: tuple[bool, bool, bool]) -> None:
    error = error_of(Answer(status, description))
    assert (error.code, (error.permanent, error.unreachable, error.stops_inbox)) == (code, meaning)
    assert error.retry_after is None
    assert not error.is_ambiguous


def facts(error: ChannelError) -> tuple[object, ...]:
    return error.code, error.permanent, error.retry_after, error.is_inbox_wide, error.is_ambiguous, error.new_address


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Answer(429, "Too Many Requests: retry after 7", 7.0), ("slow_down", False, 7.0, False, False, "")),
        (Answer(429), ("slow_down", False, 1.0, False, False, "")),
        (Answer(400, "Bad Request: group chat was upgraded", migrate_to=-1005), ("moved", False, None, False, False, "-1005")),
        (Answer(500, "Internal Server Error"), ("unavailable", False, None, True, False, "")),
        (Answer(502), ("unavailable", False, None, True, False, "")),
        (Answer(503, retry_after=9.0), ("unavailable", False, 9.0, True, False, "")),
        (Answer(504), ("unconfirmed", False, None, True, True, "")),
        (Answer(302), ("unavailable", False, None, True, False, "")),
    ],
)
def test_what_is_tried_again(answer: Answer, meaning: tuple[object, ...]) -> None:
    assert facts(error_of(answer)) == meaning


def test_every_code_of_the_table_is_worded() -> None:
    assert {code for _status, _said, code, _meaning in _TABLE} <= set(ERRORS)


def test_detail_quotes_nothing_of_the_message() -> None:
    assert error_of(Answer(400, 'Bad Request: can\'t parse "my secret" at 3')).detail == 'Bad Request: can\'t parse "…" at 3'
