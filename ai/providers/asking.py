"""Asking until there is an answer or no time: adapting to what a server knows, and trying again where that does no harm."""

import random
import time
from collections.abc import Callable
from typing import Any

import openai

from ai.providers import structure
from ai.providers.client import Answer, Asked, Server, ask
from ai.providers.contract import ProviderError, Reason, Request
from ai.providers.errors import of_status, refused_parameter

#: Tries of one request in all, and seconds before the second; each wait is twice the one before.
_TRIES, _FIRST_WAIT = 3, 0.5
#: Only these were surely not answered, and so not billed: the server turned them away.
_SAFE_TO_REPEAT = frozenset({Reason.RATE, Reason.DOWN})
#: Nothing useful comes back in less.
_SHORTEST = 1.0

#: What servers were found to refuse, by address and model, as long as this process lives.
_quirks: dict[tuple[str, str], frozenset[str]] = {}


def ask_until(
    server: Server,
    model: str,
    request: Request,
    *,
    way: str,
    answer: Answer,
    tick: Callable[[], None],
    on_text: Callable[[str], None] | None = None,
) -> str:
    """Ask within `request.total` seconds and fill `answer`. `request` holds masked texts; `way` is the structure to begin with,
    and what comes back the one that the server knows.

    Raises ProviderError, and whatever `tick` and `on_text` raise. A call that was answered, even in part, is never repeated.
    """
    ends = time.monotonic() + request.total
    tries = 0
    while True:
        tick()
        try:
            ask(server, _asked(server, model, request, way, ends), answer, tick=tick, on_text=on_text)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            way = _adapted(server, model, request, way, error)
            continue
        except ProviderError as error:
            tries += 1
            if answer.text:
                raise
            _wait(error, tries, ends, tick)
            continue
        _check(answer)
        return way


def _asked(server: Server, model: str, request: Request, way: str, ends: float) -> Asked:
    left = ends - time.monotonic()
    if left < _SHORTEST:
        raise ProviderError(Reason.TIME, is_permanent=False)
    quirks = _quirks.get((server.base_url, model), frozenset())
    options: dict[str, Any] = {}
    options["max_completion_tokens" if "max_tokens" in quirks else "max_tokens"] = request.max_tokens
    if "temperature" not in quirks:
        options["temperature"] = request.temperature
    if "stream_options" not in quirks:
        options["stream_options"] = {"include_usage": True}
    system = request.system
    if request.schema is not None:
        system += structure.told_in_words(request.schema, way)
        if (wanted := structure.response_format(request.schema, way)) is not None:
            options["response_format"] = wanted
    messages = [{"role": "system", "content": system}, *({"role": one.role, "content": one.content} for one in request.turns)]
    return Asked(model, messages, request.max_tokens, options, request.first_token, left)


def _adapted(server: Server, model: str, request: Request, way: str, error: openai.APIStatusError) -> str:
    """The way to ask next, after a 400; raises ProviderError when there is none. A refused request was not answered."""
    refused = refused_parameter(error)
    if refused in {"max_tokens", "temperature", "stream_options"}:
        known = _quirks.get((server.base_url, model), frozenset())
        if refused not in known:
            _quirks[server.base_url, model] = known | {refused}
            return way
    found = of_status(error)
    if request.schema is not None and way in structure.LESSER and found.reason == Reason.REQUEST:
        return structure.LESSER[way]
    raise found


def _wait(error: ProviderError, tries: int, ends: float, tick: Callable[[], None]) -> None:
    """Sleep before the next try, asking the gate meanwhile; raise the error where there is none."""
    seconds = _FIRST_WAIT * 2 ** (tries - 1) * random.uniform(0.75, 1.25)  # noqa: S311  # spreads load, keeps no secret
    seconds = max(seconds, error.retry_after or 0.0)
    is_over = tries >= _TRIES or time.monotonic() + seconds > ends - _SHORTEST
    if error.is_permanent or error.reason not in _SAFE_TO_REPEAT or is_over:
        raise error
    wakes = time.monotonic() + seconds
    while (left := wakes - time.monotonic()) > 0:
        time.sleep(min(left, 1.0))
        tick()


def _check(answer: Answer) -> None:
    """Refuse an answer that is none, or only a part of one."""
    reasons = {"length": Reason.TRUNCATED, "content_filter": Reason.FILTERED}
    if answer.refusal:
        raise ProviderError(Reason.REFUSED, is_permanent=True)
    if answer.finish in reasons:
        raise ProviderError(reasons[answer.finish], is_permanent=True)
    if not answer.text.strip():
        raise ProviderError(Reason.MALFORMED, is_permanent=True)
    if answer.finish not in {"stop", "eos", "end_turn", "complete"}:
        raise ProviderError(Reason.TRUNCATED, is_permanent=True)
