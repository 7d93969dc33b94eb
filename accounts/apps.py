from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # Django's own word for "somebody was signed in": it also covers the admin's form and passkeys.
        user_logged_in.connect(_begin_session, dispatch_uid="accounts.begin_session")


def _begin_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    from accounts.services import sessions

    if request is not None:
        sessions.begin(request, user)
