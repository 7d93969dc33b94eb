"""What is wrong with a message before anything is done with it, in the platform's words."""

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.messaging.state import HUMAN_WINDOW, WINDOW, Account, Chat, Fields

_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
_MAX_TEXT, _MAX_BYTES, _MAX_REPLIES, _MAX_TITLE, _MAX_PAYLOAD, _MAX_METADATA = 2000, 1000, 13, 20, 1000, 1000


def check_message(account: Account, fields: Fields) -> Fields:
    """The message of a call. Raises GraphError."""
    kind, tag = fields.get("messaging_type"), fields.get("tag")
    if kind is not None and kind not in _TYPES:
        raise bad_parameter(f"Param messaging_type must be one of {{{', '.join(_TYPES)}}}.")
    if kind == "MESSAGE_TAG" and tag != "HUMAN_AGENT":
        raise GraphError(100, "(#100) The tag is not supported.", subcode=2018276)
    message = fields.get("message")
    if not isinstance(message, dict):
        raise bad_parameter("The parameter message is required.")
    has_text, has_file = isinstance(message.get("text"), str) and bool(message["text"]), "attachment" in message
    if has_text == has_file:
        raise GraphError(100, "(#100) Message must have one of text or attachment.", subcode=2018034)
    if has_text:
        _check_text(account, message["text"])
    if len(str(message.get("metadata") or "")) > _MAX_METADATA:
        raise bad_parameter("Length of param message[metadata] must be less than or equal to 1000")
    _check_replies(message.get("quick_replies"))
    return message


def check_standing(account: Account, chat: Chat, fields: Fields, now: float) -> None:
    """Whether anything may be written to a person now. Raises GraphError."""
    if chat.person.has_blocked:
        raise GraphError(551, "(#551) This person isn't available right now.", subcode=1545041)
    if chat.is_standby:
        words = "(#10) Message failed to send because another app is controlling this thread now."
        raise GraphError(10, words, status=403, subcode=2018300)
    age = now - chat.written_at
    most = HUMAN_WINDOW if fields.get("tag") == "HUMAN_AGENT" else WINDOW
    if not chat.written_at or age > most:
        words = "(#10) This message is sent outside of allowed window."
        raise GraphError(10, words, status=403, subcode=2018278 if account.is_page else 2534022)


def check_rate(account: Account, message: Fields, now: float) -> None:
    """Whether the account may send one more. Raises GraphError."""
    attachment = message.get("attachment")
    kind = attachment.get("type") if isinstance(attachment, dict) else ""
    bucket = account.media if kind in ("audio", "video") else account.texts
    if bucket.wait(now):
        raise GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", status=400)


def _check_text(account: Account, text: str) -> None:
    if account.is_page and len(text) > _MAX_TEXT:
        raise bad_parameter(f"Length of param message[text] must be less than or equal to {_MAX_TEXT}")
    if not account.is_page and len(text.encode()) > _MAX_BYTES:
        raise bad_parameter(f"Length of param message[text] must be less than or equal to {_MAX_BYTES} bytes")


def _check_replies(replies: object) -> None:
    if replies is None:
        return
    if not isinstance(replies, list) or not 1 <= len(replies) <= _MAX_REPLIES:
        raise bad_parameter(f"Param message[quick_replies] must have at most {_MAX_REPLIES} elements.")
    for one in replies:
        title, payload = str(one.get("title") or ""), str(one.get("payload") or "")
        if one.get("content_type") != "text" or not 1 <= len(title) <= _MAX_TITLE or not 1 <= len(payload) <= _MAX_PAYLOAD:
            raise bad_parameter("Param message[quick_replies] has an element that is not valid.")
