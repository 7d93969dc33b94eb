"""Second factors: apps, recovery codes, and the question before what is dangerous."""

import time
from datetime import timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Passkey, RecoverySheet, TotpDevice, User, UserSession
from accounts.selectors import recovery_codes_left
from accounts.services import factors
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.accounts.conftest import link_in_mail, signed_in
from tests.factories import PASSWORD, make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db


def code_of(device: TotpDevice) -> str:
    """What the person's app shows now."""
    clock = TOTP(bytes.fromhex(device.secret))
    clock.time = time.time()
    return f"{clock.token():06}"


def with_app(user: User) -> TotpDevice:
    """Give a user an authenticator app in use, none of whose codes was used yet."""
    device = factors.begin_totp(user)
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device


def past_password(user: User) -> Client:
    """A browser in which the password was given and the second factor is owed."""
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "remember": "on"})
    assert answer["Location"] == "/sign-in/second-factor/"
    return client


def test_app_is_set_up_by_its_first_code_and_recovery_codes_follow() -> None:
    user = make_user()
    workspace = make_workspace(owner=user)
    client = signed_in(user)
    page = client.get("/me/second-factor/app/")
    device = TotpDevice.objects.get(user=user)
    assert page.context["qr"].startswith("data:image/svg+xml,")

    wrong = client.post("/me/second-factor/app/", {"code": "000000"})
    with time_machine.travel(timezone.now() + timedelta(seconds=2), tick=False):
        right = client.post("/me/second-factor/app/", {"code": code_of(device)})

    assert wrong.status_code == 422
    assert len(right.context["codes"]) == 10
    device.refresh_from_db()
    assert device.confirmed is True
    with scope(workspace.pk):
        actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-2:] == ["second_factor.added", "second_factor.recovery_codes_made"]


def test_app_is_not_set_up_before_the_address_is_proven() -> None:
    client = signed_in(make_user(email_verified_at=None))

    assert client.get("/me/second-factor/app/")["Location"] == "/me/second-factor/"
    assert TotpDevice.objects.count() == 0


def test_sign_in_asks_for_the_code() -> None:
    user = make_user()
    device = with_app(user)
    client = past_password(user)

    assert client.get("/me/").status_code == 302
    answer = client.post("/sign-in/second-factor/", {"code": code_of(device)})

    assert answer["Location"] == "/"
    assert client.get("/me/").status_code == 200


def test_code_works_once() -> None:
    user = make_user()
    device = with_app(user)
    code = code_of(device)

    assert past_password(user).post("/sign-in/second-factor/", {"code": code}).status_code == 302
    replayed = past_password(user).post("/sign-in/second-factor/", {"code": code})

    assert replayed.status_code == 422
    assert replayed.context["form"].errors["code"]


def test_wrong_codes_make_the_right_one_wait() -> None:
    user = make_user()
    device = with_app(user)
    client = past_password(user)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client.post("/sign-in/second-factor/", {"code": "000000"})
        assert client.post("/sign-in/second-factor/", {"code": code_of(device)}).status_code == 422
    with time_machine.travel(start + timedelta(seconds=5), tick=False):
        assert client.post("/sign-in/second-factor/", {"code": code_of(device)}).status_code == 302


def test_second_step_is_over_after_ten_minutes() -> None:
    user = make_user()
    device = with_app(user)
    client = past_password(user)

    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        answer = client.post("/sign-in/second-factor/", {"code": code_of(device)})

    assert answer["Location"] == "/sign-in/"


def test_recovery_code_signs_in_once_whatever_its_case() -> None:
    user = make_user()
    with_app(user)
    code = factors.make_recovery_codes(user)[3]

    assert past_password(user).post("/sign-in/second-factor/", {"code": code.upper().replace("-", " ")}).status_code == 302
    assert past_password(user).post("/sign-in/second-factor/", {"code": code}).status_code == 422
    assert recovery_codes_left(user) == 9


def test_recovery_codes_of_another_person_do_not_work() -> None:
    user = make_user()
    with_app(user)
    factors.make_recovery_codes(user)
    other = factors.make_recovery_codes(make_user())

    assert past_password(user).post("/sign-in/second-factor/", {"code": other[0]}).status_code == 422


def test_secrets_are_not_at_rest_in_clear() -> None:
    user = make_user()
    device = with_app(user)
    code = factors.make_recovery_codes(user)[0]

    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(secret, 'escape') FROM accounts_totpdevice")
        assert device.secret not in str(cursor.fetchone())
        cursor.execute("SELECT encode(digest, 'escape') FROM accounts_recoverycode")
        assert code.replace("-", "") not in str(cursor.fetchall())


def test_reset_keeps_the_second_factor_and_ends_sessions(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user()
    there = signed_in(user)
    device = with_app(user)
    client = Client()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/password/forgotten/", {"email": user.email})
    link = link_in_mail()

    client.post(link, {"password": "purple-anchor-meadow-17"})

    assert there.get("/me/").status_code == 302
    answer = client.post("/sign-in/", {"email": user.email, "password": "purple-anchor-meadow-17"})
    assert answer["Location"] == "/sign-in/second-factor/"
    assert TotpDevice.objects.filter(pk=device.pk).exists()
    assert client.get(link).status_code == 410


def test_reset_of_an_unproven_account_drops_factors_that_somebody_else_may_have_added() -> None:
    from accounts.services.passwords import reset_password

    user = make_user(email_verified_at=None)
    with_app(user)
    Passkey.objects.create(user=user, name="Stranger's", credential_id=b"1", public_key=b"2", aaguid="")

    reset_password(user, "purple-anchor-meadow-17")

    assert (TotpDevice.objects.count(), Passkey.objects.count(), RecoverySheet.objects.count()) == (0, 0, 0)


def test_forgotten_says_the_same_for_every_address(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_user(email="ana@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        known = Client().post("/password/forgotten/", {"email": "ana@example.com"}).content.decode()
        unknown = Client().post("/password/forgotten/", {"email": "bob@example.com"}).content.decode()

    assert known.replace("ana@", "X").split("csrf")[0] == unknown.replace("bob@", "X").split("csrf")[0]
    assert "form-errors" not in known
    assert [one.to for one in mail.outbox] == [["ana@example.com"]]


def test_dangerous_step_asks_again_after_five_minutes_and_carries_what_was_sent() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    member = make_member(workspace)
    client = signed_in(owner)
    url = f"/w/{workspace.pk}/settings/members/{member.pk}/role/"

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        question = client.post(url, {"role": "viewer"})
        assert question.context["carried"] == [("role", "viewer")]
        wrong = client.post(url, {"role": "viewer", "confirm_method": "post", "confirm_password": "wrong"})
        with scope(workspace.pk):
            member.refresh_from_db()
            assert member.role == "agent"
        right = client.post(url, {"role": "viewer", "confirm_method": "post", "confirm_password": PASSWORD})

    assert (question.status_code, wrong.status_code, right.status_code) == (200, 422, 302)
    with scope(workspace.pk):
        member.refresh_from_db()
    assert member.role == "viewer"


def test_dangerous_page_asks_and_then_opens() -> None:
    client = signed_in(make_user())

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert client.get("/me/address/").templates[0].name == "accounts/confirm.html"
        answer = client.post("/me/address/", {"confirm_method": "get", "confirm_password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/me/address/")
        assert client.get("/me/address/").templates[0].name == "accounts/personal/address.html"


def test_password_alone_is_not_enough_for_whoever_has_a_factor() -> None:
    user = make_user()
    client = signed_in(user)
    device = with_app(user)

    question = client.post("/me/second-factor/app/removal/", {"confirm_method": "post", "confirm_password": PASSWORD})
    assert question.status_code == 422
    assert TotpDevice.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=3), tick=False):
        answer = client.post("/me/second-factor/app/removal/", {"confirm_method": "post", "confirm_code": code_of(device)})
    assert answer.status_code == 302
    assert TotpDevice.objects.count() == 0


def test_passwords_are_never_carried_in_the_question() -> None:
    client = signed_in(make_user())

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        answer = client.post("/me/password/", {"password_now": PASSWORD, "password": "purple-anchor-meadow-17"})

    assert answer.context["carried"] == []
    assert PASSWORD not in answer.content.decode()


def test_change_of_password_ends_other_sessions_and_tells(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user()
    there, here = signed_in(user), signed_in(user)

    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post("/me/password/", {"password_now": PASSWORD, "password": "purple-anchor-meadow-17"})

    assert answer.status_code == 302
    assert (here.get("/me/").status_code, there.get("/me/").status_code) == (200, 302)
    assert UserSession.objects.filter(user=user).count() == 1
    assert mail.outbox[-1].subject == "Your password was changed"


def test_change_of_address_waits_for_the_mailed_link(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user(email="old@example.com")
    client = signed_in(user)

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/address/", {"email": "new@example.com"})
    assert User.objects.by_email("old@example.com") == user
    assert [one.to for one in mail.outbox[-2:]] == [["new@example.com"], ["old@example.com"]]
    link = link_in_mail(-2)
    client.post(link)

    assert User.objects.by_email("new@example.com") == user
    assert User.objects.by_email("old@example.com") is None
    assert client.get(link).status_code == 410


def test_workspace_that_requires_a_factor_leads_there_and_back() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    member = make_member(workspace)
    with scope(workspace.pk):
        workspace.is_second_factor_required = True
        workspace.save(update_fields=["is_second_factor_required"])
    client = signed_in(member.user)

    answer = client.get(f"/w/{workspace.pk}/settings/members/")
    assert unquote(answer["Location"]) == f"/me/second-factor/required/?next=/w/{workspace.pk}/settings/members/"
    client.get("/me/second-factor/app/")
    device = TotpDevice.objects.get(user=member.user)
    done = client.post("/me/second-factor/app/", {"code": code_of(device), "next": f"/w/{workspace.pk}/"})
    assert done.context["next"] == f"/w/{workspace.pk}/"
    assert client.get(f"/w/{workspace.pk}/settings/members/").status_code == 200


def test_requirement_asks_a_session_begun_without_the_factor_for_it() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    client = signed_in(owner)
    device = with_app(owner)
    with scope(workspace.pk):
        workspace.is_second_factor_required = True
        workspace.save(update_fields=["is_second_factor_required"])
    target = f"/w/{workspace.pk}/settings/members/"

    required = client.get(target)["Location"]
    assert client.get(required).templates[0].name == "accounts/confirm.html"
    client.post(required, {"confirm_method": "get", "confirm_code": code_of(device)})
    assert client.get(required)["Location"] == target
    assert client.get(target).status_code == 200


def test_owner_without_a_factor_cannot_require_one() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)

    signed_in(owner).post(f"/w/{workspace.pk}/settings/security/enforcement/", {"required": "1"})

    with scope(workspace.pk):
        workspace.refresh_from_db()
    assert workspace.is_second_factor_required is False


def test_passkey_of_another_person_cannot_be_touched() -> None:
    mine = Passkey.objects.create(user=make_user(), name="Phone", credential_id=b"1", public_key=b"2", aaguid="")
    stranger = signed_in(make_user())

    for path in (f"/me/second-factor/passkeys/{mine.pk}/", f"/me/second-factor/passkeys/{mine.pk}/removal/"):
        assert stranger.post(path, {"name": "Stolen"}).status_code == 404
    assert Passkey.objects.get(pk=UUID(str(mine.pk))).name == "Phone"
