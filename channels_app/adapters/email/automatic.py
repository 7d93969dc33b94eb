"""Mail that no person wrote, and mail that is our own coming back."""

import re

from channels_app.adapters.email.envelope import Head
from channels_app.adapters.email.message_ids import own_reference
from channels_app.adapters.email.mime.addresses import Address, addresses, is_own
from channels_app.adapters.email.mime.reading import Part, content_type, has, raw_value, value
from channels_app.adapters.email.own import OwnMail

_MACHINES = re.compile(
    r"(mailer-daemon|mail-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|notifications?-noreply)([+._-].*)?", re.IGNORECASE
)
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
#: Subjects of the auto-replies that say it nowhere else.
_SUBJECTS = re.compile(
    r"\s*(auto(matic)?[ -]?(reply|response|antwort)|out of (the )?office|resposta autom[aá]tica|fora do escrit[oó]rio"
    r"|respuesta autom[aá]tica|fuera de (la )?oficina|r[eé]ponse automatique|absence du bureau|abwesenheitsnotiz)\b",
    re.IGNORECASE,
)


def why_automatic(mail: Part, head: Head, sender: str) -> str:
    """A short code of what shows that no person wrote it; empty for a person's mail."""
    return (
        _by_report(mail)
        or _by_envelope(mail, head)
        or _by_field(mail)
        or ("machine_sender" if _MACHINES.fullmatch(sender.rpartition("@")[0]) else "")
        or ("subject" if _SUBJECTS.match(value(mail, "subject")[:200]) else "")
    )


def why_dropped(mail: Part, own: OwnMail, sender: str) -> str:
    """A short code for mail that is our own coming back, which becomes no message; empty for all other.

    A form on the company's website may write in the inbox's name and give the customer's address to reply to: that is
    a customer's mail.
    """
    if own_reference(raw_value(mail, "message-id"), own.secret):
        return "own_message"
    if is_own(sender, own.addresses) and writer_behind_form(mail, own) is None:
        return "own_address"
    return ""


def writer_behind_form(mail: Part, own: OwnMail) -> Address | None:
    """The one address to reply to, of a mail that a form wrote in the inbox's own name."""
    if _by_field(mail):
        return None
    others = [one for one in addresses(mail, "reply-to") if not is_own(one.value, own.addresses)]
    return others[0] if len(others) == 1 else None


def list_id(mail: Part) -> str:
    """The mailing list that a mail came by."""
    return value(mail, "list-id")[:200]


def _by_report(mail: Part) -> str:
    if content_type(mail) == "multipart/report":
        return "report"
    return "feedback" if has(mail, "feedback-type") else ""


def _by_envelope(mail: Part, head: Head) -> str:
    is_null = head.mail_from == "" or raw_value(mail, "return-path").strip() == "<>"
    return "null_sender" if is_null else ""


def _by_field(mail: Part) -> str:
    submitted = raw_value(mail, "auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto_submitted"
    if raw_value(mail, "precedence").strip().lower() in _PRECEDENCES:
        return "precedence"
    if has(mail, "list-id") or has(mail, "list-unsubscribe"):
        return "list"
    if raw_value(mail, "x-auto-response-suppress").strip().lower() not in ("", "none"):
        return "suppress"
    if any(has(mail, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")):
        return "auto_reply"
    return ""
