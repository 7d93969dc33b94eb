"""The parameters of a call, checked as the platform checks them: a text from a form and a value from JSON are the same."""

from typing import Any

import orjson

from channels_app.emulators.telegram.answers import bad
from channels_app.emulators.web import FilePart

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BUTTON_DATA = 64
_ENTITIES = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
     "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
     "custom_emoji", "date_time"}
)  # fmt: skip
_BUTTON_KINDS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
                 "copy_text", "pay")  # fmt: skip


def utf16(text: str) -> int:
    """How long the platform takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


class Params:
    """One call's parameters."""

    def __init__(self, fields: dict[str, Any], files: dict[str, FilePart]) -> None:
        self.fields = {name.lower(): value for name, value in fields.items()}
        self.files = files

    def text(self, name: str) -> str:
        """A text; numbers and truths of JSON are taken as one, as the platform does."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else orjson.dumps(value).decode()

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def boolean(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "yes", "1", "t", "y")

    def number(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            raise bad(f"wrong {name} specified") from None

    def json(self, name: str, what: str) -> Any:
        """A value that may come as JSON text; None where it is not given."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return orjson.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None

    def formatted(self, name: str = "text", entities: str = "entities", *, limit: int = MAX_TEXT) -> dict[str, Any]:
        """A text with its entities, under their names. An empty one is no error here."""
        text = self.text(name).strip()
        if self.text("parse_mode").lower() not in ("", "none"):
            raise bad("unsupported parse_mode")
        if utf16(text) > limit:
            raise bad("message caption is too long" if name == "caption" else "message is too long")
        if not text:
            return {}
        found = self._entities(text, self.json(entities, "message entities"))
        return {name: text, **({entities: found} if found else {})}

    def keyboard(self) -> dict[str, Any]:
        """The inline keyboard as `reply_markup`, nothing where there is none. Other keyboards are not kept with a message."""
        markup = self.json("reply_markup", "reply markup")
        if markup is None:
            return {}
        if not isinstance(markup, dict):
            raise bad("object expected as reply markup")
        rows = markup.get("inline_keyboard")
        if rows is None:
            return {}
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad('field "inline_keyboard" must be of type Array')
        checked = [[_button(one) for one in row] for row in rows if row]
        return {"reply_markup": {"inline_keyboard": checked}} if checked else {}

    def reply_to(self) -> tuple[int, bool]:
        """The number of the message it answers (0: none), and whether it may go out without that message."""
        given = self.json("reply_parameters", "reply parameters")
        if given is None:
            return self.integer("reply_to_message_id"), self.boolean("allow_sending_without_reply")
        if not isinstance(given, dict) or not isinstance(given.get("message_id"), int):
            raise bad('field "message_id" must be of type Number')
        return given["message_id"], given.get("allow_sending_without_reply") is True

    def numbers(self, name: str) -> list[int]:
        """A list of 1 to 100 numbers."""
        found = self.json(name, "message identifiers")
        if not isinstance(found, list) or not all(isinstance(one, int) for one in found):
            raise bad("message identifiers are not specified")
        if not 1 <= len(found) <= 100:
            raise bad("too many message identifiers specified" if found else "message identifiers are not specified")
        return found

    def _entities(self, text: str, given: Any) -> list[dict[str, Any]]:
        if given is None:
            return []
        if not isinstance(given, list):
            raise bad("can't parse entities: expected an Array")
        places = _boundaries(text)
        for one in given:
            if not isinstance(one, dict) or one.get("type") not in _ENTITIES:
                raise bad("can't parse entities: unsupported type specified")
            offset, length = one.get("offset"), one.get("length")
            if not isinstance(offset, int) or not isinstance(length, int) or length <= 0:
                raise bad("can't parse entities: wrong offset or length")
            if offset not in places or offset + length not in places:
                raise bad("can't parse entities: an entity cuts a character or ends outside the text")
            if one["type"] == "text_link" and not str(one.get("url", "")).startswith(("http://", "https://", "tg://")):
                raise bad("can't parse entities: wrong URL")
        return list(given)


def _boundaries(text: str) -> frozenset[int]:
    """The UTF-16 offsets at which a character begins or the text ends."""
    places, offset = {0}, 0
    for character in text:
        offset += 2 if character > "\uffff" else 1
        places.add(offset)
    return frozenset(places)


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    kinds = [name for name in _BUTTON_KINDS if name in button]
    if len(kinds) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and (not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_BUTTON_DATA):
        raise bad("BUTTON_DATA_INVALID")
    if kinds == ["url"] and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return dict(button)
