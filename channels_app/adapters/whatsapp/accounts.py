"""News of the account itself: of its numbers, its templates, its people's wishes, and what Meta does to it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.meta.fields import ident, moment, number
from channels_app.adapters.whatsapp.errors import TABLE
from channels_app.adapters.whatsapp.people import NAMES, sender_of, values_in
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import AccountNotice, AddressChanged, ConsentChanged, Normalised, TemplateChanged

FACT_NAMES: Mapping[str, StrOrPromise] = {
    "number": _("Number"),
    "name": _("Display name"),
    "name_status": _("Display name's review"),
    "quality": _("Quality"),
    "limit": _("People you may write to first, in a day"),
    "throughput": _("Throughput"),
    "status": _("State at Meta"),
    "review": _("Meta's review of the account"),
    "restriction": _("Restriction"),
    "violation": _("Broken rule"),
    "alert": _("Meta's warning"),
    "security": _("Security"),
    "history": _("Past messages"),
    "error": _("Meta's last error"),
}

type Settings = Mapping[str, Any]

#: What Meta did to the account that ends an inbox: our word for it.
_ENDS = {
    "ACCOUNT_DELETED": "account_deleted",
    "ACCOUNT_OFFBOARDED": "offboarded",
    "PARTNER_REMOVED": "app_removed",
    "PARTNER_APP_UNINSTALLED": "app_removed",
}


def account_events(field: str, value: Fields, settings: Settings) -> Sequence[Normalised]:
    """The normalised events of a piece of news; none for kinds that are not known. Raises UnparsableError."""
    read = _READERS.get(field)
    return read(value, settings) if read and _is_ours(value, settings) else []


def digits_of(written: str) -> str:
    """The digits of a telephone number, however it is written."""
    return re.sub(r"[^0-9]", "", written)


def limit_of(value: object) -> str:
    """How many people may be written to, from a number or the name of a tier; `TIER_UNLIMITED` and -1 are no limit."""
    said = str(value or "").removeprefix("TIER_").replace("K", "000")
    return "∞" if said in ("UNLIMITED", "-1") else said[:32]


def _is_ours(value: Fields, settings: Settings) -> bool:
    """Whether news of a number, told to the whole account, is of this inbox's number."""
    told, known = digits_of(words(value, "display_phone_number", 32)), str(settings.get("phone_number") or "")
    return not told or not known or told == known or "metadata" in value


def _notice(**facts: object) -> Sequence[Normalised]:
    kept = {name: str(value)[:200] for name, value in facts.items() if value not in ("", None, 0)}
    return [AccountNotice(facts=kept)] if kept else []


def _errors(value: Fields, settings: Settings) -> Sequence[Normalised]:
    """What the platform could not do, without a message that it is about."""
    for error in parts(value, "errors"):
        meaning = TABLE.get(number(error, "code"))
        words_of_it = f"{number(error, 'code')} {words(error, 'message', 150) or words(error, 'title', 150)}".strip()
        return [AccountNotice({"error": words_of_it}, meaning.code if meaning and meaning.stops_inbox else "")]
    return []


def _account(value: Fields, settings: Settings) -> Sequence[Normalised]:
    event, ban = words(value, "event", 64), words(part(value, "ban_info"), "waba_ban_state", 64)
    told = digits_of(words(value, "phone_number", 32))
    if event in _ENDS:
        is_other = bool(told) and told != str(settings.get("phone_number") or told)
        return [] if is_other else [AccountNotice({"status": event}, _ENDS[event])]
    if event == "DISABLED_UPDATE" or ban:
        return [AccountNotice({"status": ban or event}, "account_locked" if ban == "DISABLE" else "")]
    restrictions = [words(one, "restriction_type", 64) for one in parts(value, "restriction_info")]
    violation = words(part(value, "violation_info"), "violation_type", 64)
    return _notice(restriction=", ".join(restrictions), violation=violation, status="" if restrictions or violation else event)


def _capability(value: Fields, settings: Settings) -> Sequence[Normalised]:
    names = ("max_daily_conversations_per_business", "max_daily_conversation_per_phone")
    return _notice(limit=limit_of(next((value[name] for name in names if value.get(name)), "")))


def _quality(value: Fields, settings: Settings) -> Sequence[Normalised]:
    event = words(value, "event", 32)
    limit = limit_of(value.get("max_daily_conversations_per_business") or value.get("current_limit"))
    quality = {"FLAGGED": "LOW", "UNFLAGGED": "OK"}.get(event, "")
    return _notice(limit=limit, quality=quality, throughput="HIGH" if event == "THROUGHPUT_UPGRADE" else "")


def _name(value: Fields, settings: Settings) -> Sequence[Normalised]:
    decision = words(value, "decision", 32)
    name = words(value, "requested_verified_name", 120) if decision == "APPROVED" else ""
    return _notice(name=name, name_status=decision)


def _alert(value: Fields, settings: Settings) -> Sequence[Normalised]:
    found = part(value, "alert_info") or value
    is_over = words(found, "alert_status", 32) in ("NONE", "INACTIVE", "RESOLVED")
    return _notice(alert="–" if is_over else words(found, "alert_description", 200) or words(found, "alert_type", 64))


def _history(value: Fields, settings: Settings) -> Sequence[Normalised]:
    facts, errors = part(value, "metadata"), parts(value, "errors")
    if errors:
        return _notice(history=words(errors[0], "title", 120) or number(errors[0], "code"))
    return _notice(history=f"{number(facts, 'progress')} %" if "progress" in facts else "")


def _template(value: Fields, settings: Settings) -> Sequence[Normalised]:
    """Its status, or with none told, that it is not as it was."""
    rejected, reason = part(value, "rejection_info"), words(value, "reason", 200)
    name, language = words(value, "message_template_name", 512), words(value, "message_template_language", 16)
    if not name:
        return []
    return [
        TemplateChanged(
            name=name,
            language=language,
            status=words(value, "event", 32),
            category=words(value, "new_category", 32),
            reason=words(rejected, "reason", 200) or ("" if reason == "NONE" else reason),
            provider_id=ident(value, "message_template_id", 64),
        )
    ]


def _preference(value: Fields, settings: Settings) -> Sequence[Normalised]:
    """Somebody stopped offers and news, or wants them again."""
    said = words(value, "value", 32)
    if words(value, "category", 64) != "marketing_messages" or said not in ("stop", "resume", "signup"):
        return []
    return [ConsentChanged(sender_of(value, NAMES), "marketing", said != "stop", moment(value, "timestamp"))]


def _new_id(value: Fields, settings: Settings) -> Sequence[Normalised]:
    """Somebody's id changed with their telephone number."""
    pairs = [part(value, name) for name in ("user_id", "parent_user_id")]
    old = {str(place): one.get("previous") for place, one in enumerate(pairs)}
    new = values_in({str(place): one.get("current") for place, one in enumerate(pairs)}, map(str, range(len(pairs))))
    sender = sender_of({**old, "wa_id": value.get("wa_id")}, (*old, "wa_id"))
    fresh = [one for one in new if one not in (sender.value, *sender.also)]
    if not fresh:
        return []
    return [AddressChanged(sender, fresh[0], moment(value, "timestamp"), tuple(fresh[1:]))]


_READERS: dict[str, Callable[[Fields, Settings], Sequence[Normalised]]] = {
    "errors": _errors,
    "account_update": _account,
    "account_alerts": _alert,
    "account_review_update": lambda value, settings: _notice(review=words(value, "decision", 32)),
    "business_capability_update": _capability,
    "phone_number_quality_update": _quality,
    "phone_number_name_update": _name,
    "security": lambda value, settings: _notice(security=words(value, "event", 64)),
    "history": _history,
    "message_template_status_update": _template,
    "message_template_quality_update": _template,
    "message_template_components_update": _template,
    "template_category_update": _template,
    "user_preferences": _preference,
    "user_id_update": _new_id,
}
