"""The user: a person who signs in. One user may belong to several workspaces."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.fetch_modes import FETCH_PEERS
from django.utils.translation import gettext_lazy as _

from core.ids import new_id
from core.vault.blind import blind_index, canonical_email
from core.vault.fields import BlindIndexField, EncryptedModel, EncryptedTextField
from core.vault.keyring import PLATFORM

EMAIL_INDEX = "user.email"


def email_index(email: str) -> bytes:
    """The blind index under which a user's address is looked up."""
    return blind_index(EMAIL_INDEX, canonical_email(email), workspace_id=PLATFORM)


class UserManager(BaseUserManager["User"]):
    """Looks users up by address through its blind index; names of users loaded together are decrypted together."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().fetch_mode(FETCH_PEERS)

    def by_email(self, email: str) -> "User | None":
        return self.filter(email_index=email_index(email)).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_index=email_index(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user. The address is not yet proven to be theirs: see `email_verified_at`."""
        user = self.model(email=email.strip(), email_index=email_index(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(EncryptedModel, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Name and address are encrypted under the platform's key: users are not a workspace's.

    `is_staff` is the operator's staff (Django admin), not a company's admin: that is a membership's role.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = EncryptedTextField(_("e-mail address"), max_length=254)
    email_index = BlindIndexField(unique=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    name = EncryptedTextField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("theme"), max_length=8, default="system")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email_index"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"user {self.pk}"

    def set_email(self, email: str) -> Self:
        """Change the address and its index together; the caller saves both fields."""
        self.email, self.email_index = email.strip(), email_index(email)
        return self

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]
