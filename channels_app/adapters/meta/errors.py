"""How the Graph API says no, and what it means. Each channel adds its own codes to the table that all share.

Meta asks to branch on `code` and `error_subcode`, never on words. A code that is in no table is a refusal of this call.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.contract import ChannelError

MINUTE = 60.0
#: The platform uses 0 itself.
NO_CODE = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call failed. `code` is NO_CODE where the platform's own word is missing; `regain` in seconds, from the headers."""

    status: int
    code: int = NO_CODE
    subcode: int = 0
    message: str = ""
    regain: float | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means: our word for it, and what follows (see `ChannelError`). `wait` in seconds, where it helps to wait."""

    code: str
    permanent: bool = True
    wait: float | None = None
    stops_inbox: bool = False
    is_inbox_wide: bool = False
    unreachable: bool = False


#: By the platform's code, or its code and subcode, which is looked up first.
type Table = Mapping[int | tuple[int, int], Meaning]

_VOID = Meaning("token_void", stops_inbox=True)
_DENIED = Meaning("permission_missing", stops_inbox=True)
_UNAVAILABLE = Meaning("unavailable", permanent=False, is_inbox_wide=True)
_SLOW = Meaning("slow_down", permanent=False, wait=MINUTE, is_inbox_wide=True)

#: What every product of the Graph API answers.
COMMON: Table = {
    0: _VOID,
    1: _UNAVAILABLE,
    2: _UNAVAILABLE,
    3: _DENIED,
    4: _SLOW,
    10: _DENIED,
    17: _SLOW,
    32: _SLOW,
    100: Meaning("refused"),
    (100, 33): Meaning("no_such_account"),
    102: _VOID,
    190: _VOID,
    (190, 458): Meaning("app_removed", stops_inbox=True),
    (190, 459): Meaning("checkpoint", stops_inbox=True),
    (190, 460): Meaning("password_changed", stops_inbox=True),
    (190, 463): Meaning("token_expired", stops_inbox=True),
    (190, 464): Meaning("checkpoint", stops_inbox=True),
    (190, 467): _VOID,
    341: _SLOW,
    368: Meaning("policy_block", permanent=False, wait=60 * MINUTE, is_inbox_wide=True),
    613: _SLOW,
    **dict.fromkeys(range(200, 300), _DENIED),
}

ERRORS: Mapping[str, StrOrPromise] = {
    "deleted": _("The message was deleted before it was sent."),
    "inbox_disabled": _("This inbox is switched off. Switch it on in its settings, then try again."),
    "internal": _("Something went wrong here. Check with the customer before you send it again."),
    "lease_lost": _("Sending was interrupted. Check with the customer before you send it again."),
    "token_void": _("Meta no longer accepts this inbox's access. Connect it again in the inbox's settings."),
    "token_expired": _("The access that Meta gave this inbox has run out. Connect it again in the inbox's settings."),
    "app_removed": _("Somebody took our app out of the account at Meta. Connect the inbox again."),
    "checkpoint": _("Meta wants the person who connected this inbox to sign in there once. After that, connect it again."),
    "password_changed": _("The person who connected this inbox changed their password at Meta. Connect it again."),
    "permission_missing": _("Meta says that a permission is missing. Connect the inbox again and grant all that is asked."),
    "no_such_account": _("Meta knows no such account or message, or does not show it with this access. Check the ids."),
    "policy_block": _("Meta stopped this account's messages for a while because of its rules. See the account's page at Meta."),
    "slow_down": _("Meta asks us to send more slowly. The message is sent as soon as it allows it."),
    "unavailable": _("Meta has a fault of its own. The message is sent as soon as it answers again."),
    "no_connection": _("Meta cannot be reached. The message is sent as soon as the line is back."),
    "unconfirmed": _("The line broke before Meta confirmed. Check with the customer before you send it again."),
    "code_void": _("The sign-in took too long or was used already. Start it again."),
    "app_wrong": _("Meta does not know this app, or its secret is another one. Check the app's id and secret."),
    "refused": _("Meta refused this. Its own words are in the message's details."),
}  # fmt: skip


def error_of(answer: Answer, table: Table) -> ChannelError:
    """What a failed call means for the message, the recipient and the inbox."""
    meaning = table.get((answer.code, answer.subcode)) or table.get(answer.code)
    has_code = answer.code != NO_CODE
    detail = f"{answer.code}/{answer.subcode} {_without_content(answer.message)}" if has_code else f"HTTP {answer.status}"
    if meaning is None and (answer.status >= 500 or answer.status < 400):
        meaning = _UNAVAILABLE
    elif meaning is None:
        meaning = _BY_STATUS.get(answer.status, Meaning("refused"))
    return ChannelError(
        meaning.code,
        permanent=meaning.permanent,
        retry_after=None if meaning.permanent else answer.regain or meaning.wait,
        stops_inbox=meaning.stops_inbox,
        is_inbox_wide=meaning.is_inbox_wide,
        unreachable=meaning.unreachable,
        detail=detail,
    )


def _without_content(message: str) -> str:
    """The platform's words, without what they quote of the message and without telephone numbers."""
    return re.sub(r"\"[^\"]*\"|\+?[0-9](?: ?[0-9]){6,}", "…", message)


#: For answers whose body is not the platform's.
_BY_STATUS = {401: _VOID, 403: _DENIED, 429: _SLOW}
