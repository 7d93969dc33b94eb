"""A provider's answer: placeholders out and in, the ledger before the call, shapes, streams and adapting to the server."""

import json
from decimal import Decimal
from unittest.mock import patch

import httpx
import pytest
from pydantic import BaseModel

from ai import gate
from ai.engine.placeholders import Known, Masker
from ai.gate import Closed, ClosedError, Opened, Purpose, Subject
from ai.models import Egress, Provider, ProviderModel, Spend, Switch, Use
from ai.providers import Completion, ProviderError, Reason, Request, Turn
from ai.purposes import Task
from ai.services.switches import switch_off
from conversations.models import Conversation
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers import scripted
from tests.ai.providers.scripted import Scripted, answers, fails, raw, refuses_format, says, streams

pytestmark = pytest.mark.django_db
ADDRESS = "rosa@example.com"


class Verdict(BaseModel):
    can_answer: bool
    text: str = ""


def request(text: str = "Where is my order? I am rosa@example.com", **fields: object) -> Request:
    return Request(Task.SUGGEST, "You help Rosa Lima.", [Turn("user", text)], **{"total": 8.0, "first_token": 4.0, **fields})  # type: ignore[arg-type]


def masker() -> Masker:
    return Masker([Known("PERSON", "Rosa Lima")])


@pytest.fixture
def opened(conversation: Conversation, provider: Provider) -> Opened:
    return gate.enter(Purpose.SUGGEST, Subject.of(conversation))


def complete(opened: Opened, asked: Request | None = None) -> Completion:
    return opened.complete(asked or request(), masker=masker())


def test_personal_data_stay_here_and_come_back_into_the_answer(opened: Opened, server: Scripted) -> None:
    server.replies = [says("Dear <PERSON_1>, we wrote to <EMAIL_1>.", pieces=9)]
    heard: list[str] = []
    found = complete(opened, request(on_text=heard.append))
    assert found == Completion(f"Dear Rosa Lima, we wrote to {ADDRESS}.", None, "small", 100, 20, 140)
    assert heard == sorted(heard, key=len)
    assert all(found.text.startswith(one) for one in heard)
    (call,) = server.calls
    assert [one["content"] for one in call["messages"]] == ["You help <PERSON_1>.", "Where is my order? I am <EMAIL_1>"]
    assert (call["model"], call["stream"], call["max_tokens"]) == ("small", True, 600)
    assert server.requests[0]["headers"]["authorization"] == "Bearer sk-secret-key-1234"
    assert ADDRESS not in json.dumps(server.requests)


def test_the_ledger_holds_the_exact_text_before_it_leaves(opened: Opened, server: Scripted) -> None:
    seen: list[tuple[str, str]] = []

    def reply(handler: scripted.Handler, body: dict[str, object]) -> None:
        seen.append((Use.PENDING, json.dumps(body["messages"])))
        says("Done.")(handler, body)

    def look(_text: str) -> None:
        with scope(opened.subject.workspace_id):
            use = Use.objects.select_related("egress").get()
            seen.append((use.outcome, json.dumps(use.egress.text)))

    server.replies = [reply]
    complete(opened, request(on_text=look))
    assert len(set(seen)) == 1
    with scope(opened.subject.workspace_id):
        use = Use.objects.get()
        assert (use.outcome, use.task, use.model, use.host) == ("ok", "suggest", "small", "127.0.0.1")
        assert (use.tokens_in, use.tokens_out, use.cost_micros, use.contact_id) == (100, 20, 140, opened.subject.contact_id)
        assert Egress.objects.get().key_id == use.contact.key_id  # type: ignore[union-attr]  # the line before found it
        spend = Spend.objects.get()
        assert (spend.spent_micros, spend.reserved_micros, spend.uses, spend.unpriced) == (140, 0, 1, 0)
    assert Decimal(use.cost_micros or 0) / 1_000_000 == Decimal("0.00014")


def test_an_invented_placeholder_is_refused(opened: Opened, server: Scripted) -> None:
    server.replies = [says("Call <PHONE_1> or write to <EMAIL_1>.")]
    with pytest.raises(ProviderError) as caught:
        complete(opened)
    assert caught.value.reason == Reason.INVENTED


def test_what_people_type_as_a_placeholder_opens_nobody_elses_data(opened: Opened, server: Scripted) -> None:
    server.replies = [says("You wrote <TEXT_1>.")]
    assert complete(opened, request("Tell me <PERSON_1> and <EMAIL_1>")).text == "You wrote <PERSON_1>."


@pytest.mark.parametrize(
    ("refused", "told", "kept"),
    [((), False, "json_schema"), (("json_schema",), True, "json_object"), (("json_schema", "json_object"), True, "text")],
)
def test_a_shape_is_asked_for_as_the_server_knows_it(
    opened: Opened, server: Scripted, refused: tuple[str, ...], told: bool, kept: str
) -> None:
    text = (
        '```json\n{"can_answer": true, "text": "Write to <EMAIL_1>"}\n```'
        if kept == "text"
        else '{"can_answer": true, "text": "<EMAIL_1>"}'
    )
    server.default = refuses_format(*refused, then=says(text))
    found = complete(opened, request(schema=Verdict))
    assert isinstance(found.data, Verdict)
    assert found.data.can_answer
    assert ADDRESS in found.data.text
    last = server.calls[-1]
    assert ("JSON schema" in last["messages"][0]["content"]) is told
    assert len(server.calls) == len(refused) + 1
    with scope(opened.subject.workspace_id):
        assert ProviderModel.objects.get().structure == kept
    complete(opened, request(schema=Verdict))
    assert len(server.calls) == len(refused) + 2


def test_a_strict_schema_asks_for_every_property_and_no_other(opened: Opened, server: Scripted) -> None:
    server.replies = [says('{"can_answer": false, "text": ""}')]
    complete(opened, request(schema=Verdict))
    asked = server.calls[0]["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert asked["schema"] == {
        "type": "object",
        "properties": {"can_answer": {"type": "boolean"}, "text": {"type": "string"}},
        "required": ["can_answer", "text"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("param", "gone", "come"),
    [
        ("max_tokens", "max_tokens", "max_completion_tokens"),
        ("temperature", "temperature", None),
        ("stream_options", "stream_options", None),
    ],
)
def test_a_parameter_that_the_server_refuses_is_left_out(
    opened: Opened, server: Scripted, param: str, gone: str, come: str | None
) -> None:
    server.replies = [fails(400, f"Unsupported parameter: '{param}'", param=param), says("Hello.")]
    assert complete(opened).text == "Hello."
    assert gone in server.calls[0]
    assert gone not in server.calls[1]
    assert come is None or server.calls[1][come] == 600


def test_a_server_without_streams_answers_in_one_piece(opened: Opened, server: Scripted) -> None:
    server.replies = [answers("Hello <PERSON_1>.")]
    assert complete(opened) == Completion("Hello Rosa Lima.", None, "small", 100, 20, 140)


def test_what_the_server_does_not_count_is_estimated(opened: Opened, server: Scripted) -> None:
    server.replies = [says("x" * 300, usage=None)]
    found = complete(opened)
    assert (found.tokens_in, found.tokens_out) == (18, 100)
    assert found.cost_micros == 218


def test_whatever_a_server_does_has_a_reason_and_words(opened: Opened, server: Scripted) -> None:
    cases: list[tuple[scripted.Reply, Reason, bool]] = [
        (fails(401), Reason.KEY, True),
        (fails(403), Reason.KEY, True),
        (fails(402), Reason.CREDIT, True),
        (fails(429, "You exceeded your current quota", code="insufficient_quota"), Reason.CREDIT, True),
        (fails(404, "The model does not exist"), Reason.MODEL, True),
        (fails(400, "The model `x` does not exist"), Reason.MODEL, True),
        (fails(400, "maximum context length is 4096 tokens", code="context_length_exceeded"), Reason.TOO_LONG, True),
        (fails(400, "blocked", code="content_filter"), Reason.FILTERED, True),
        (fails(400, "who knows"), Reason.REQUEST, True),
        (says("Half", finish="length"), Reason.TRUNCATED, True),
        (says("Half", finish=None), Reason.TRUNCATED, True),
        (says("Hm", finish="content_filter"), Reason.FILTERED, True),
        (says("", refusal="I will not."), Reason.REFUSED, True),
        (says(""), Reason.MALFORMED, True),
        (raw(b"<html>Bad gateway</html>", kind="text/html"), Reason.MALFORMED, True),
        (raw(b'{"choices": 3}'), Reason.MALFORMED, True),
        (raw(b'{"choices": [{"message": {"content": "x'), Reason.MALFORMED, True),
        (streams('{"choices": [{"delta": {"content": "x"'), Reason.MALFORMED, True),
        (streams({"choices": "?"}), Reason.MALFORMED, True),
        (streams({"error": {"message": "overloaded"}}), Reason.DOWN, False),
        (raw(b"x" * (6 * 1024 * 1024)), Reason.TOO_LARGE, True),
        (says("ha " * 20_000), Reason.TOO_LARGE, True),
        (raw(b"", status=302, headers={"location": "http://169.254.169.254/"}), Reason.ADDRESS, True),
        (raw(b"{}", headers={"content-encoding": "gzip"}), Reason.DOWN, False),
    ]
    for number, (reply, reason, is_permanent) in enumerate(cases):
        server.default = reply
        with pytest.raises(ProviderError) as caught:
            complete(opened, request(total=2.5))
        assert (number, caught.value.reason, caught.value.is_permanent) == (number, reason, is_permanent)
        assert len(caught.value.words) > 20
        with scope(opened.subject.workspace_id):
            use = Use.objects.latest("id")
            assert (use.outcome, use.settled_at is None) == (reason.value, False)
            assert Spend.objects.get().reserved_micros == 0


def test_an_answer_in_another_shape_is_malformed(opened: Opened, server: Scripted) -> None:
    for text in ('{"can_answer": "perhaps so"}', "I would rather not.", "{" * 5000):
        server.replies = [says(text)]
        with pytest.raises(ProviderError) as caught:
            complete(opened, request(schema=Verdict))
        assert caught.value.reason == Reason.MALFORMED


def test_what_was_turned_away_is_tried_again_and_what_was_answered_is_not(opened: Opened, server: Scripted) -> None:
    server.replies = [fails(503), fails(429, headers={"retry-after": "1"}), says("Now.")]
    assert complete(opened).text == "Now."
    assert len(server.calls) == 3
    server.replies = [streams(scripted.piece({"content": "Half"}), {"error": {"message": "overloaded"}}), says("Twice?")]
    with pytest.raises(ProviderError):
        complete(opened)
    assert len(server.calls) == 4


def test_a_long_wait_that_the_server_asks_for_is_told_not_waited(opened: Opened, server: Scripted) -> None:
    server.default = fails(429, headers={"retry-after": "120"})
    with pytest.raises(ProviderError) as caught:
        complete(opened)
    assert (caught.value.reason, caught.value.retry_after, len(server.calls)) == (Reason.RATE, 120.0, 1)


@pytest.mark.parametrize(
    "reply",
    [says("Late", before=3.0), says("one two three four", between=0.8)],
    ids=["first token late", "whole too slow"],
)
def test_there_is_a_deadline_on_the_first_token_and_on_the_whole(opened: Opened, server: Scripted, reply: scripted.Reply) -> None:
    server.default = reply
    with pytest.raises(ProviderError) as caught:
        complete(opened, request(first_token=1.0, total=2.0))
    assert caught.value.reason == Reason.TIME
    assert len(server.calls) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("before", "between"), [(8.0, 0.0), (0.0, 1.0)], ids=["before the first word", "between words"])
def test_switching_off_ends_a_call_in_flight(opened: Opened, server: Scripted, before: float, between: float) -> None:
    import threading
    import time

    def off() -> None:
        from django.db import connections

        with scope(opened.subject.workspace_id):
            switch_off(Switch.Level.WORKSPACE, None, actor=Actor.system())
        connections.close_all()

    server.default = says("a b c d e f g h", pieces=8, before=before, between=between)
    timer = threading.Timer(0.5, off)
    started = time.monotonic()
    timer.start()
    with pytest.raises(ClosedError) as caught:
        complete(opened, request(total=20.0, first_token=10.0))
    timer.join()
    assert caught.value.reason == Closed.WORKSPACE
    assert time.monotonic() - started < 5
    with scope(opened.subject.workspace_id):
        assert Use.objects.get().outcome == "closed_workspace"


def test_without_a_provider_the_gate_says_so(conversation: Conversation) -> None:
    opened = gate.enter(Purpose.SUGGEST, Subject.of(conversation))
    assert not opened.has_provider(Task.SUGGEST)
    with pytest.raises(ClosedError) as caught:
        complete(opened)
    assert caught.value.reason == Closed.NO_PROVIDER


def test_no_provider_is_called_inside_a_scope(opened: Opened, server: Scripted) -> None:
    with scope(opened.subject.workspace_id), pytest.raises(RuntimeError, match="never called inside a scope"):
        complete(opened)
    assert server.calls == []


def test_a_private_address_is_not_reached(opened: Opened, server: Scripted) -> None:
    with scope(opened.subject.workspace_id):
        Provider.objects.update(base_url="http://169.254.169.254/v1")
    with pytest.raises(ProviderError) as caught:
        complete(opened)
    assert caught.value.reason == Reason.ADDRESS


def test_call_that_failed_leaves_nothing_to_the_garbage_collector(opened: Opened, server: Scripted) -> None:
    """A response that it closes while the same thread takes a connection waits for itself for ever."""
    server.default = says("ha " * 20_000)
    with patch.object(httpx.Response, "close", autospec=True, side_effect=httpx.Response.close) as close:
        with pytest.raises(ProviderError) as caught:
            complete(opened)
        # What was raised still holds the call's frames.
        assert (caught.value.reason, close.called) == (Reason.TOO_LARGE, True)
