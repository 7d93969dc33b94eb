"""Pages of what is learned: models by kind, moods that agents correct, articles that were proposed, intents, and trying out."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User, Workspace
from ai.models import Assist, Change, FeedbackEvent, GoldenCase, InboxAi, Intent, ModelVersion, Proposal, Reading, Training
from ai.services import promoting
from ai.services.assist_running import run
from ai.services.assisting import finish
from ai.services.drafting import propose_by_hand
from ai.services.settings import save_inbox_ai
from conversations.models import Conversation, Inbox, Label, Message
from conversations.services.replies import send_reply
from core.audit import Actor
from core.ids import new_id
from core.tenancy import scope
from knowledge.models import Article, Gap
from knowledge.services.gaps import note_unanswered
from tests.factories import make_conversation, make_inbox, make_member, make_user, make_workspace, receive

pytestmark = pytest.mark.django_db
ANSWER = "Yes, we engrave up to three letters on every teapot."


@pytest.fixture
def owner() -> User:
    return make_user("Kwame Mensah")


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
def client(owner: User) -> Client:
    return client_of(owner)


@pytest.fixture
def base(workspace: Workspace) -> str:
    return f"/w/{workspace.pk}"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def candidate(task: str, verdict: str, **figures: Any) -> ModelVersion:
    """In the scope: a version as the training process hands it in."""
    one: dict[str, Any] = {"accuracy": 0.5, "ece": None, "auroc": None, "recalls": {}, "sent": None, "sent_wrong": None}
    judgement = {
        "verdict": verdict, "held_out": 60, "outside": 0, "gain": 0.3, "lower_bound": 0.1, "champion": one,
        "candidate": {**one, **figures}, "confusion": [["negative", "neutral", 4]] if task == "mood" else [],
    }  # fmt: skip
    found = {"manifest": "{}", "arrays": "AAAA", "dataset": "0" * 64, "judgement": judgement}
    return promoting.keep_candidate(task, found, [], None)


def test_each_kind_has_its_page_with_data_figures_and_history(
    client: Client, base: str, workspace: Workspace, conversation: Conversation
) -> None:
    with scope(workspace.pk):
        mood = candidate("mood", "better", accuracy=0.8, ece=0.05, recalls={"negative": 0.75})
        reply = candidate("reply", "precision", accuracy=0.9, sent=20, sent_wrong=3)
        message = conversation.messages.get()
        for correction in ("negative", "negative", "positive"):
            FeedbackEvent.objects.create(
                task="mood", message=message, conversation=conversation, contact=conversation.contact, model="lexicon",
                prediction="neutral", correction=correction, source="corrected", language="pt",
            )  # fmt: skip
    page = text(client, f"{base}/settings/ai/models/?kind=mood")
    for words in ("<b data-lessons>3</b>", "247 more", "Unhappy</dt><dd>2", "Português</dt><dd>3", "Model 1 is in use", "80.0 %"):
        assert words in page
    assert "No learned model is in use" in text(client, f"{base}/settings/ai/models/")
    assert "No learned model is in use" in text(client, f"{base}/settings/ai/models/?kind=nonsense")
    shown = text(client, f"{base}/settings/ai/models/{mood.pk}/")
    for words in ("Mood by mood", "75.0 %", "“Unhappy” taken for “Neutral”", "+30.0"):
        assert words in shown
    assert "AUROC" not in shown
    gate = text(client, f"{base}/settings/ai/models/{reply.pk}/")
    for words in ("Would go out by themselves", "… of those, not wanted", "would not be wanted", "hundredths"):
        assert words in gate


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "A candidate will be trained in a moment"),
        ("running", "A candidate is being trained"),
        ("too_little", "too few lessons"),
        ("stopped", "Learning was switched off"),
        ("failed", "no lesson is lost"),
        ("done", ""),
    ],
)
def test_training_is_seen_until_it_has_ended_and_why_nothing_came_of_it(
    client: Client, base: str, workspace: Workspace, conversation: Conversation, state: str, words: str
) -> None:
    now, is_open = timezone.now(), state in ("waiting", "running")
    with scope(workspace.pk):
        FeedbackEvent.objects.create(
            task="mood", message=conversation.messages.get(), conversation=conversation, contact=conversation.contact,
            model="lexicon", prediction="neutral", correction="negative", source="corrected", language="pt",
        )  # fmt: skip
        began = None if state == "waiting" else now
        Training.objects.create(task="mood", state=state, asked_at=now, began_at=began, ended_at=None if is_open else now)
    page = text(client, f"{base}/settings/ai/models/?kind=mood")
    assert words in page
    assert ("The last training made no candidate" in page) == (state in ("too_little", "stopped", "failed"))
    assert ("Train now" in page) != is_open
    assert "A candidate" not in text(client, f"{base}/settings/ai/models/?kind=reply")


def test_candidate_that_is_measured_or_held_says_so(client: Client, base: str, workspace: Workspace) -> None:
    with scope(workspace.pk):
        GoldenCase.objects.create(question="Can I return it?", language="en", expected="person")
        version = candidate("mood", "better", accuracy=0.8)
    page = text(client, f"{base}/settings/ai/models/?kind=mood")
    for words in ("No learned model is in use", "Being measured: Learned model put to use (Mood, model 1).", "Measured first"):
        assert words in page
    assert "Being measured" not in text(client, f"{base}/settings/ai/models/?kind=reply")
    with scope(workspace.pk):
        Change.objects.update(state="held", why="worse")
        change = Change.objects.get()
    page = text(client, f"{base}/settings/ai/models/?kind=mood")
    assert "Held: Learned model put to use (Mood, model 1)." in page
    shown = text(client, f"{base}/settings/ai/evaluation/changes/{change.pk}/")
    assert "Chatzee, by itself" in shown
    assert client.post(f"{base}/settings/ai/evaluation/changes/{change.pk}/discarding/").status_code == 302
    with scope(workspace.pk):
        version.refresh_from_db()
        assert version.state == "rejected"
    assert "Better on lessons; discarded" in text(client, f"{base}/settings/ai/models/?kind=mood")


def test_one_kind_is_rolled_back_and_the_others_stay(client: Client, base: str, workspace: Workspace) -> None:
    with scope(workspace.pk):
        for task in ("mood", "priority"):
            candidate(task, "better")
    response = client.post(f"{base}/settings/ai/models/rollback/", {"kind": "priority"})
    assert (response.status_code, response["Location"]) == (302, f"{base}/settings/ai/models/?kind=priority")
    with scope(workspace.pk):
        assert dict(ModelVersion.objects.values_list("task", "state")) == {"mood": "live", "priority": "rolled_back"}
    assert client.post(f"{base}/settings/ai/models/training/", {"kind": "mood"})["Location"].endswith("?kind=mood")


def test_mood_and_intent_that_nothing_measured_say_no_number(
    client: Client, base: str, workspace: Workspace, conversation: Conversation
) -> None:
    with scope(workspace.pk):
        message = conversation.messages.get()
        intent = Intent.objects.create(name="Where is it")
        Reading.objects.create(
            message=message, conversation=conversation, seq=message.seq, language="en", model="embedded/names", mood_score=-0.1,
            mood="negative", intent=intent, intent_name="Where is it", intent_probability=0.83, is_in_scope=True,
            runner_up="Refund", why={"intent": {"runner_up_probability": 0.12}},
        )  # fmt: skip
    beside = text(client, f"{base}/conversations/{conversation.number}/ai/understanding/")
    assert ('<span class="meta">likely</span>' in beside, '<span class="meta">unsure</span>' in beside) == (True, True)
    assert ("Refund" in beside, " %" in beside) == (True, False)


def test_an_agent_corrects_a_mood(client: Client, base: str, workspace: Workspace, conversation: Conversation) -> None:
    with scope(workspace.pk):
        message = conversation.messages.get()
        reading = Reading.objects.create(
            message=message, conversation=conversation, seq=message.seq, language="pt", model="engine/names",
            why={"models": {"mood": "moods-2"}, "chances": {"mood": 0.83}},
        )  # fmt: skip
    here = f"{base}/conversations/{conversation.number}/ai"
    beside = text(client, f"{here}/understanding/")
    assert 'aria-label="Mood of the message"' in beside
    assert "83 %" in beside
    assert "moods-2" in beside
    assert client.post(f"{here}/mood/", {"reading": str(reading.pk), "mood": "furious"}).status_code == 422
    page = client.post(f"{here}/mood/", {"reading": str(reading.pk), "mood": "negative"}).content.decode()
    assert '<option value="negative" selected>' in page
    with scope(workspace.pk):
        assert list(FeedbackEvent.objects.values_list("task", "model", "prediction", "correction", "source", "score")) == [
            ("mood", "moods-2", "neutral", "negative", "corrected", 0.83)
        ]
    viewer = client_of(make_member(workspace, "viewer").user)
    assert viewer.post(f"{here}/mood/", {"reading": str(reading.pk), "mood": "neutral"}).status_code in {403, 404}


def answered(conversation: Conversation, owner: User) -> Message:
    note_unanswered("Do you engrave teapots?", conversation_id=conversation.pk, language="en", reason="no_evidence")
    return send_reply(conversation, body=ANSWER, author=owner, idempotency_key=new_id())


def test_an_answer_is_proposed_read_and_published(
    client: Client, base: str, workspace: Workspace, conversation: Conversation, owner: User
) -> None:
    assert "No proposals" in text(client, f"{base}/knowledge/proposed/")
    with scope(workspace.pk):
        message = answered(conversation, owner)
    assert f"ai/proposals/{message.pk}/" in text(client, f"{base}/conversations/{conversation.number}/")
    response = client.post(f"{base}/conversations/{conversation.number}/ai/proposals/{message.pk}/")
    assert json.loads(response["HX-Trigger"])["toast"]["tone"] == "good"
    page = text(client, f"{base}/knowledge/proposed/")
    for words in (ANSWER, "proposed by Kwame Mensah", f">#{conversation.number}</a>", "Publish", "Decline"):
        assert words in page
    with scope(workspace.pk):
        article = Article.objects.get()
    assert client.post(f"{base}/knowledge/articles/{article.number}/state/", {"state": "published"}).status_code == 302
    assert "No proposals" in text(client, f"{base}/knowledge/proposed/")
    with scope(workspace.pk):
        assert (Article.objects.get().state, Gap.objects.get().state) == ("published", "closed")
    assert client.post(f"{base}/knowledge/proposed/{article.number}/refusal/").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_proposal_is_declined_and_taken_up_again(
    client: Client, base: str, workspace: Workspace, conversation: Conversation, owner: User
) -> None:
    with scope(workspace.pk):
        message = Message.objects.select_related("conversation__contact", "author_user").get(pk=answered(conversation, owner).pk)
        article = propose_by_hand(message, by=owner)
    here = f"{base}/knowledge/proposed/{article.number}/refusal/"
    declined = client.post(here)
    assert "No proposals" in text(client, f"{base}/knowledge/proposed/")
    client.post(json.loads(declined["HX-Trigger"])["toast"]["undo_url"])
    assert ANSWER in text(client, f"{base}/knowledge/proposed/")
    agent = client_of(make_member(workspace, "agent").user)
    assert agent.post(here).status_code == 403
    # An agent who is in none of the inboxes sees the proposal, and not the conversation that it comes from.
    assert f">#{conversation.number}</a>" not in text(agent, f"{base}/knowledge/proposed/")
    assert agent.post(f"{base}/conversations/{conversation.number}/ai/proposals/{message.pk}/").status_code == 404


def test_intents_are_made_changed_and_deleted(client: Client, base: str, workspace: Workspace) -> None:
    here = f"{base}/settings/ai/intents/"
    with scope(workspace.pk):
        label = Label.objects.create(name="Money")
    values = {
        "name": "Refund", "description": "I want my money back", "priority": "3", "label": str(label.pk), "team": "",
        "minimum_confidence": "70", "error_budget": "5", "may_be_automatic": "on",
    }  # fmt: skip
    assert client.post(here, values).status_code == 302
    refused = client.post(here, values)
    assert refused.status_code == 422
    assert "There is an intent of this name already." in refused.content.decode()
    assert client.post(here, {**values, "name": "Other", "minimum_confidence": "170"}).status_code == 422
    with scope(workspace.pk):
        intent = Intent.objects.get()
        assert (intent.priority, intent.minimum_confidence, intent.error_budget, intent.label) == (3, 0.7, 0.05, label)
        conversation = make_conversation(make_inbox(), name="Rosa")
        for verdict in ("right", "right", "right", "wrong", "wrong"):
            Proposal.objects.create(conversation=conversation, purpose="answer", state="sent", intent=intent, review=verdict)
    page = text(client, here)
    assert "Refund" in page
    assert "2" in page
    edit = text(client, f"{here}{intent.pk}/")
    assert 'value="70"' in edit
    assert client.post(f"{here}{intent.pk}/", {"delete": "1"}).status_code == 302
    with scope(workspace.pk):
        assert not Intent.objects.exists()
    agent = client_of(make_member(workspace, "agent").user)
    assert agent.get(here).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_question_is_tried_out_and_its_way_shown(client: Client, base: str, workspace: Workspace, inbox: Inbox) -> None:
    here = f"{base}/settings/ai/try/"
    assert "Try" in text(client, here)
    refused = client.post(f"{here}trials/", {"inbox": inbox.key, "text": "  "})
    assert (refused.status_code, refused.json()["message"]) == (422, "Write a question first.")
    waiting = client.post(f"{here}trials/", {"inbox": inbox.key, "text": "I want to talk to a human"})
    assert waiting.status_code == 200
    with scope(workspace.pk):
        assist = Assist.objects.get()
    run(workspace.pk, assist.pk)
    page = text(client, f"{here}trials/{assist.pk}/")
    assert "Hands over to a person" in page
    assert "Asked for a person" in page
    other = client_of(make_member(workspace, "admin").user)
    assert other.get(f"{here}trials/{assist.pk}/").status_code == 404


def test_a_failed_try_out_says_why(client: Client, base: str, workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        assist = Assist.objects.create(user=owner, kind="try", request={"inbox": str(inbox.pk), "text": "Hello"})
        finish(assist, {}, error="budget")
    assert "budget" in text(client, f"{base}/settings/ai/try/trials/{assist.pk}/")


def test_what_stayed_in_the_shadow_is_compared_and_judged_and_the_inbox_goes_on(
    client: Client, base: str, workspace: Workspace, inbox: Inbox
) -> None:
    with scope(workspace.pk):
        save_inbox_ai(inbox, {"mode": InboxAi.Mode.AUTO, "stage": InboxAi.Stage.SHADOW}, actor=Actor.system())
        talk = receive(inbox, "How long does a refund take?", name="Rosa").conversation
        shadow = Proposal.objects.create(
            conversation=talk, purpose="answer", state="shadow", from_seq=1, to_seq=1, text="Within a week."
        )
    here = f"{base}/settings/ai/try/"
    page = text(client, f"{here}?inbox={inbox.pk}")
    for words in ("How long does a refund take?", "Within a week."):
        assert words in page
    assert client.post(f"{here}verdicts/{shadow.pk}/", {"review": "right"}).status_code == 204
    assert client.post(f"{here}verdicts/{shadow.pk}/", {"review": "perhaps"}).status_code == 422
    with scope(workspace.pk):
        shadow.refresh_from_db()
        assert shadow.review == "right"
        assert FeedbackEvent.objects.get().correction == "used"
    moved = client.post(f"{here}stage/{inbox.pk}/", {"stage": "share"})
    assert moved["Location"].endswith(f"?inbox={inbox.pk}")
    with scope(workspace.pk):
        assert InboxAi.objects.get().stage == "share"
    client.post(f"{here}stage/{inbox.pk}/", {"stage": "everything"})
    with scope(workspace.pk):
        assert InboxAi.objects.get().stage == "share"
