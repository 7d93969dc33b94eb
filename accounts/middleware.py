"""Sessions under guard."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import sessions


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
