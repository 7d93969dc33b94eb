"""Password rules: length, strength by zxcvbn, and passwords known from breaches. One is told at a time, with what to do."""

import hashlib
from functools import lru_cache

import structlog
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from accounts.models import User
from chatzee.env import env
from core.http import Limits, SafeClient, SafeHttpError

log = structlog.get_logger(__name__)

MIN_LENGTH, MAX_LENGTH = 10, 128


class LengthValidator:
    """Refuses what is too short to be safe, or longer than a password needs to be."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < MIN_LENGTH:
            raise ValidationError(_("Use at least 10 characters. A few unrelated words make a good password."))
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("Use at most 128 characters."))


class StrengthValidator:
    """Refuses common passwords, and what zxcvbn could guess in under 10^8 tries, the person's own name and address included."""

    def validate(self, password: str, user: User | None = None) -> None:
        own = [user.name, *user.email.split("@")] if user else []
        if password.strip().casefold() in _common().passwords or zxcvbn(password[:72], user_inputs=own)["score"] < 3:
            raise ValidationError(_("This password is too easy to guess. A few unrelated words make a good one."))


class BreachedPasswordValidator:
    """Refuses passwords known from breaches, by the range API of Have I Been Pwned: it sees five letters of a SHA-1.

    Asked only where CHATZEE_BREACHED_PASSWORDS_URL names a service. When that is away the password passes, and the log
    says so: the other rules still hold.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if env.breached_passwords_url and _is_breached(password):
            raise ValidationError(
                _("This password has been in a breach of some site, so others can know it. Choose another."),
                code="password_breached",
            )


class PasswordRules:
    """All of them, in this order: the first that a password breaks is the one that is told."""

    def __init__(self) -> None:
        self.rules = (LengthValidator(), StrengthValidator(), BreachedPasswordValidator())

    def validate(self, password: str, user: User | None = None) -> None:
        for rule in self.rules:
            rule.validate(password, user)

    def get_help_text(self) -> str:
        return _("At least 10 characters. A few unrelated words make a good one.")


def _is_breached(password: str) -> bool:
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    url = f"{env.breached_passwords_url.rstrip('/')}/range/{digest[:5]}"
    try:
        # Padding hides from who watches the line how many passwords share the five letters.
        answer = _client().get(url, headers={"Add-Padding": "true"})
    except SafeHttpError as error:
        log.warning("passwords.breach_check_failed", error=type(error).__name__)
        return False
    if answer.status_code != 200:
        log.warning("passwords.breach_check_failed", status=answer.status_code)
        return False
    rows = (line.strip().partition(":") for line in answer.text.splitlines())
    return any(suffix == digest[5:] and count.isdecimal() and int(count) > 0 for suffix, _colon, count in rows)


@lru_cache(maxsize=1)
def _client() -> SafeClient:
    return SafeClient(limits=Limits(connect=1.0, read=2.0, total=2.5, max_bytes=500_000))


@lru_cache(maxsize=1)
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()
