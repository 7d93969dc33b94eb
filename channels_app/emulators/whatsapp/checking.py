"""Whether a message is written as the platform wants it: nothing missing, nothing unknown, nothing too long."""

from collections.abc import Callable
from typing import Any

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.whatsapp.state import Fields

_FRAME = frozenset(
    {"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data",
     "recipient_identity_key_hash", "status", "message_id", "typing_indicator"}
)  # fmt: skip
MAX_TEXT, MAX_CAPTION, MAX_BODY = 4096, 1024, 1024
_CAPTIONED = ("image", "video", "document")


def checked_type(fields: Fields) -> str:
    """The type of a message that is written right. Raises GraphError."""
    if fields.get("messaging_product") != "whatsapp":
        raise bad_parameter("The parameter messaging_product is required.")
    if fields.get("recipient_type", "individual") != "individual":
        raise bad_parameter("Param recipient_type must be one of {individual}.")
    kind = str(fields.get("type") or "text")
    if unknown := sorted(fields.keys() - _FRAME - {kind}):
        raise bad_parameter(f'Unexpected key "{unknown[0]}" on param "root".')
    if kind not in _CHECKS:
        raise bad_parameter(f"Param type must be one of {{{', '.join(sorted(_CHECKS))}}} - got {kind}.")
    content = fields.get(kind)
    if kind != "contacts" and not isinstance(content, dict):
        raise missing(kind)
    if len(str(fields.get("biz_opaque_callback_data") or "")) > 512:
        raise bad_parameter("Param biz_opaque_callback_data must be at most 512 characters long.")
    _CHECKS[kind](content)
    return kind


def missing(what: str) -> GraphError:
    """131008: a parameter is missing."""
    details = f"Parameter '{what}' is mandatory."
    return GraphError(131008, "(#131008) Required parameter is missing", details=details, product="whatsapp")


def invalid(details: str) -> GraphError:
    """131009: a parameter has a wrong value."""
    return GraphError(131009, "(#131009) Parameter value is not valid", details=details, product="whatsapp")


def _text(content: Any, name: str, most: int, *, path: str) -> str:
    found = content.get(name) if isinstance(content, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise missing(f"{path}['{name}']")
    if len(found) > most:
        raise bad_parameter(f"Param {path}['{name}'] must be at most {most} characters long.")
    return found


def _only(content: Fields, names: tuple[str, ...], path: str) -> None:
    if unknown := sorted(content.keys() - set(names)):
        raise bad_parameter(f'Unexpected key "{unknown[0]}" on param "{path}".')


def _check_text(content: Fields) -> None:
    _only(content, ("body", "preview_url"), "text")
    _text(content, "body", MAX_TEXT, path="text")
    if not isinstance(content.get("preview_url", False), bool):
        raise bad_parameter("Param text['preview_url'] must be a boolean.")


def _check_media(kind: str) -> Callable[[Fields], None]:
    def check(content: Fields) -> None:
        names = ("id", "link", *(("caption",) if kind in _CAPTIONED else ()), *(("filename",) if kind == "document" else ()))
        _only(content, (*names, *(("voice",) if kind == "audio" else ())), kind)
        if bool(content.get("id")) == bool(content.get("link")):
            raise bad_parameter(f"Param {kind} must have one of id and link.")
        if len(str(content.get("caption") or "")) > MAX_CAPTION:
            raise bad_parameter(f"Param {kind}['caption'] must be at most {MAX_CAPTION} characters long.")

    return check


def _check_location(content: Fields) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            is_right = abs(float(content[name])) <= most
        except (KeyError, TypeError, ValueError):
            is_right = False
        if not is_right:
            raise invalid(f"location['{name}'] is no degree.")


def _check_contacts(content: Any) -> None:
    if not isinstance(content, list) or not content:
        raise missing("contacts")


def _check_reaction(content: Fields) -> None:
    _only(content, ("message_id", "emoji"), "reaction")
    _text(content, "message_id", 512, path="reaction")
    if not isinstance(content.get("emoji"), str):
        raise missing("reaction['emoji']")


def _check_interactive(content: Fields) -> None:
    _only(content, ("type", "header", "body", "footer", "action"), "interactive")
    action, kind = content.get("action"), content.get("type")
    if not isinstance(action, dict):
        raise missing("interactive['action']")
    _text(content.get("body"), "text", MAX_BODY, path="interactive['body']")
    if kind == "button":
        choices = [
            one.get("reply") for one in action.get("buttons") or [] if isinstance(one, dict) and one.get("type") == "reply"
        ]
        _check_choices(choices, 3, 20, 256, "buttons")
    elif kind == "list":
        _text(action, "button", 20, path="interactive['action']")
        sections = [one for one in action.get("sections") or [] if isinstance(one, dict)]
        rows = [row for one in sections for row in one.get("rows") or []]
        if any(len(str(one.get("title") or "")) > 24 for one in sections):
            raise bad_parameter("Param section title must be at most 24 characters long.")
        _check_choices(rows, 10, 24, 200, "rows")
        if any(len(str(row.get("description") or "")) > 72 for row in rows):
            raise bad_parameter("Param row description must be at most 72 characters long.")
        if content.get("header", {"type": "text"}).get("type") != "text":
            raise bad_parameter("A list's header is text.")
    else:
        raise bad_parameter("Param interactive['type'] must be one of {button, list}.")


def _check_choices(choices: list[Any], most: int, title: int, ident: int, what: str) -> None:
    if not 1 <= len(choices) <= most:
        raise bad_parameter(f"Invalid {what} count. Min allowed: 1, Max allowed: {most}.")
    for choice in choices:
        _text(choice, "title", title, path=what)
        _text(choice, "id", ident, path=what)
    for name in ("id", "title"):
        if len({one[name] for one in choices}) < len(choices):
            raise bad_parameter(f"Duplicated {name} on {what}.")


def _check_template(content: Fields) -> None:
    _only(content, ("name", "language", "components", "namespace"), "template")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "text": _check_text,
    **{kind: _check_media(kind) for kind in ("image", "video", "audio", "document", "sticker")},
    "location": _check_location,
    "contacts": _check_contacts,
    "reaction": _check_reaction,
    "interactive": _check_interactive,
    "template": _check_template,
}
