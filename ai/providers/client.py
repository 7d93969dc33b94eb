"""One call to a server that speaks OpenAI's API, through the SDK and the safe network, always as a stream."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from ai.providers.contract import ProviderError, Reason
from ai.providers.errors import translated
from core.http.lending import lent_client, within

#: Longest list of models that is read.
_MODELS = 500
#: Longest answer in characters for each token that was allowed: beyond it a server ignores the limit.
_PER_TOKEN = 24


@dataclass(frozen=True, slots=True)
class Server:
    """Where and with which key."""

    base_url: str
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the server is sent, word for word. `options` are the parameters that servers disagree about."""

    model: str
    messages: list[dict[str, str]]
    max_tokens: int
    options: dict[str, Any]
    first_token: float
    total: float


@dataclass(slots=True)
class Answer:
    """What came back. Tokens are None where the server does not count them."""

    text: str = ""
    refusal: str = ""
    finish: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


def ask(
    server: Server, asked: Asked, answer: Answer, *, tick: Callable[[], None], on_text: Callable[[str], None] | None = None
) -> None:
    """One call, which fills `answer` as it comes: where it fails, what came before is there.

    `tick` is called all along and `on_text` with the whole text at each piece; what they raise ends the call. Raises
    ProviderError; `openai.BadRequestError` and `UnprocessableEntityError` come as they are, for the caller to adapt.
    """
    # Closed here and not by the garbage collector: that may come while this very thread holds the connections' lock.
    with within(asked.total, tick=tick), closing(_pieces(server, asked)) as pieces:
        with within(min(asked.first_token, asked.total)):
            is_more = _next(pieces, answer)
        while is_more:
            tick()
            if len(answer.text) > asked.max_tokens * _PER_TOKEN:
                raise ProviderError(Reason.TOO_LARGE, is_permanent=True)
            if on_text is not None:
                on_text(answer.text)
            is_more = _next(pieces, answer)
    if not answer.finish and not answer.text and not answer.refusal:
        raise ProviderError(Reason.MALFORMED, is_permanent=True)


def list_models(server: Server, *, total: float = 10.0) -> list[str]:
    """The ids of the server's models, sorted. Raises ProviderError."""
    with within(total), translated():
        page = _sdk(server).models.list()
        names = [str(one.id) for one in page.data]
    return sorted({name for name in names if 0 < len(name) <= 200})[:_MODELS]


def _next(pieces: Iterator[ChatCompletionChunk], answer: Answer) -> bool:
    """Add the next piece with words in it to the answer; whether there was one."""
    with translated(is_adaptable=True):
        for piece in pieces:
            if _add(piece, answer):
                return True
    return False


def _add(piece: ChatCompletionChunk, answer: Answer) -> bool:
    if piece.usage is not None:
        answer.tokens_in, answer.tokens_out = _count(piece.usage.prompt_tokens), _count(piece.usage.completion_tokens)
    if not piece.choices:
        return False
    choice = piece.choices[0]
    answer.finish = choice.finish_reason or answer.finish
    answer.refusal += choice.delta.refusal or ""
    answer.text += choice.delta.content or ""
    return bool(choice.delta.content)


def _count(tokens: int) -> int:
    """A server's number within what a call can use."""
    return min(max(int(tokens), 0), 10_000_000)


def _pieces(server: Server, asked: Asked) -> Generator[ChatCompletionChunk]:
    """The call is made when the first piece is asked for."""
    call: dict[str, Any] = {"model": asked.model, "messages": asked.messages, **asked.options}
    raw = _sdk(server).chat.completions.with_raw_response.create(**call, stream=True, timeout=asked.total)
    response = raw.http_response
    try:
        if "json" in response.headers.get("content-type", ""):  # a server that knows no streams answers in one piece
            yield _as_piece(json.loads(response.read()))
        else:
            yield from raw.parse()
    finally:
        response.close()


def _as_piece(body: dict[str, Any]) -> ChatCompletionChunk:
    choices = [{"index": 0, "delta": one["message"], "finish_reason": one.get("finish_reason")} for one in body["choices"][:1]]
    return ChatCompletionChunk.construct(
        choices=[Choice.construct(**one | {"delta": ChoiceDelta.construct(**one["delta"])}) for one in choices],
        usage=None if body.get("usage") is None else CompletionUsage.construct(**body["usage"]),
    )


def _sdk(server: Server) -> openai.OpenAI:
    """Made for each call, which costs a millisecond; the connections behind it are kept."""
    return openai.OpenAI(
        api_key=server.key or "none",  # servers of one's own ask for none, but the SDK does
        base_url=server.base_url,
        organization="",
        project="",
        max_retries=0,
        http_client=cast("Any", lent_client()),
    )
