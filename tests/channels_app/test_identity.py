"""Who a visitor of a website is: its own customers are named by its signature, nobody else, and never mixed up."""

import time
from typing import Any

import jwt
import pytest
from django.test import Client

from accounts.models import Workspace
from channels_app.adapters.website.tokens import Visitor, read_token
from conversations.models import ContactIdentity, Inbox
from conversations.normalised import Sender
from core.tenancy import scope
from tests.factories import make_inbox, receive

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN, SECRET = "https://shop.example", "the secret that the company's server knows"
ANA, BEN = {"sub": "ana-7", "name": "Ana"}, {"sub": "ben-8", "name": "Ben"}


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox(allowed_origins=[ORIGIN], identity_secret=SECRET)


def named(who: dict[str, Any], *, secret: str = SECRET, lives: float = 60, algorithm: str = "HS256") -> str:
    """A company's word on who its customer is."""
    return jwt.encode({**who, "exp": time.time() + lives}, secret, algorithm)


def booted(inbox: Inbox, origin: str = ORIGIN) -> tuple[int, dict[str, Any]]:
    answer = Client().post(f"/widget/{inbox.key}/boot/", {}, "application/json", headers={"origin": origin})
    return answer.status_code, answer.json()


def opened(inbox: Inbox, **given: str) -> tuple[int, dict[str, Any]]:
    """A session as the widget's frame opens it."""
    ticket = booted(inbox)[1]["ticket"]
    answer = Client().post(f"/widget/{inbox.key}/session/", {"ticket": ticket, **given}, "application/json")
    return answer.status_code, answer.json()


def visitor_of(inbox: Inbox, session: dict[str, Any]) -> Visitor:
    return read_token(session["token"], inbox.key)


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://shop.example", "https://shop.example.evil.example"]
)
def test_page_of_another_website_gets_no_ticket(inbox: Inbox, origin: str) -> None:
    status, said = booted(inbox, origin)
    assert (status, "ticket" in said) == (403, False)


@pytest.mark.parametrize(
    "word",
    [
        named(ANA, lives=-400),
        named(ANA, secret="another secret of just such a length as it"),
        named(ANA, lives=40 * 24 * 3600),
        jwt.encode({**ANA, "exp": time.time() + 60}, "", "none"),
        jwt.encode(ANA, SECRET, "HS256"),
        named({"sub": " "}),
        "no word at all",
    ],
    ids=["ended", "another secret", "for too long", "unsigned", "without an end", "nobody", "none"],
)
def test_word_that_does_not_hold_names_nobody(inbox: Inbox, word: str) -> None:
    status, said = opened(inbox, identity=word)
    assert (status, said["code"]) == (401, "identity")


def test_next_person_at_the_same_browser_sees_nothing_of_the_first(workspace: Workspace, inbox: Inbox) -> None:
    ana = opened(inbox, identity=named(ANA))[1]
    with scope(workspace.pk):
        receive(inbox, "Ana's secret", sender=Sender(ContactIdentity.Kind.EXTERNAL, "ana-7", is_verified=True))
    again = opened(inbox, token=ana["token"], identity=named(ANA))[1]
    assert [one["text"] for one in again["messages"]] == ["Ana's secret"]
    ben = opened(inbox, token=ana["token"], identity=named(BEN))[1]
    assert (ben["messages"], ben["verified"]) == ([], {"name": "Ben"})
    assert visitor_of(inbox, ben).id != visitor_of(inbox, ana).id
    left = opened(inbox)[1]
    assert (left["messages"], left["verified"]) == ([], None)


def test_what_a_visitor_wrote_before_signing_in_stays_apart(inbox: Inbox) -> None:
    before = opened(inbox)[1]
    after = opened(inbox, token=before["token"], identity=named(ANA))[1]
    assert visitor_of(inbox, after).id != visitor_of(inbox, before).id
    assert opened(inbox, token=before["token"])[1]["verified"] is None
