"""A new address that a person has given and not yet proven."""

from django.db import models

from accounts.models.user import User
from core.ids import new_id
from core.vault.fields import EncryptedModel, EncryptedTextField


class AddressChange(EncryptedModel):
    """The address that takes the place of the user's own once the link in its mail is followed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="address_change")
    email = EncryptedTextField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"address change {self.pk}"
