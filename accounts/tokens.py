"""Signed links in mails: good for one hour and, because they cover what they change, for one use."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import AddressChange, User

__all__ = ["address_tokens", "change_tokens", "reset_tokens", "uid_of", "user_of"]


class _AddressTokens(PasswordResetTokenGenerator):
    """For proving the address with which somebody signed up: void once it is proven or changed."""

    key_salt = "chatzee.accounts.address"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{user.pk}{user.email}{user.email_verified_at}{user.is_active}{timestamp}"


class _ChangeTokens(PasswordResetTokenGenerator):
    """For proving a new address: void once it is taken over, or another one is asked for."""

    key_salt = "chatzee.accounts.address_change"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        change = AddressChange.objects.filter(user=user).first()
        asked = f"{change.pk}{change.email}{change.created_at.isoformat()}" if change else "none"
        return f"{user.pk}{user.email}{asked}{user.is_active}{timestamp}"


address_tokens = _AddressTokens()
change_tokens = _ChangeTokens()
reset_tokens = default_token_generator


def uid_of(user: User) -> str:
    """The user's id as it stands in links."""
    return urlsafe_base64_encode(force_bytes(user.pk))


def user_of(uid: str) -> User | None:
    """The active user of a link, if there is one."""
    try:
        return User.objects.filter(pk=force_str(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, TypeError, OverflowError, UnicodeDecodeError):
        return None
