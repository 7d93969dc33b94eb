"""The AI's worker is killed in the middle of an answer, as a container is killed: the answer goes out once, by the next one."""

import json
import os
import time
from collections.abc import Callable, Iterator

import pytest

from accounts.models import Workspace
from ai.models import InboxAi, Turn, Use
from ai.services.embedding import embed_waiting
from ai.services.settings import save_inbox_ai, save_settings
from conversations.models import Inbox, Message
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers import scripted
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, says
from tests.ai.replies.desk import ARTICLES
from tests.factories import make_inbox, make_user, make_workspace, receive
from tests.harness.stack import Stack
from tests.knowledge.making import make_document

pytestmark = pytest.mark.drill

GOOD = "Your refund arrives on your card within 5 to 7 business days after we have received the parcel."
DRAFTED = json.dumps({"can_answer": True, "sentences": [{"text": GOOD, "source": 0}]})
#: The lease of a dead worker, and loading the models on a busy machine.
PATIENCE = 180.0


@pytest.fixture(scope="module")
def slow_model() -> Iterator[Scripted]:
    with scripted.running() as found:
        yield found


@pytest.fixture
def workers(stack: Stack, slow_model: Scripted) -> Iterator[Stack]:
    """Everything but the AI's worker runs; that one may call the scripted provider."""
    stack.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", json.dumps([slow_model.place]))
        yield stack
        stack.kill("ai")


@pytest.fixture
def shop(workers: Stack, slow_model: Scripted) -> tuple[Workspace, Inbox]:
    workspace = make_workspace("Terra & Glaze", make_user("Ana Souza"))
    with scope(workspace.pk):
        inbox = make_inbox(allowed_origins=[workers.web_url])
        for title, text in ARTICLES.items():
            make_document(title, text)
        save_settings({"assistant_name": "Mina"}, actor=Actor.system())
        save_inbox_ai(inbox, {"mode": InboxAi.Mode.AUTO, "stage": InboxAi.Stage.ALL}, actor=Actor.system())
    embed_waiting(workspace.pk)
    set_up(workspace, slow_model)
    return workspace, inbox


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not happen in time."
        time.sleep(0.1)


def answers(workspace: Workspace) -> list[str]:
    with scope(workspace.pk):
        return [one.body for one in Message.objects.filter(is_ai=True, kind="outbound").order_by("seq")]


def test_an_answer_survives_its_worker_and_goes_out_once(
    workers: Stack, shop: tuple[Workspace, Inbox], slow_model: Scripted
) -> None:
    workspace, inbox = shop
    slow_model.default = says(DRAFTED, before=6.0)
    workers.start("ai")
    with scope(workspace.pk):
        conversation = receive(inbox, "How long does a refund take?").conversation
    until(lambda: bool(slow_model.calls), "The provider's call")
    workers.kill("ai")
    assert answers(workspace) == []
    workers.start("ai")
    until(lambda: bool(answers(workspace)), "The answer")
    until(lambda: _is_done(workspace), "The end of the turn")
    time.sleep(8)  # longer than the provider takes: a second answer would have come by now
    found = answers(workspace)
    assert len(found) == 1
    assert "5 to 7 business days" in found[0]
    assert len(slow_model.calls) == 2
    with scope(workspace.pk):
        assert Message.objects.filter(conversation=conversation, kind="outbound").count() == 1
        # What the dead worker had begun stays in the books until they are closed for it.
        assert Use.objects.filter(outcome=Use.PENDING).count() == 1


def _is_done(workspace: Workspace) -> bool:
    with scope(workspace.pk):
        turn = Turn.objects.get()
        return turn.due_at is None and turn.done_seq > 0
