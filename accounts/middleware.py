"""Who asks, and sessions under guard."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, logout, middleware
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import sessions


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, for which the user of a usual session need not be asked for: they came with it."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_user_of, request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """The user whom the session names, checked as Django checks it. What is not usual is left to Django."""
    session: Any = request.session
    named, backend, proof = (session.get(key) for key in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))
    owner = session.owner
    is_usual = owner is not None and named == str(owner.pk) and owner.is_active and backend in settings.AUTHENTICATION_BACKENDS
    if is_usual and proof and constant_time_compare(proof, owner.get_session_auth_hash()):
        found: AbstractBaseUser = owner
        return found
    return middleware.get_user(request)


class SessionGuardMiddleware(MiddlewareMixin):
    """Ends sessions that have grown too old, and tells people whose session was ended why they have to sign in.

    Pages speak the language that the signed-in person has chosen.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        if not isinstance(request.user, User):
            if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty():
                messages.info(request, _("You were signed out. Sign in to go on."))
            return None
        if request.user.language:
            translation.activate(request.user.language)
        if sessions.GUARD not in request.session:
            sessions.begin(request, request.user)
        elif sessions.has_ended(request.session):
            sessions.forget(request)
            logout(request)
            messages.info(request, _("You were signed out after a while without use. Sign in to go on."))
        else:
            sessions.see(request)
        return None
