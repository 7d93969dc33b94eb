"""Argon2 for no more people at once than the machine can bear."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

#: Each hash takes 100 MiB and a quarter of a second of CPU.
AT_ONCE = 4

_slots = BoundedSemaphore(AT_ONCE)


class CappedArgon2Hasher(Argon2PasswordHasher):
    """Argon2 as Django sets it up; a fifth hash in one process waits for a place."""

    def encode(self, password: str, salt: str) -> str:
        with _slots:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _slots:
            return super().verify(password, encoded)
