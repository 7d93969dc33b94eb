"""The browsers in which a person is signed in."""

import hashlib

from django.db import models

from accounts.models.user import User
from core.ids import new_id
from core.vault.fields import EncryptedModel, EncryptedTextField


def session_digest(session_key: str) -> bytes:
    """What a session is found by: its key is random enough for a plain hash."""
    return hashlib.sha256(session_key.encode()).digest()


class UserSession(EncryptedModel):
    """One signed-in browser. Ending it deletes Django's session of `session_key`, which pages and sockets check."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key_digest = models.BinaryField(max_length=32, unique=True)
    session_key = EncryptedTextField(max_length=64)
    ip = EncryptedTextField(max_length=45)
    user_agent = EncryptedTextField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    factor_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="user_session_seen")]

    def __str__(self) -> str:
        return f"session {self.pk}"
