"""WhatsApp templates: the blanks of their parts, and the parts filled in, as the platform describes both."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app.contract import FilledTemplate, Template, TemplateField

_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_MEDIA = {"IMAGE": "image/jpeg,image/png", "VIDEO": "video/mp4", "DOCUMENT": "application/pdf"}

type Part = Mapping[str, Any]


def fields_of(template: Template) -> list[TemplateField]:
    """Every blank: of the head (a text or a file), the body, and the addresses of buttons."""
    found = []
    for part in template.components:
        kind = str(part.get("type", "")).upper()
        if kind == "HEADER" and part.get("format") in _MEDIA:
            found.append(TemplateField("header", _("File at the top"), is_file=True, accepts=_MEDIA[part["format"]]))
        elif kind in ("HEADER", "BODY"):
            examples = _examples(part, kind)
            found += [
                TemplateField(f"{kind.lower()}.{blank}", _label(blank), examples.get(blank, ""))
                for blank in _blanks(str(part.get("text", "")))
            ]
        elif kind == "BUTTONS":
            found += [TemplateField(name, label) for name, label, _button in _button_blanks(part)]
    return found


def fill(template: Template, values: Mapping[str, str]) -> FilledTemplate:
    """The text as the customer reads it, and the components that the platform asks for. A file is the message's own."""
    lines: list[str] = []
    components: list[dict[str, Any]] = []
    for part in template.components:
        kind = str(part.get("type", "")).upper()
        if kind in ("HEADER", "BODY", "FOOTER") and part.get("text"):
            text = str(part["text"])
            lines.append(_filled(text, kind.lower(), values))
            parameters = [_parameter(blank, values.get(f"{kind.lower()}.{blank}", "")) for blank in _blanks(text)]
            if parameters:
                components.append({"type": kind.lower(), "parameters": parameters})
        elif kind == "BUTTONS":
            lines.append("\n".join(f"[{button.get('text', '')}]" for button in _buttons(part)))
            components += [_button(name, kind, values) for name, _says, kind in _button_blanks(part)]
    data = {"name": template.name, "language": template.language, "category": template.category, "components": components}
    return FilledTemplate("\n\n".join(filter(None, lines)), data)


def _blanks(text: str) -> list[str]:
    """The names of a text's blanks, each once, in their order."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def _filled(text: str, place: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda found: values.get(f"{place}.{found[1]}") or found[0], text)


def _parameter(blank: str, value: str) -> dict[str, str]:
    """A value as the platform takes it: by place, or by name where the template's blanks have names."""
    # Line breaks, tabs and runs of spaces are refused in values.
    said = {"type": "text", "text": " ".join(value.split())}
    return said if blank.isdigit() else {**said, "parameter_name": blank}


def _label(blank: str) -> Any:
    return _("Value %(number)s") % {"number": blank} if blank.isdigit() else blank.replace("_", " ").capitalize()


def _examples(part: Part, kind: str) -> dict[str, str]:
    """What the template's authors gave as examples of its values."""
    given = part.get("example")
    if not isinstance(given, dict):
        return {}
    named = given.get(f"{kind.lower()}_text_named_params")
    if isinstance(named, list):
        return {str(one.get("param_name")): str(one.get("example", "")) for one in named if isinstance(one, dict)}
    listed = given.get("header_text") if kind == "HEADER" else (given.get("body_text") or [[]])[0]
    return {str(number): str(one) for number, one in enumerate(listed or [], 1)} if isinstance(listed, list) else {}


def _buttons(part: Part) -> Sequence[Part]:
    found = part.get("buttons")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _button_blanks(part: Part) -> Iterator[tuple[str, Any, str]]:
    """Of each button that needs a value: its field, its label, its kind at the platform."""
    for index, button in enumerate(_buttons(part)):
        kind = str(button.get("type", "")).upper()
        if kind == "URL" and _BLANK.search(str(button.get("url", ""))):
            yield f"button.{index}", _("End of the address behind “%(button)s”") % {"button": button.get("text", "")}, "url"
        elif kind == "COPY_CODE":
            yield f"button.{index}", _("Code to copy"), "copy_code"


def _button(name: str, kind: str, values: Mapping[str, str]) -> dict[str, Any]:
    value = values.get(name, "").strip()
    said = {"type": "coupon_code", "coupon_code": value} if kind == "copy_code" else {"type": "text", "text": value}
    return {"type": "button", "sub_type": kind, "index": name.partition(".")[2], "parameters": [said]}
