"""Signing in, up and out."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User, UserSession
from accounts.selectors import memberships_of
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.accounts.conftest import link_in_mail, signed_in
from tests.factories import PASSWORD, make_user, make_workspace

pytestmark = pytest.mark.django_db

NEWCOMER = {
    "name": "Inês",
    "email": "ines@example.com",
    "company": "Ateliê",
    "password": PASSWORD,
    "time_zone": "Europe/Lisbon",
    "language": "pt-PT",
}


def test_sign_in_opens_the_workspace(client: Client) -> None:
    user = make_user(email="ana@example.com")
    workspace = make_workspace(owner=user)

    answer = client.post("/sign-in/", {"email": "Ana@Example.com ", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/w/{workspace.pk}/"
    with scope(workspace.pk):
        assert AuditEntry.objects.filter(action="session.signed_in", actor_id=user.pk).count() == 1


def test_sign_in_says_the_same_for_a_wrong_password_and_an_unknown_address(client: Client) -> None:
    make_user(email="ana@example.com")

    wrong = client.post("/sign-in/", {"email": "ana@example.com", "password": "wrong"})
    unknown = client.post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.context["form"].non_field_errors()


def test_sign_in_is_closed_after_eight_wrong_passwords_and_keeps_no_address(client: Client) -> None:
    make_user(email="ana@example.com")
    right = {"email": "ana@example.com", "password": PASSWORD}

    for _try in range(8):
        client.post("/sign-in/", {**right, "password": "wrong"}, HTTP_USER_AGENT="Chrome of Ana")

    assert client.post("/sign-in/", right).status_code == 429
    attempt = AccessAttempt.objects.get()
    kept = " ".join(str(value) for value in vars(attempt).values())
    assert "ana@" not in kept
    assert "127.0.0.1" not in kept
    assert "Chrome" not in kept
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert client.post("/sign-in/", right).status_code == 302


def test_sign_in_without_remembering_ends_with_the_browser(client: Client) -> None:
    user = make_user()

    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})

    assert client.session.get_expire_at_browser_close() is True


def test_sign_in_leads_to_no_other_site(client: Client) -> None:
    user = make_user()

    answer = client.post("/sign-in/?next=https://evil.example/", {"email": user.email, "password": PASSWORD})

    assert answer["Location"] == "/"


def test_sign_up_makes_a_user_and_a_workspace_at_once(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/sign-up/", NEWCOMER, follow=True)

    user = User.objects.by_email("ines@example.com")
    assert user is not None
    workspace = memberships_of(user)[0].workspace
    assert (workspace.name, workspace.time_zone, workspace.language) == ("Ateliê", "Europe/Lisbon", "pt")
    assert answer.redirect_chain[-1][0] == f"/w/{workspace.pk}/"
    assert user.email_verified_at is None
    assert mail.outbox[0].to == ["ines@example.com"]


def test_sign_up_proves_the_address_by_the_mailed_link_once(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/sign-up/", NEWCOMER)
    link = link_in_mail()

    assert client.get(link).status_code == 200
    client.post(link)

    user = User.objects.by_email("ines@example.com")
    assert user is not None
    assert user.email_verified_at is not None
    assert client.get(link).status_code == 410


def test_address_link_is_void_after_an_hour(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/sign-up/", NEWCOMER)
    link = link_in_mail()

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert client.get(link).status_code == 410


def test_sign_up_with_a_taken_address_looks_the_same_and_mails_its_owner(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner = make_user(email="ines@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        taken = Client().post("/sign-up/", NEWCOMER)
    with django_capture_on_commit_callbacks(execute=True):
        free = Client().post("/sign-up/", {**NEWCOMER, "email": "new@example.com"})

    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert mail.outbox[0].to == ["ines@example.com"]
    assert mail.outbox[0].subject != mail.outbox[1].subject
    assert User.objects.by_email("ines@example.com") == owner


def test_sign_up_with_an_own_address_brings_the_workspace_into_the_account(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    owner = make_user(email="ines@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/sign-up/", NEWCOMER)

    answer = Client().post(link_in_mail())

    assert answer["Location"] == "/sign-in/"
    assert [one.workspace.name for one in memberships_of(owner)] == ["Ateliê"]
    assert client.get("/me/").status_code == 302


def test_proving_an_address_takes_it_from_whoever_did_not(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    squatter = make_user("Squatter", email="ines@example.com", email_verified_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/sign-up/", NEWCOMER)

    Client().post(link_in_mail())

    owner = User.objects.by_email("ines@example.com")
    assert owner is not None
    assert (owner.name, owner == squatter) == ("Inês", False)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("aaa", "Use at least 10 characters. A few unrelated words make a good password."),
        ("password", "Use at least 10 characters. A few unrelated words make a good password."),
        ("password1234", "This password is too easy to guess. A few unrelated words make a good one."),
    ],
)
def test_weak_password_is_told_one_thing_and_what_to_do(client: Client, password: str, words: str) -> None:
    answer = client.post("/sign-up/", {**NEWCOMER, "password": password})

    assert answer.context["form"].errors["password"] == [words]
    assert answer.content.decode().count("unrelated words") == 1


@pytest.mark.parametrize("password", ["short1", "password1234", "Inês Inês Inês", "1234567890", "x" * 129])
def test_sign_up_refuses_a_weak_password(client: Client, password: str) -> None:
    answer = client.post("/sign-up/", {**NEWCOMER, "password": password})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert User.objects.count() == 0


def test_sign_up_is_throttled_before_hashing(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        answers = [client.post("/sign-up/", {**NEWCOMER, "email": "no address"}).status_code for _try in range(7)]

    assert answers == [422] * 6 + [429]


def test_sign_out_ends_the_session() -> None:
    client = signed_in(make_user())

    client.post("/sign-out/")

    assert client.get("/me/").status_code == 302
    assert UserSession.objects.count() == 0


def test_sign_out_takes_a_post() -> None:
    client = signed_in(make_user())

    assert client.get("/sign-out/").status_code == 405
    assert client.get("/me/").status_code == 200
