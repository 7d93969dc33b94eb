"""AI's settings: what members may do there, what is saved, and that no secret comes back."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from ai.models import AiSettings, Egress, FeedbackEvent, InboxAi, Intent, Provider, ProviderModel, Reading, Switch, TaskModel, Use
from ai.purposes import Closed, Purpose, Subject
from ai.services import promoting
from ai.services.providers import check_provider
from ai.services.settings import save_settings, settings_of
from ai.services.situations import voice_of
from ai.switching import closed_by
from conversations.models import Conversation, Inbox
from core.audit import Actor
from core.audit.models import AuditEntry
from core.http import lending
from core.tenancy import scope
from dashboard.money import micros_of, money
from tests.ai.providers import scripted
from tests.factories import make_conversation, make_inbox, make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db
KEY = "sk-never-shown-again-123"


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def workspace(owner: User) -> Workspace:
    return make_workspace(owner=owner)


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox()


@pytest.fixture
def conversation(workspace: Workspace, inbox: Inbox) -> Conversation:
    with scope(workspace.pk):
        return make_conversation(inbox, name="Rosa")


@pytest.fixture
def base(workspace: Workspace) -> str:
    return f"/w/{workspace.pk}/settings/ai"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


@pytest.fixture
def client(owner: User) -> Client:
    return client_of(owner)


def member(workspace: Workspace, role: str) -> tuple[Client, Membership]:
    found = make_member(workspace, role)
    return client_of(found.user), found


@pytest.mark.django_db(transaction=True)
def test_purposes_switch_one_by_one_and_the_master_all_at_once(client: Client, base: str, workspace: Workspace) -> None:
    assert client.post(f"{base}/assistant/switch/", {"purpose": "answer"}).status_code == 204
    assert client.post(f"{base}/assistant/switch/", {"purpose": "nonsense"}).status_code == 404
    page = client.get(f"{base}/assistant/").content.decode()
    assert page.count('role="switch" name="on" value="1" checked') == 3
    assert client.post(f"{base}/assistant/switch/", {"on": "0"}).status_code == 302
    assert "AI is off in this workspace." in client.get(f"{base}/assistant/").content.decode()
    client.post(f"{base}/assistant/switch/", {"on": "1"})
    with scope(workspace.pk):
        assert [(one.purpose, one.level) for one in Switch.objects.all()] == [("answer", "workspace")]


def test_the_voice_saves_what_changed_and_says_what_is_wrong(client: Client, base: str, workspace: Workspace) -> None:
    fields = {
        "voice-assistant_name": "Lume",
        "voice-tone": "formal",
        "voice-persona": "We sell lamps.",
        "voice-greeting": "",
        "voice-guard_rails": "Never promise a date.",
        "voice-forbidden_topics": " tax advice \n\nlawsuits\ntax advice",
        "voice-languages": ["pt", "en"],
    }
    assert client.post(f"{base}/assistant/voice/", fields).status_code == 204
    with scope(workspace.pk):
        found = settings_of()
        assert (found.assistant_name, found.tone, found.persona) == ("Lume", "formal", "We sell lamps.")
        assert (found.forbidden_topics, found.languages) == (["tax advice", "lawsuits"], ["pt", "en"])
        entry = AuditEntry.objects.get(action="ai.settings_changed")
    assert "lamps" not in str(entry.data)
    assert "persona" in entry.data["fields"]
    wrong = client.post(f"{base}/assistant/voice/", {**fields, "voice-languages": []})
    assert (wrong.status_code, wrong["HX-Retarget"]) == (422, "#voice")
    assert "We sell lamps." in wrong.content.decode()


def test_business_hours_are_pairs_of_times_on_open_days(client: Client, base: str, workspace: Workspace) -> None:
    fields = {"hours-open_0": "on", "hours-from_0": "08:30", "hours-to_0": "12:00", "hours-from_1": "", "hours-to_1": ""}
    assert client.post(f"{base}/assistant/hours/", fields).status_code == 204
    with scope(workspace.pk):
        assert settings_of().hours == {"0": [["08:30", "12:00"]]}
    assert client.post(f"{base}/assistant/hours/", {**fields, "hours-to_0": "08:00"}).status_code == 422


def test_an_inbox_goes_live_step_by_step(client: Client, base: str, workspace: Workspace, inbox: Inbox) -> None:
    page = f"{base}/inboxes/{inbox.pk}/"
    assert "Going live" not in client.get(page).content.decode()
    client.post(page, {"mode": "auto"})
    assert "Going live" in client.get(page).content.decode()
    with scope(workspace.pk):
        assert InboxAi.objects.get().stage == "shadow"
    client.post(page, {"stage": "share"})
    assert client.post(page, {"share": "25"}).status_code == 204
    assert client.post(page, {"hours": "outside"}).status_code == 204
    assert client.post(page, {"share": "0"}).status_code == 422
    assert client.post(page, {"assistant_name": "Nova", "persona": "", "greeting": "Olá"}).status_code == 204
    with scope(workspace.pk):
        row = InboxAi.objects.get()
    assert (row.mode, row.stage, row.share, row.hours, row.assistant_name, row.greeting) == (
        "auto", "share", 25, "outside", "Nova", "Olá",
    )  # fmt: skip


def test_an_inbox_differs_in_tone_rules_and_topics(client: Client, base: str, workspace: Workspace, inbox: Inbox) -> None:
    page = f"{base}/inboxes/{inbox.pk}/"
    fields = {"tone": "formal", "guard_rails": "Never name a price.", "forbidden_topics": "lead glaze\n\nlead glaze\nrecalls"}
    assert client.post(page, fields).status_code == 204
    with scope(workspace.pk):
        save_settings({"guard_rails": "Never promise a date.", "forbidden_topics": ["medical advice"]}, actor=Actor.system())
        row = InboxAi.objects.get()
        voice = voice_of(workspace, settings_of(), row)
    assert (row.tone, row.forbidden_topics) == ("formal", ["lead glaze", "recalls"])
    assert (voice.tone, voice.guard_rails) == ("Formal", "Never promise a date.\nNever name a price.")
    shown = client.get(page).content.decode()
    assert "Never name a price." in shown
    wrong = client.post(page, {**fields, "forbidden_topics": "x" * 121})
    assert (wrong.status_code, wrong["HX-Retarget"]) == (422, "#inbox-voice")
    assert "A topic has at most 120 characters" in wrong.content.decode()
    assert client.post(page, {"tone": ""}).status_code == 204
    with scope(workspace.pk):
        assert voice_of(workspace, settings_of(), InboxAi.objects.get()).tone == "Warm"


def test_a_key_is_stored_and_never_shown_again(client: Client, base: str, workspace: Workspace) -> None:
    fields = {"name": "OpenAI", "base_url": "https://api.openai.com/v1/", "key": KEY, "most_at_once": "4"}
    done = client.post(f"{base}/providers/new/", fields)
    assert done.status_code == 302
    with scope(workspace.pk):
        provider = Provider.objects.get()
    assert (provider.key, provider.base_url, provider.check_code) == (KEY, "https://api.openai.com/v1", "running")
    pages = [client.get(f"{base}/providers/").content.decode(), client.get(done["location"]).content.decode()]
    assert all(KEY not in page for page in pages)
    client.post(f"{base}/providers/{provider.pk}/", {**fields, "name": "Renamed", "key": ""})
    with scope(workspace.pk):
        assert (Provider.objects.get().name, Provider.objects.get().key) == ("Renamed", KEY)
        assert KEY not in str([one.data for one in AuditEntry.objects.all()])


@pytest.mark.parametrize(
    "address",
    [
        "api.openai.com",
        "http://api.openai.com/v1",
        "https://10.0.0.1/v1",
        "https://localhost/v1",
        "ftp://x.example",
        "https://x.example:22/",
    ],
)
def test_addresses_that_may_not_be_called_are_refused_in_words(
    client: Client, base: str, workspace: Workspace, address: str
) -> None:
    wrong = client.post(f"{base}/providers/new/", {"name": "X", "base_url": address, "key": KEY, "most_at_once": "4"})
    assert wrong.status_code == 422
    assert "errorlist" in wrong.content.decode()
    assert KEY not in wrong.content.decode()
    with scope(workspace.pk):
        assert not Provider.objects.exists()


def test_a_check_tells_what_is_wrong_and_lists_the_models(
    client: Client, base: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted.running() as server:
        monkeypatch.setattr(lending, "allowed_private", lambda: frozenset({server.place}))
        lending.lent_client.cache_clear()
        with scope(workspace.pk):
            provider = Provider(name="Local", base_url=server.url, key=KEY)
            provider.save(force_insert=True)
        server.replies = [scripted.fails(401)]
        check_provider(workspace.pk, provider.pk)
        part = f"{base}/providers/{provider.pk}/check/"
        assert "does not accept the key" in client.get(part).content.decode()
        check_provider(workspace.pk, provider.pk)
        assert "It offers 2 models." in client.get(part).content.decode()
        lending.lent_client().close()
        lending.lent_client.cache_clear()
    with scope(workspace.pk):
        assert Provider.objects.get().listed == ["large", "small"]


def test_the_first_model_does_everything_and_tasks_choose_their_own(client: Client, base: str, workspace: Workspace) -> None:
    with scope(workspace.pk):
        provider = Provider(name="Local", base_url="https://llm.example/v1")
        provider.save(force_insert=True)
    models = f"{base}/providers/{provider.pk}/models/"
    assert client.post(models, {"model": "small", "price_in": "0.15", "price_out": "0.6"}).status_code == 302
    assert client.post(models, {"model": "large", "price_in": "", "price_out": ""}).status_code == 302
    assert client.post(models, {"model": "odd", "price_in": "1", "price_out": ""}).status_code == 422
    with scope(workspace.pk):
        small, large = ProviderModel.objects.get(name="small"), ProviderModel.objects.get(name="large")
        assert (small.price_in_micros, small.price_out_micros, large.price_in_micros) == (150_000, 600_000, None)
        assert [(one.task, one.model_id) for one in TaskModel.objects.all()] == [("", small.pk)]
    assert client.post(f"{base}/providers/tasks/", {"task": "answer", "model": str(large.pk)}).status_code == 204
    assert client.post(models, {"remove": str(large.pk)}).status_code == 302
    with scope(workspace.pk):
        assert [(one.task, one.model_id) for one in TaskModel.objects.all()] == [("", small.pk)]


def test_the_ledger_shows_who_when_why_and_the_text_on_opening(
    client: Client, base: str, workspace: Workspace, conversation: Conversation, owner: User
) -> None:
    with scope(workspace.pk):
        use = Use.objects.create(
            purpose="suggest", task="suggest", model="small", host="llm.example", conversation=conversation,
            contact=conversation.contact, actor_kind="user", user=owner, outcome="ok", tokens_in=10, tokens_out=5,
            month=timezone.now().date().replace(day=1), cost_micros=1234, created_at=timezone.now(),
        )  # fmt: skip
        Egress.objects.create(use=use, text=[{"role": "user", "content": "I am <PERSON_1>"}], characters=15)
    page = client.get(f"{base}/ledger/").content.decode()
    assert owner.name in page
    assert "llm.example" in page
    assert "PERSON_1" not in page
    assert "Nothing fits" in client.get(f"{base}/ledger/?outcome=failed").content.decode()
    opened = client.post(f"{base}/ledger/{use.pk}/text/").content.decode()
    assert "I am &lt;PERSON_1&gt;" in opened
    with scope(workspace.pk):
        assert AuditEntry.objects.filter(action="ai.ledger_opened", target_id=use.pk).count() == 1


def test_the_budget_is_set_in_money(client: Client, base: str, workspace: Workspace) -> None:
    assert client.post(f"{base}/spend/budget/", {"budget": "12.50", "currency": "EUR"}).status_code == 302
    with scope(workspace.pk):
        assert (AiSettings.objects.get().budget_micros, AiSettings.objects.get().currency) == (12_500_000, "EUR")
    assert "€12.50" in client.get(f"{base}/spend/").content.decode()
    assert client.post(f"{base}/spend/budget/", {"budget": "-1", "currency": "EUR"}).status_code == 422


def test_money_is_exact_and_readable() -> None:
    assert [money(one, "USD") for one in (None, 0, 140, 12_345, 2_500_000)] == ["unknown", "$0.00", "$0.0001", "$0.0123", "$2.50"]
    assert micros_of(Decimal("0.15")) == 150_000


@pytest.mark.django_db(transaction=True)
def test_who_may_do_what(base: str, workspace: Workspace, conversation: Conversation) -> None:
    manage = [f"{base}/assistant/", f"{base}/inboxes/", f"{base}/providers/", f"{base}/providers/new/"]
    see = [f"{base}/ledger/", f"{base}/spend/"]
    for role, may_manage, may_see in (
        (Role.ADMIN, True, True), (Role.DPO, False, True), (Role.AGENT, False, False), (Role.VIEWER, False, False)
    ):  # fmt: skip
        client, _membership = member(workspace, role)
        assert {client.get(page).status_code for page in manage} == ({200} if may_manage else {403})
        assert {client.get(page).status_code for page in see} == ({200} if may_see else {403})
        assert client.post(f"{base}/spend/budget/", {"budget": "1", "currency": "USD"}).status_code == (
            302 if may_manage else 403
        )


@pytest.mark.django_db(transaction=True)
def test_agents_switch_ai_off_for_a_conversation_and_note_an_objection_that_they_cannot_lift(
    workspace: Workspace, conversation: Conversation, client: Client
) -> None:
    agent, membership = member(workspace, Role.AGENT)
    with scope(workspace.pk):
        conversation.inbox.members.create(user=membership.user)
    here = f"/w/{workspace.pk}/conversations/{conversation.number}"
    assert "AI is off here" in agent.post(f"{here}/ai-switch/", {"on": "0"}).content.decode()
    assert "AI is off here" not in agent.post(f"{here}/ai-switch/", {"on": "1"}).content.decode()
    noted = agent.post(f"{here}/contact/ai-switch/", {"on": "0", "reason": "objection"}).content.decode()
    assert "The customer objected" in noted
    assert "Take back" not in noted
    assert agent.post(f"{here}/contact/ai-switch/", {"on": "1", "reason": "objection"}).status_code == 403
    assert agent.post(f"{here}/contact/ai-switch/", {"on": "0", "reason": "restriction"}).status_code == 404
    assert (
        "objected"
        not in client.post(f"{here}/contact/ai-switch/", {"on": "1", "reason": "objection"}).content.decode().split("<form")[0]
    )
    with scope(workspace.pk):
        assert not Switch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_who_handles_privacy_restricts_a_contact_and_lifts_it(
    workspace: Workspace, conversation: Conversation, client: Client
) -> None:
    officer, membership = member(workspace, Role.DPO)
    agent, agents = member(workspace, Role.AGENT)
    admin, _admins = member(workspace, Role.ADMIN)
    with scope(workspace.pk):
        conversation.inbox.members.create(user=agents.user)
    here = f"/w/{workspace.pk}/conversations/{conversation.number}"
    assert [one.post(f"{here}/contact/restriction/").status_code for one in (agent, admin)] == [403, 403]
    assert "contact/restriction/" in officer.get(f"{here}/ai/understanding/").content.decode()
    assert "Restrict processing" in officer.get(f"{here}/contact/restriction/").content.decode()
    done = officer.post(f"{here}/contact/restriction/").content.decode()
    assert ("data are restricted" in done, "Lift it" in done) == (True, True)
    with scope(workspace.pk):
        assert {closed_by(purpose, Subject.of(conversation)) for purpose in Purpose} == {Closed.RESTRICTION}
        noted = AuditEntry.objects.get(action="ai.switched_off")
        assert (noted.actor_id, noted.data["reason"], noted.data["purpose"]) == (membership.user_id, "restriction", "all")
    assert "data are restricted." in agent.get(f"{here}/ai/understanding/").content.decode()
    seen = agent.get(f"{here}/contact/ai-switch/").content.decode()
    assert ("data are restricted" in seen, "contact/restriction/" in seen, "Take back" in seen) == (True, False, False)
    assert "Only whoever handles privacy requests" in seen
    for one in (agent, admin):
        assert one.post(f"{here}/contact/ai-switch/", {"on": "1", "reason": "restriction"}).status_code == 404
        assert one.delete(f"{here}/contact/restriction/").status_code == 403
    with scope(workspace.pk):
        assert Switch.objects.count() == 1
    assert "Restrict processing" in client.delete(f"{here}/contact/restriction/").content.decode()
    with scope(workspace.pk):
        assert not Switch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_consent_to_learning_is_noted_where_the_workspace_asks_for_it(
    base: str, workspace: Workspace, conversation: Conversation, client: Client
) -> None:
    here = f"/w/{workspace.pk}/conversations/{conversation.number}/contact"
    assert "learned from" not in client.get(f"{here}/ai-switch/").content.decode()
    assert client.post(f"{base}/assistant/consent/", {"on": "1"}).status_code == 204
    assert 'consent/" hx-swap="none"' in client.get(f"{base}/assistant/").content.decode()
    assert "Has not agreed" in client.get(f"{here}/ai-switch/").content.decode()
    assert "Agreed to be learned from" in client.post(f"{here}/learning/", {"given": "1"}).content.decode()
    thread = client.get(f"/w/{workspace.pk}/conversations/{conversation.number}/").content.decode()
    assert "noted that the customer agrees to be learned from" in thread
    assert "Has not agreed" in client.post(f"{here}/learning/", {"given": "0"}).content.decode()
    assert client.post(f"{base}/assistant/consent/", {}).status_code == 204
    assert "learned from" not in client.get(f"{here}/ai-switch/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_restriction_stands_beside_what_an_agent_switched_off(
    workspace: Workspace, conversation: Conversation, client: Client
) -> None:
    here = f"/w/{workspace.pk}/conversations/{conversation.number}/contact"
    assert "Restrict processing" in client.post(f"{here}/ai-switch/", {"on": "0"}).content.decode()
    client.post(f"{here}/restriction/")
    assert "data are restricted" in client.post(f"{here}/ai-switch/", {"on": "1"}).content.decode()
    with scope(workspace.pk):
        assert Switch.objects.get().reason == "restriction"


def test_the_models_page_shows_figures_and_rolls_back(client: Client, base: str, workspace: Workspace) -> None:
    assert "Nothing was learned yet" in client.get(f"{base}/models/").content.decode()
    figures = {"accuracy": 0.9, "ece": 0.05, "auroc": None, "recalls": {"refund": 0.875}}
    judgement = {
        "verdict": "better", "held_out": 60, "outside": 0, "gain": 0.05, "lower_bound": 0.01,
        "champion": {**figures, "accuracy": 0.85}, "candidate": figures,
        "confusion": [["refund", "delivery", 3], ["refund", "refund", 20]],
    }  # fmt: skip
    found = {"manifest": "{}", "arrays": "AAAA", "dataset": "0" * 64, "examples": 60, "judgement": judgement}
    with scope(workspace.pk):
        version = promoting.keep_candidate("intent", found, [], None)
    assert "Model 1 is in use" in client.get(f"{base}/models/").content.decode()
    page = client.get(f"{base}/models/{version.pk}/").content.decode()
    for words in ("87.5 %", "90.0 %", "+5.0", "Measurably better", "“refund” taken for “delivery”"):
        assert words in page
    assert client.post(f"{base}/models/rollback/").status_code == 302
    assert "No learned model is in use" in client.get(f"{base}/models/").content.decode()
    assert client.post(f"{base}/models/training/").status_code == 302


def test_an_agent_corrects_what_a_message_is_about(client: Client, workspace: Workspace, conversation: Conversation) -> None:
    with scope(workspace.pk):
        refund, delivery = Intent.objects.create(name="Refund"), Intent.objects.create(name="Delivery")
        message = conversation.messages.get()
        reading = Reading.objects.create(
            message=message, conversation=conversation, seq=message.seq, language="en", model="engine/names",
            intent=refund, intent_name="Refund", intent_probability=0.6, is_in_scope=True,
        )  # fmt: skip
    here = f"/w/{workspace.pk}/conversations/{conversation.number}/ai/intent/"
    for intent in (delivery, delivery, None):
        data = {"reading": str(reading.pk), "intent": str(intent.pk) if intent else ""}
        assert client.post(here, data).status_code == 200
    with scope(workspace.pk):
        reading.refresh_from_db()
        assert (reading.intent, reading.is_in_scope) == (None, False)
        taught = FeedbackEvent.objects.order_by("id").values_list("prediction", "correction", "source")
        assert list(taught) == [
            ("Refund", "Delivery", "corrected"), ("Delivery", "Delivery", "accepted"), ("Delivery", "", "corrected"),
        ]  # fmt: skip
