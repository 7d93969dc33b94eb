"""How passkeys speak of our users, and what is kept of them."""

from typing import Any

from django_otp_webauthn.helpers import WebAuthnHelper

from accounts.models import User


class PasskeyHelper(WebAuthnHelper):
    """Shows people by address and name in their own device; keeps no attestation, which would tell the device's make."""

    def get_credential_name(self, user: User) -> str:
        return user.email

    def get_credential_display_name(self, user: User) -> str:
        return user.name

    def create_attestation(self, *args: Any, **kwargs: Any) -> None:
        return None
