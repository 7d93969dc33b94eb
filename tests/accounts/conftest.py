"""What the tests of accounts share."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from chatzee.celery import app
from chatzee.env import env
from core.valkey import valkey


@pytest.fixture(autouse=True)
def _mails_at_once(settings: object) -> Iterator[None]:
    """Run mail tasks in place of a worker, on a broker that has forgotten earlier throttles."""
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    valkey().flushall()
    cache.clear()
    yield
    app.conf.task_always_eager = False
    app.conf.task_eager_propagates = False


def link_in_mail(place: int = -1) -> str:
    """The path of the link in a mail that was sent."""
    found = re.search(re.escape(env.public_url) + r"(/\S+)", str(mail.outbox[place].body))
    assert found is not None
    return found[1]


def signed_in(user: User) -> Client:
    """A browser in which the user has just signed in by password, however many others did so in the same minute."""
    from tests.factories import PASSWORD

    for key in valkey().scan_iter("throttle:sign-in:*"):
        valkey().delete(key)
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "remember": "on"})
    assert answer.status_code == 302, answer.content
    return client
