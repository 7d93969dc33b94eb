"""Templates: the registry, what a filled one must have, and the news about them."""

import re
from typing import Any

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call, paged
from channels_app.emulators.web import BadRequestError
from channels_app.emulators.whatsapp.state import Account, Customer, Fields, Template
from channels_app.emulators.whatsapp.world import World

_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
MAX_BODY = 1024
_HELLO = {"type": "BODY", "text": "Hello {{1}}!", "example": {"body_text": [["Zoë"]]}}
_CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")


class Templates:
    """The templates of every business account."""

    def __init__(self, world: World) -> None:
        self._world = world
        edges = world.graph.kernel.edges
        edges.add("waba", "GET", "message_templates", self._list)
        edges.add("waba", "POST", "message_templates", self._create)
        edges.add("waba", "DELETE", "message_templates", self._delete)

    def change(self, account: Account, wanted: Fields) -> Fields:
        """Add a template, or change one (by name and language); the apps are told. Raises BadRequestError."""
        name, language = str(wanted.get("name") or ""), str(wanted.get("language") or "en_US")
        if not _NAME.fullmatch(name):
            raise BadRequestError("A template's name has small letters, digits and lines.")
        known = self._find(account, name, language)
        if known is None:
            known = self._add(account, name, language, str(wanted.get("category") or "UTILITY"), wanted.get("components"))
        known.status = str(wanted.get("status") or known.status)
        known.reason = str(wanted.get("reason") or known.reason)
        if wanted.get("category") and wanted["category"] != known.category:
            old, known.category = known.category, str(wanted["category"])
            told = {"previous_category": old, "new_category": known.category}
            self._tell(account, known, "template_category_update", told)
        self._tell(account, known, "message_template_status_update", {"event": known.status, "reason": known.reason})
        return known.json

    def checked(self, account: Account, given: Any, customer: Customer) -> tuple[Template, int]:
        """The template that a message fills, and the code by which it will fail (0: none). Raises GraphError."""
        if not isinstance(given, dict) or not given.get("name") or not isinstance(given.get("language"), dict):
            raise bad_parameter("The parameter template['name'] is required.")
        found = self._find(account, str(given["name"]), str(given["language"].get("code") or ""))
        if found is None or found.status in ("PENDING", "REJECTED", "DELETED"):
            raise _error(132001, "Template name does not exist in the translation")
        if found.status == "PAUSED":
            raise _error(132015, "Template is paused")
        if found.status == "DISABLED":
            raise _error(132016, "Template is disabled")
        components = given.get("components") or []
        if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
            raise bad_parameter("Param template['components'] must be an array.")
        _check_components(found, components)
        return found, 131050 if found.category == "MARKETING" and customer.has_stopped_offers else 0

    def _find(self, account: Account, name: str, language: str) -> Template | None:
        return next((one for one in account.templates.values() if (one.name, one.language) == (name, language)), None)

    def _add(self, account: Account, name: str, language: str, category: str, components: Any) -> Template:
        number = str(10**15 + self._world.graph.platform.number("template"))
        made = Template(number, name, language, category, components or [_HELLO])
        account.templates[number] = made
        return made

    def _tell(self, account: Account, template: Template, field: str, told: Fields) -> None:
        facts = {"message_template_id": int(template.id), "message_template_name": template.name}
        self._world.tell_account(account.id, {**told, **facts, "message_template_language": template.language}, field=field)

    def _list(self, call: Call) -> Fields:
        account: Account = call.node.value
        name = call.text("name")
        found = paged([one.json for one in account.templates.values() if name in ("", one.name)], call)
        if call.text("summary"):
            count = len(account.templates)
            found["summary"] = {"total_count": count, "message_template_count": count, "message_template_limit": 6000,
                                "are_translations_complete": True}  # fmt: skip
        return found

    def _create(self, call: Call) -> Fields:
        """A template that nobody has looked at yet."""
        account: Account = call.node.value
        name, category = call.needed("name"), call.needed("category")
        if not _NAME.fullmatch(name) or category not in _CATEGORIES:
            raise bad_parameter("Invalid parameter")
        if self._find(account, name, call.needed("language")) is not None:
            raise GraphError(100, "(#100) Content in This Language Already Exists", subcode=2388024)
        made = self._add(account, name, call.text("language"), category, call.fields.get("components"))
        made.status = "PENDING"
        return {"id": made.id, "status": made.status, "category": made.category}

    def _delete(self, call: Call) -> Fields:
        account: Account = call.node.value
        found = [one for one in account.templates.values() if one.name == call.needed("name")]
        for one in found:
            del account.templates[one.id]
        return {"success": True}


def shown_text(template: Template, components: list[Fields]) -> str:
    """What the customer reads: the head, the body and the foot with their values."""
    lines = [
        _filled(str(template.component(kind).get("text") or ""), _values(components, kind))
        for kind in ("HEADER", "BODY", "FOOTER")
    ]
    return "\n".join(line for line in lines if line)


def _check_components(template: Template, components: list[Fields]) -> None:
    """Every place has a value, and a head of a file has one of its kind. Raises GraphError."""
    for kind in ("HEADER", "BODY"):
        text, values = str(template.component(kind).get("text") or ""), _values(components, kind)
        wanted = len(set(_PLACE.findall(text)))
        media_values = [one for one in values if one.get("type") in ("image", "video", "document")]
        if len(values) - len(media_values) != wanted:
            told = f"number of localizable_params ({len(values)}) does not match the expected number of params ({wanted})"
            raise _error(132000, f"{kind.lower()}: {told}")
        if kind == "BODY" and len(_filled(text, values)) > MAX_BODY:
            raise _error(132005, "Translated text too long")
    form = str(template.component("HEADER").get("format") or "TEXT").lower()
    given = [str(one.get("type")) for one in _values(components, "HEADER")]
    if form != "text" and given != [form]:
        raise _error(132012, f"header: Format mismatch, expected {form.upper()}, received {(given or ['UNKNOWN'])[0].upper()}")
    if form == "text" and any(one in ("image", "video", "document") for one in given):
        raise _error(132012, "header: Format mismatch, expected TEXT")


def _values(components: list[Fields], kind: str) -> list[Fields]:
    found = next((one for one in components if str(one.get("type")).upper() == kind), {})
    return [one for one in found.get("parameters") or [] if isinstance(one, dict)]


def _filled(text: str, values: list[Fields]) -> str:
    named = {str(one["parameter_name"]): str(one.get("text") or "") for one in values if one.get("parameter_name")}
    numbered = {str(place): str(one.get("text") or "") for place, one in enumerate(values, 1)}
    return _PLACE.sub(lambda found: {**numbered, **named}.get(found[1], ""), text)


def _error(code: int, details: str) -> GraphError:
    titles = {
        132000: "Number of parameters does not match the expected number of params",
        132001: "Template name does not exist in the translation",
    }
    return GraphError(
        code, f"(#{code}) {titles.get(code, details)}", status=404 if code == 132001 else 400, details=details, product="whatsapp"
    )
