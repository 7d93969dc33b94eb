"""Connecting by signing in at a platform, and what happens when that is taken back there."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlparse

import orjson
import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pydantic import SecretStr

from accounts.models import User, Workspace
from accounts.permissions import Role
from channels_app.adapters.meta import views as meta_views
from channels_app.contract import ChannelError, Connection, InboxConfig, SignInWay
from channels_app.models import InboxAccount, InboxHealth, PlatformRequest
from channels_app.services import accounts, connecting
from conversations.models import Inbox
from core.audit.models import AuditEntry
from core.tenancy import crossing, scope
from tests.accounts.conftest import signed_in
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_inbox, make_member, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "the app's secret"  # a stand-in
PLATFORM = "https://platform.example/dialog"


class SigningAdapter(FakeAdapter):
    """Grants access to the accounts in `accounts`; connecting with none chosen offers them."""

    accounts = ("one", "two")

    def sign_in_name(self, inbox: InboxConfig) -> str:
        return "Platform"

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        return f"{PLATFORM}?state={way.state}&redirect_uri={way.redirect_uri}"

    def chosen(self, choice: str) -> dict[str, Any]:
        return {"account": choice}

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        grant = inbox.settings.get("grant")
        if grant:
            if grant["code"] != "good":
                raise ChannelError("void", permanent=True)
            return Connection(settings={"token": "t", "grant": None}, choices={one: one.title() for one in self.accounts})
        return Connection(account=inbox.settings["account"], owner="42")


@pytest.fixture
def adapter_type() -> type[FakeAdapter]:
    return SigningAdapter


@pytest.fixture
def owner(workspace: Workspace) -> User:
    return make_member(workspace, Role.OWNER).user


@pytest.fixture
def client(owner: User) -> Client:
    return signed_in(owner)


def begin(client: Client, inbox: Inbox) -> str:
    answer = client.post(reverse("sign-in-at-platform", args=[inbox.workspace_id, inbox.pk]))
    assert answer["HX-Redirect"].startswith(PLATFORM)
    return parse_qs(urlparse(answer["HX-Redirect"]).query)["state"][0]


def come_back(client: Client, state: str, code: str = "good") -> str:
    """Follow the way back; what the person is told then."""
    answer = client.get(reverse("signed-in-at-platform"), {"state": state, "code": code})
    if "signed-in" in answer["Location"]:
        assert client.get(answer["Location"]).status_code == 302
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def settings_of(inbox: Inbox) -> dict[str, Any]:
    with scope(inbox.workspace_id):
        return dict(Inbox.objects.get(pk=inbox.pk).settings)


def test_who_signs_in_chooses_an_account_and_is_connected(inbox: Inbox, client: Client) -> None:
    come_back(client, begin(client, inbox))
    connecting.connect(inbox.workspace_id, inbox.pk)
    assert settings_of(inbox)["choices"] == {"one": "One", "two": "Two"}
    url = reverse("choose-account", args=[inbox.workspace_id, inbox.pk])
    assert client.post(url, {"choice": "somebody else's"}).status_code == 404
    assert client.post(url, {"choice": "two"}).status_code == 302
    connecting.connect(inbox.workspace_id, inbox.pk)
    with scope(inbox.workspace_id):
        assert InboxAccount.objects.get().account == "two"
        assert InboxHealth.objects.get().connected_at is not None
    assert settings_of(inbox)["choices"] == {}


def test_the_only_account_needs_no_choice(inbox: Inbox, client: Client, adapter: SigningAdapter) -> None:
    adapter.accounts = ("one",)  # type: ignore[assignment]
    come_back(client, begin(client, inbox))
    connecting.connect(inbox.workspace_id, inbox.pk)
    connecting.connect(inbox.workspace_id, inbox.pk)
    with scope(inbox.workspace_id):
        assert InboxAccount.objects.get().account == "one"


def test_a_refused_code_is_a_verdict(inbox: Inbox, client: Client) -> None:
    come_back(client, begin(client, inbox), code="old")
    connecting.connect(inbox.workspace_id, inbox.pk)
    with scope(inbox.workspace_id):
        assert InboxHealth.objects.get().error_code == "void"


def test_a_way_back_that_was_not_begun_here_leads_nowhere(inbox: Inbox, client: Client) -> None:
    state = begin(client, inbox)
    stranger = signed_in(make_member(make_workspace(), Role.OWNER).user)
    assert stranger.get(reverse("signed-in-at-platform"), {"state": state, "code": "good"}).status_code == 404
    assert client.get(reverse("signed-in-at-platform"), {"state": "made up", "code": "good"}).status_code == 404
    come_back(client, state)
    # A state is good once.
    assert client.get(reverse("signed-in-at-platform"), {"state": state, "code": "good"}).status_code == 404


def test_who_says_no_there_changes_nothing(inbox: Inbox, client: Client) -> None:
    state = begin(client, inbox)
    assert "Nothing has changed" in come_back(client, state, code="")
    assert "grant" not in settings_of(inbox)


def signed_request(user: str, *, secret: str = SECRET, issued: int = 1) -> str:
    payload = urlsafe_b64encode(orjson.dumps({"algorithm": "HMAC-SHA256", "user_id": user, "issued_at": issued})).rstrip(b"=")
    signature = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{urlsafe_b64encode(signature).rstrip(b'=').decode()}.{payload.decode()}"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has an app at the platform, and the fake channel's inboxes stand on it."""
    monkeypatch.setitem(meta_views._APPS, "facebook", (lambda: SecretStr(SECRET), ("fake",)))


@pytest.fixture
def connected(inbox: Inbox) -> Inbox:
    with scope(inbox.workspace_id):
        inbox.settings = {"account": "one", "token": "t"}
        inbox.save(update_fields=["settings"])
    connecting.connect(inbox.workspace_id, inbox.pk)
    return inbox


@pytest.mark.usefixtures("app")
def test_deletion_forgets_the_access_and_shows_that_it_did(connected: Inbox) -> None:
    url, form = reverse("meta:deletion", args=["facebook"]), {"signed_request": signed_request("42")}
    answer = Client(enforce_csrf_checks=True).post(url, form)
    assert answer.status_code == 200
    said = answer.json()
    assert "token" not in settings_of(connected)
    with scope(connected.workspace_id):
        assert InboxHealth.objects.get().error_code == "access_withdrawn"
        assert InboxHealth.objects.get().stopped_at is not None
        assert not InboxAccount.objects.exists()
        assert AuditEntry.objects.filter(action="inbox.changed").exists()
    page = Client().get(urlparse(said["url"]).path).content.decode()
    assert "1 account is deleted" in page
    assert said["confirmation_code"] in page
    # The same request again is the same answer, and does nothing twice.
    assert Client().post(url, form).json() == said
    assert PlatformRequest.objects.count() == 1


@pytest.mark.usefixtures("app")
def test_deauthorisation_stops_what_stood_on_it_and_nobody_elses(connected: Inbox) -> None:
    other = make_workspace()
    with scope(other.pk):
        theirs = make_inbox("fake")
        accounts.keep_account(theirs, Connection(account="theirs", owner="43"))
    url = reverse("meta:deauthorisation", args=["facebook"])
    assert Client().post(url, {"signed_request": signed_request("42")}).status_code == 200
    with crossing("look in a test"):
        assert [one.account for one in InboxAccount.objects.all()] == ["theirs"]
        assert InboxHealth.objects.get(inbox=connected).stopped_at is not None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "signed", ["", "a.b", "no dot", signed_request("42", secret="another"), signed_request("42")[:-3] + "xyz"]
)
def test_a_forged_request_is_refused_and_does_nothing(connected: Inbox, signed: str) -> None:
    answer = Client().post(reverse("meta:deletion", args=["facebook"]), {"signed_request": signed})
    assert answer.status_code in (400, 403)
    assert settings_of(connected)["token"] == "t"  # a stand-in
    assert not PlatformRequest.objects.exists()


def test_without_a_secret_nobody_is_believed(connected: Inbox) -> None:
    empty = signed_request("42", secret="")
    assert Client().post(reverse("meta:deletion", args=["facebook"]), {"signed_request": empty}).status_code == 403
    assert Client().post(reverse("meta:deletion", args=["nothing"]), {"signed_request": empty}).status_code == 404
    assert Client().get(reverse("meta:request", args=["0" * 16])).status_code == 404


@pytest.mark.usefixtures("app")
def test_somebody_unknown_is_told_that_there_is_nothing(db: None) -> None:
    said = Client().post(reverse("meta:deletion", args=["facebook"]), {"signed_request": signed_request("unknown")}).json()
    assert "no access of yours" in Client().get(urlparse(said["url"]).path).content.decode()
