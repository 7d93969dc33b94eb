"""Second factors: codes by time, passkeys, and recovery codes for when those are lost.

They are django-otp's devices, with what they must keep secret encrypted or hashed. An id is a UUID (encryption binds to
it), and travels through django-otp, which wants whole numbers, as one.
"""

import secrets
import time
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager, ThrottlingMixin
from django_otp.oath import TOTP
from django_otp_webauthn.models import (
    AbstractWebAuthnCredential,
    WebAuthnCredentialManager,
    WebAuthnCredentialQuerySet,
)

from accounts.models.user import User
from core.ids import new_id
from core.vault.blind import blind_index
from core.vault.fields import EncryptedModel, EncryptedTextField
from core.vault.keyring import PLATFORM

#: Seconds of a code's life, and how many lives a clock may be ahead or behind.
STEP = 30
TOLERANCE = 1

#: Wrong codes that are counted: the wait doubles with each, from one second.
LONGEST_WAIT = 9

#: Letters of recovery codes: none that people mistake for another.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_CODES = 10


class Factor(Device):
    """What every factor has."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def persistent_id(self) -> str:
        return f"{self.model_label()}/{self.id.int}"


class TotpDevice(EncryptedModel, ThrottlingMixin, Factor):
    """An authenticator app. A code works once; after wrong ones there is a wait of 1, 2, 4, … up to 256 seconds."""

    name = EncryptedTextField(_("name"), max_length=64)
    secret = EncryptedTextField(max_length=64)
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Self]] = DeviceManager()

    class Meta(Factor.Meta):
        constraints = [models.UniqueConstraint(fields=["user"], name="totp_device_user")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.secret = self.secret or secrets.token_hex(20)
        super().save(*args, **kwargs)

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether the code is right now, and has not been used; the caller holds the row's lock."""
        if not self.verify_is_allowed()[0]:
            return False
        clock = TOTP(bytes.fromhex(self.secret), step=STEP)
        clock.time = time.time()
        if not (token.isdecimal() and len(token) == 6 and clock.verify(int(token), TOLERANCE, self.last_step + 1)):
            _count_failure(self)
            self.save(update_fields=["throttling_failure_timestamp", "throttling_failure_count"])
            return False
        # The step that matched, so that the same code is refused for the rest of its life.
        self.last_step = clock.t()
        self.throttle_reset(commit=False)
        self.save(update_fields=["last_step", "throttling_failure_timestamp", "throttling_failure_count"])
        return True


def _count_failure(device: ThrottlingMixin) -> None:
    """Count a wrong code, up to a wait of minutes: whoever knows the password alone must not lock its owner out for days."""
    device.throttle_increment(commit=False)
    device.throttling_failure_count = min(device.throttling_failure_count, LONGEST_WAIT)


class RecoverySheet(ThrottlingMixin, Factor):
    """A person's sheet of recovery codes; new codes replace the sheet."""

    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Self]] = DeviceManager()

    class Meta(Factor.Meta):
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_sheet_user")]

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether the code is on the sheet; it is struck off. The caller holds the row's lock."""
        if not self.verify_is_allowed()[0]:
            return False
        deleted, _models = self.codes.filter(digest=recovery_digest(self.user_id, token)).delete()
        if deleted:
            self.throttle_reset(commit=False)
        else:
            _count_failure(self)
        self.save(update_fields=["throttling_failure_timestamp", "throttling_failure_count"])
        return bool(deleted)


class RecoveryCode(models.Model):
    """One unused code, as a keyed hash: the key lies in another database."""

    sheet = models.ForeignKey(RecoverySheet, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return f"code {self.pk}"


def recovery_digest(user_id: Any, code: str) -> bytes:
    """The hash of a code, whatever its case, dashes and spaces."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return blind_index("user.recovery_code", f"{user_id}:{plain}", workspace_id=PLATFORM)


def new_recovery_code() -> str:
    """Ten letters in two groups: 49 bits, tried against a throttle."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


class Passkey(EncryptedModel, AbstractWebAuthnCredential):
    """A passkey or security key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = EncryptedTextField(_("name"), max_length=64)

    objects: ClassVar[models.Manager[Self]] = WebAuthnCredentialManager.from_queryset(WebAuthnCredentialQuerySet)()

    class Meta(AbstractWebAuthnCredential.Meta):
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    @property
    def persistent_id(self) -> str:
        return f"{self.model_label()}/{self.id.int}"
