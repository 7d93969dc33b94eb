"""Second factors: adding, using and removing them."""

from django.db import transaction
from django_otp.models import Device

from accounts.mailing import mail_later
from accounts.models import Passkey, RecoveryCode, RecoverySheet, TotpDevice, User
from accounts.models.factors import RECOVERY_CODES, new_recovery_code, recovery_digest
from accounts.selectors import has_second_factor
from accounts.services.trail import record_everywhere
from core.audit import Action


@transaction.atomic
def begin_totp(user: User) -> TotpDevice:
    """The authenticator app that is being set up: the same one until it is confirmed. None may be in use yet."""
    device, _created = TotpDevice.objects.select_for_update().get_or_create(user=user, defaults={"confirmed": False})
    return device


def confirm_totp(user: User, code: str) -> TotpDevice | None:
    """Put the app into use when the code is right; None when it is not. Outside any scope."""
    with transaction.atomic():
        device = TotpDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or not device.verify_token(code):
            return None
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        mail_later("mail_security_news", user.pk, "factor_added")
    record_everywhere(user, Action.SECOND_FACTOR_ADDED, kind="totp")
    return device


def name_passkey(passkey: Passkey, name: str) -> None:
    """Call a passkey by what its owner calls it."""
    passkey.name = name.strip()[:64]
    passkey.save(update_fields=["name"])


def added_passkey(passkey: Passkey, name: str) -> None:
    """Take note of a passkey that has just been registered. Outside any scope."""
    with transaction.atomic():
        name_passkey(passkey, name)
        mail_later("mail_security_news", passkey.user_id, "factor_added")
    record_everywhere(passkey.user, Action.SECOND_FACTOR_ADDED, kind="passkey")


def remove_factor(factor: TotpDevice | Passkey) -> None:
    """Take a factor away; recovery codes go with the last one. Outside any scope."""
    user, kind = factor.user, "totp" if isinstance(factor, TotpDevice) else "passkey"
    with transaction.atomic():
        factor.delete()
        if not has_second_factor(user):
            RecoverySheet.objects.filter(user=user).delete()
        mail_later("mail_security_news", user.pk, "factor_removed")
    record_everywhere(user, Action.SECOND_FACTOR_REMOVED, kind=kind)


def make_recovery_codes(user: User) -> list[str]:
    """New recovery codes in place of the old ones. They can be read here and never again. Outside any scope."""
    codes = [new_recovery_code() for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        RecoverySheet.objects.filter(user=user).delete()
        sheet = RecoverySheet.objects.create(user=user)
        RecoveryCode.objects.bulk_create(RecoveryCode(sheet=sheet, digest=recovery_digest(user.pk, code)) for code in codes)
    record_everywhere(user, Action.RECOVERY_CODES_MADE)
    return codes


@transaction.atomic
def use_code(user: User, code: str) -> Device | None:
    """The factor that accepts a code of an app, or a recovery code, which is thereby used up; None when none does."""
    plain = code.replace(" ", "").replace("-", "").lower()
    if plain.isdecimal() and len(plain) == 6:
        devices = TotpDevice.objects.select_for_update().filter(user=user, confirmed=True)
    else:
        devices = RecoverySheet.objects.select_for_update().filter(user=user)
    return next((device for device in devices if device.verify_token(plain)), None)
