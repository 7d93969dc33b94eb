"""The demo workspace: which inboxes it has depends on which platforms are emulated."""

from uuid import UUID

import pytest

from ai.models import Evaluation, EvaluationResult
from ai.services.changes import evaluate
from channels_app.models import InboxHealth
from chatzee.env import env
from conversations.models import Inbox
from core.tenancy import scope
from dashboard.demo import inboxes, mailbox
from dashboard.demo.load import load_demo

pytestmark = pytest.mark.django_db(transaction=True)

EMULATOR = "http://127.0.0.1:9/"


def test_demo_has_an_inbox_on_every_emulated_platform_and_on_no_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    emulated = dict.fromkeys(["telegram_api_url", "meta_graph_url", "instagram_graph_url"], EMULATOR)
    places = {**emulated, "twilio_api_url": "https://api.twilio.com", "demo_mail": "127.0.0.1:1025:1143"}
    for module in (inboxes, mailbox):
        monkeypatch.setattr(module, "env", env.model_copy(update=places))
    workspace = load_demo()
    with scope(workspace.pk):
        made = {one.channel: one.members.count() for one in Inbox.objects.all()}
        agents = dict.fromkeys(["telegram", "email", "whatsapp", "messenger", "instagram"], 3)
        assert made == {**agents, "website": 4}  # one of them reads and does not answer
        asked = InboxHealth.objects.exclude(connecting_since=None).values_list("inbox__channel", flat=True)
        assert set(asked) == set(made) - {"website"}
        assert Inbox.objects.get(channel="messenger").settings["token"]


def measurement(workspace_id: UUID) -> Evaluation:
    """The one measurement, as it stands."""
    with scope(workspace_id):
        return Evaluation.objects.get()


def test_demo_is_measured_by_its_own_customers_questions() -> None:
    workspace = load_demo()
    with scope(workspace.pk):
        waiting = Evaluation.objects.get()
        assert (waiting.state, waiting.done) == ("waiting", 0)
        assert not EvaluationResult.objects.exists()
    while (measured := measurement(workspace.pk)).state != "done":
        evaluate(workspace.pk, measured.pk)
    assert {name: measured.figures[name] for name in ("asked", "wrong", "left")} == {"asked": 13, "wrong": 0, "left": 4}
    assert measured.figures["right"] >= 5
