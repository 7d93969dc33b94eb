"""The evaluation page: who may see it, what it says, and what a measured change looks like to those who made it."""

import re

import pytest
from django.test import Client

from ai.models import Change, EvaluationResult, GoldenCase, Intent, Proposal, ProviderModel
from ai.services.evaluating import start_evaluation
from ai.services.golden import Wanted, add_case
from ai.services.nightly import bill
from ai.services.settings import save_settings, settings_of
from ai.services.submitting import change_settings
from core.audit import Actor
from core.audit.models import AuditEntry
from core.tenancy import scope
from dashboard.money import money
from knowledge.models import Article
from tests.ai.evaluating.measuring import REFUND, Shop, open_shop
from tests.ai.providers.fixtures import server, set_up
from tests.ai.providers.scripted import Scripted
from tests.dashboard.test_ai_settings import client_of
from tests.factories import make_member, make_user, make_workspace, receive

__all__ = ["server"]
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.fixture
def client(shop: Shop) -> Client:
    return client_of(shop.author)


@pytest.fixture
def base(shop: Shop) -> str:
    return f"/w/{shop.workspace.pk}/settings/ai/evaluation"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_page_teaches_then_shows_figures_the_curve_and_wrong_questions_first(client: Client, base: str, shop: Shop) -> None:
    assert "Begin with ten questions" in page(client, f"{base}/")
    assert client.post(f"{base}/run/").status_code == 302
    assert "Measuring…" in page(client, f"{base}/")
    assert "HX-Trigger" not in client.get(f"{base}/progress/")
    shop.works()
    assert client.get(f"{base}/progress/")["HX-Trigger"] == "measured"
    shown = page(client, f"{base}/")
    assert "3 of 3" in shown
    assert "too few for a share" in shown
    shop.knows(REFUND, "Returns and refunds")
    shop.knows("How long does a refund take to arrive?", "Shipping")
    shop.measured()
    shown = page(client, f"{base}/")
    assert "1 of 2" in shown
    assert 'class="curve"' in shown
    assert "style=" not in shown.split('class="curve"')[1].split("</svg>")[0]
    assert shown.index("refund take to arrive?</p>") < shown.index("refund take?</p>")
    only = page(client, f"{base}/?only=wrong")
    assert "refund take to arrive?</p>" in only
    assert "refund take?</p>" not in only
    assert "No question matches." in page(client, f"{base}/?q=bicycle")


def test_question_is_written_changed_and_deleted_with_words_for_what_is_missing(client: Client, base: str, shop: Shop) -> None:
    url, article = f"{base}/questions/new/", shop.articles["Shipping"]
    values = {"question": "What does shipping cost?", "language": "en", "expected": "answer", "must_say": "4.90 euros"}
    missing = client.post(url, values)
    assert missing.status_code == 422
    assert "Choose what answers it" in missing.content.decode()
    assert client.post(url, values | {"question": ""}).status_code == 422
    assert client.post(url, values | {"sources": [f"article:{article.pk}"]}).status_code == 302
    with scope(shop.workspace.pk):
        case = GoldenCase.objects.get()
        assert [one.article_id for one in case.sources.all()] == [article.pk]
    shown = page(client, f"{base}/questions/{case.pk}/")
    assert f'value="article:{article.pk}" checked' in shown
    assert client.post(f"{base}/questions/{case.pk}/", values | {"expected": "person"}).status_code == 302
    with scope(shop.workspace.pk):
        assert GoldenCase.objects.get().expected == "person"
    assert client.post(f"{base}/questions/{case.pk}/", {"delete": "1"}).status_code == 302
    with scope(shop.workspace.pk):
        assert not GoldenCase.objects.exists()


def test_reviewed_answer_is_kept_with_its_conversation(client: Client, base: str, shop: Shop) -> None:
    with scope(shop.workspace.pk):
        message = receive(shop.inbox, "How long does a refund take? I am at rosa@example.org")
        document = shop.articles["Returns and refunds"].document
        proposal = Proposal.objects.create(
            conversation=message.conversation, purpose="answer", state="sent", language="en", from_seq=message.seq,
            to_seq=message.seq, sources=[{"document": str(document.pk), "title": "Returns"}],
        )  # fmt: skip
    shown = page(client, f"{base}/questions/new/?proposal={proposal.pk}")
    assert "rosa@example.org" not in shown
    assert f'name="proposal" value="{proposal.pk}"' in shown
    values = {"question": REFUND, "language": "en", "expected": "answer", "proposal": str(proposal.pk)}
    assert (
        client.post(
            f"{base}/questions/new/", values | {"sources": re.findall(r'value="(article:[^"]+)" checked', shown)}
        ).status_code
        == 302
    )
    with scope(shop.workspace.pk):
        assert GoldenCase.objects.get().conversation_id == message.conversation_id
    assert client.get(f"{base}/questions/new/?proposal=nonsense").status_code == 404


def test_table_goes_in_with_its_faults_told_and_comes_out(client: Client, base: str, shop: Shop) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    table = SimpleUploadedFile("golden.csv", b"question,articles\nWhere are you?,#4\nWhat?,#99\n")
    shown = client.post(f"{base}/questions/table/", {"file": table}).content.decode()
    assert "1 line was left out" in shown
    assert "#99" in shown
    out = client.get(f"{base}/questions/export/")
    assert b"Where are you?,answer,#4 Opening hours of the studio," in out.content
    assert out.content.startswith("\ufeffquestion".encode())
    again = SimpleUploadedFile("golden.csv", out.content)
    assert client.post(f"{base}/questions/table/", {"file": again}).status_code == 302
    with scope(shop.workspace.pk):
        assert AuditEntry.objects.filter(action="ai.golden_exported").count() == 1


def test_nights_are_told_switched_off_and_say_what_they_cost(client: Client, base: str, shop: Shop, server: Scripted) -> None:
    shown = page(client, f"{base}/")
    assert 'name="on" value="1" checked' in shown
    assert "at your provider" not in shown
    set_up(shop.workspace, server)
    with scope(shop.workspace.pk):
        start_evaluation(by=None, is_nightly=True)
        cost = bill().micros
    assert cost is not None
    shown = page(client, f"{base}/")
    assert "At night" in shown
    assert f"about {money(cost, 'USD')} at your provider." in shown
    for budget, words in ((100 * cost, "at most a tenth"), (cost, "Not for now: what is left")):
        with scope(shop.workspace.pk):
            save_settings({"budget_micros": budget}, actor=Actor.system())
        assert words in page(client, f"{base}/")
    with scope(shop.workspace.pk):
        ProviderModel.objects.update(price_in_micros=None)
    assert "there is a budget, but the provider&#x27;s model has no price" in page(client, f"{base}/")
    assert client.post(f"{base}/nightly/", headers=HTMX).status_code == 204
    with scope(shop.workspace.pk):
        assert not settings_of().measures_nightly
    assert 'name="on" value="1" checked' not in page(client, f"{base}/")
    assert client.post(f"{base}/nightly/", {"on": "1"}, headers=HTMX).status_code == 204
    with scope(shop.workspace.pk):
        assert settings_of().measures_nightly


@pytest.mark.django_db(transaction=True)
def test_author_sees_the_article_measured_held_and_an_owner_decides(client: Client, base: str, shop: Shop) -> None:
    admin = client_of(make_member(shop.workspace, "admin").user)
    shop.knows(REFUND, "Returns and refunds")
    article = f"/w/{shop.workspace.pk}/knowledge/articles/{shop.articles['Returns and refunds'].number}"
    told = admin.post(f"{article}/state/", {"state": "archived"}, headers=HTMX)
    assert "Measuring…" in told.content.decode()
    assert "measured first" in told["HX-Trigger"]
    shop.works()
    assert "Held" in admin.get(f"{article}/release/", headers=HTMX).content.decode()
    change = shop.newest_change()
    url = f"{base}/changes/{change.pk}"
    shown = page(admin, f"{url}/")
    assert "Held: with this change the AI answers worse." in shown
    assert REFUND in shown
    assert "An owner of the workspace may make it all the same" in shown
    assert "Without the change: as measured" not in shown
    assert admin.post(f"{url}/override/", {"reason": "Because I can do it"}).status_code == 403
    assert "Make it all the same" in page(client, f"{url}/")
    question = client.post(f"{url}/override/", {"reason": "The policy is new"}).content.decode()
    assert 'name="confirm_password"' in question
    assert 'name="reason" value="The policy is new"' in question
    assert shop.change(change).state == "held"


def test_owner_who_has_shown_who_they_are_makes_the_change(
    client: Client, base: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.freshness.is_fresh", lambda _request: True)
    shop.knows(REFUND, "Returns and refunds")
    article = f"/w/{shop.workspace.pk}/knowledge/articles/{shop.articles['Returns and refunds'].number}"
    assert client.post(f"{article}/deletion/").status_code == 302
    shop.works()
    url = f"{base}/changes/{shop.newest_change().pk}"
    short = client.post(f"{url}/override/", {"reason": "short"})
    assert short.status_code == 422
    assert "at least 10" in short.content.decode()
    assert client.post(f"{url}/override/", {"reason": "The policy is new"}).status_code == 302
    with scope(shop.workspace.pk):
        assert not Article.objects.filter(pk=shop.articles["Returns and refunds"].pk).exists()
    assert "The policy is new" in page(client, f"{base}/")


def test_change_says_what_was_measured_before(client: Client, base: str, shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    case = shop.knows("Do you repair bicycles?")
    with scope(shop.workspace.pk):
        change = change_settings({"forbidden_topics": ["refund"]}, by=shop.author)
    assert change is not None
    shop.works()
    assert "Without the change: 1 as measured" in page(client, f"{base}/changes/{change.pk}/")
    with scope(shop.workspace.pk):
        EvaluationResult.objects.filter(case=case).delete()
    assert "Without the change: as measured" in page(client, f"{base}/changes/{change.pk}/")


def test_voice_and_intents_wait_and_show_what_was_typed(client: Client, base: str, shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    settings = f"/w/{shop.workspace.pk}/settings/ai"
    values = {"voice-tone": "warm", "voice-languages": ["en", "pt", "es", "fr"], "voice-forbidden_topics": "refund"}
    saved = client.post(f"{settings}/assistant/voice/", values)
    assert saved.status_code == 204
    assert "pending" in saved["HX-Trigger"]
    shown = page(client, f"{settings}/assistant/")
    assert "Measuring your change." in shown
    assert ">\nrefund</textarea>" in shown
    shop.works()
    assert "Your change is held." in page(client, f"{settings}/assistant/pending/?target=settings")
    with scope(shop.workspace.pk):
        assert settings_of().forbidden_topics == []
    assert client.post(f"{base}/changes/{shop.newest_change().pk}/discarding/").status_code == 302
    assert "refund</textarea>" not in page(client, f"{settings}/assistant/")
    intent = {"name": "Refund", "description": REFUND, "priority": "0", "minimum_confidence": "50", "error_budget": "5"}
    assert client.post(f"{settings}/intents/", intent).status_code == 302
    assert "New; not in use yet" in page(client, f"{settings}/intents/")
    with scope(shop.workspace.pk):
        assert not Intent.objects.exists()
        assert Change.objects.latest("id").kind == "intent"


@pytest.mark.django_db(transaction=True)
def test_others_see_nothing_of_it(base: str, shop: Shop) -> None:
    with scope(shop.workspace.pk):
        case = add_case(Wanted(REFUND, "en", "person"), by=shop.author)
    other = make_user()
    make_workspace("Another one", other)
    stranger = client_of(other)
    agent = client_of(make_member(shop.workspace, "agent").user)
    for url in (f"{base}/", f"{base}/questions/{case.pk}/", f"{base}/questions/export/"):
        assert stranger.get(url).status_code == 404
        assert agent.get(url).status_code == 403
