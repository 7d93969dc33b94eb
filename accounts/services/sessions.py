"""Signed-in browsers: beginning, seeing and ending them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as verify
from django_otp.models import Device

from accounts.models import User, UserSession
from accounts.models.session import session_digest
from accounts.services.trail import record_everywhere
from core.audit import Action
from core.observability.clients import client_ip

#: Seconds after which a session ends: of silence (unless it is to be kept), and whatever happens.
IDLE = 12 * 60 * 60
ABSOLUTE = 14 * 24 * 60 * 60
#: Seconds between two notes that a session was seen.
SEEN_EVERY = 5 * 60

#: The guard's own place in the session: when it began, when it was seen, and whether silence does not end it.
GUARD = "guard"
_FRESH = "fresh_at"


def sign_in(request: HttpRequest, user: User, *, device: Device | None = None, remember: bool = True) -> None:
    """Sign a person in who has shown all that is asked of them. Outside any scope.

    `device` is the second factor that was used. Without `remember` the session ends with the browser, or after IDLE.
    """
    login(request, user, backend="accounts.backends.EmailBackend")
    request.session.set_expiry(None if remember else 0)
    request.session[GUARD] = {**request.session[GUARD], "kept": remember}
    if device is not None:
        verify(request, device)
    mark_fresh(request)
    record_everywhere(user, Action.SIGNED_IN, second_factor=device is not None)


def begin(request: HttpRequest, user: User) -> None:
    """Take note of a browser in which a user has just been signed in, whichever way."""
    now = time.time()
    request.session[GUARD] = {"began": now, "seen": now, "kept": True}
    key = str(request.session.session_key)
    UserSession.objects.filter(key_digest=session_digest(key)).delete()
    UserSession.objects.create(
        user=user,
        key_digest=session_digest(key),
        session_key=key,
        ip=client_ip(request) or "",
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:300],
    )


def has_ended(session: SessionBase) -> bool:
    """Whether a session has grown too old, or silent for too long."""
    guard: dict[str, Any] = session.get(GUARD) or {}
    now = time.time()
    silent = now - guard.get("seen", 0) > IDLE and not guard.get("kept")
    return silent or now - guard.get("began", 0) > ABSOLUTE


def see(request: HttpRequest) -> None:
    """Note now and then that a session is in use."""
    guard = request.session[GUARD]
    if time.time() - guard["seen"] > SEEN_EVERY:
        request.session[GUARD] = {**guard, "seen": time.time()}
        found = UserSession.objects.filter(key_digest=session_digest(str(request.session.session_key)))
        found.update(seen_at=timezone.now())


def mark_fresh(request: HttpRequest) -> None:
    """Note that the person has just shown who they are."""
    request.session[_FRESH] = time.time()
    found = UserSession.objects.filter(key_digest=session_digest(str(request.session.session_key)))
    found.update(factor_at=timezone.now())


def fresh_at(request: HttpRequest) -> datetime | None:
    """When the person last showed who they are in this session."""
    moment = request.session.get(_FRESH)
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def current(request: HttpRequest) -> UserSession | None:
    """The record of the session of this request."""
    return UserSession.objects.filter(key_digest=session_digest(str(request.session.session_key))).first()


def revoke(session: UserSession) -> None:
    """End a session at once, sockets included: they look for Django's session, which goes too."""
    with transaction.atomic():
        SessionStore(session.session_key).delete()
        session.delete()


def revoke_all(user: User, *, but: UserSession | None = None) -> int:
    """End all sessions of a user (`but` one); return how many there were."""
    with transaction.atomic():
        sessions = [one for one in UserSession.objects.filter(user=user) if but is None or one.pk != but.pk]
        for one in sessions:
            revoke(one)
    return len(sessions)


def forget(request: HttpRequest) -> None:
    """Drop the record of this request's session, which is about to be flushed."""
    UserSession.objects.filter(key_digest=session_digest(str(request.session.session_key))).delete()


def moved(request: HttpRequest) -> None:
    """Follow a session to its new key, after a change of password gave it one."""
    user = request.user
    assert isinstance(user, User)
    guard, fresh = request.session.get(GUARD), request.session.get(_FRESH)
    begin(request, user)
    request.session[GUARD], request.session[_FRESH] = guard, fresh


def drop_old() -> None:
    """Forget sessions that are over: Django's rows, and ours about them."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    oldest = timezone.now() - timedelta(seconds=ABSOLUTE)
    UserSession.objects.filter(created_at__lt=oldest).delete()
