"""One use of a provider's model: gate, placeholders, budget, ledger, call, placeholders back, gate again."""

import time
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from accounts.models import Workspace
from ai.models import ProviderModel, Use
from ai.providers import structure
from ai.providers.contract import Completion, ProviderError, Reason, Request
from ai.purposes import Closed, ClosedError
from ai.services.providers import Chosen, model_by, model_for
from ai.services.spending import cost_of, reserve
from ai.services.uses import begin_use, settle_use
from core.tenancy import is_scoped, scope

if TYPE_CHECKING:
    from ai.engine.placeholders import Masker
    from ai.gate import Opened
    from ai.providers.client import Answer

#: Seconds between two looks for a place among the workspace's calls, and between two looks at the gate.
_LOOK, _ASK_AGAIN = 0.25, 1.0
#: No tokeniser makes more of a text than one token for this many bytes, but for the rarest.
_BYTES_A_TOKEN = 2
#: What was surely not answered costs nothing.
_FREE = frozenset(
    {Reason.KEY, Reason.MODEL, Reason.CREDIT, Reason.RATE, Reason.DOWN, Reason.ADDRESS, Reason.REQUEST, Reason.TOO_LONG}
)
#: A placeholder may be cut in two while it streams.
_LONGEST_PLACEHOLDER = 30


def complete(opened: "Opened", request: Request, *, masker: "Masker") -> Completion:
    """See :meth:`ai.gate.Opened.complete`."""
    if is_scoped():
        raise RuntimeError("A provider is never called inside a scope: a transaction would be held open for it.")
    opened.check()
    workspace_id = opened.subject.workspace_id
    chosen = model_by(workspace_id, request.model_id) if request.model_id else model_for(workspace_id, request.task)
    if chosen is None:
        raise ClosedError(Closed.NO_PROVIDER)
    ends = time.monotonic() + request.total
    masked = _masked(request, masker)
    use = _begin(opened, chosen, masked, ends)
    return _call(opened, chosen, replace(masked, total=ends - time.monotonic()), use, masker)


def _masked(request: Request, masker: "Masker") -> Request:
    turns = [replace(one, content=masker.mask(one.content).text) for one in request.turns]
    return replace(request, system=masker.mask(request.system).text, turns=turns)


def _begin(opened: "Opened", chosen: Chosen, masked: Request, ends: float) -> Use:
    """Reserve and enter into the ledger, committed before anything leaves; wait for a place among the workspace's calls."""
    text = [{"role": "system", "content": masked.system}, *({"role": one.role, "content": one.content} for one in masked.turns)]
    tokens_in = ceil(sum(len(one["content"].encode()) for one in text) / _BYTES_A_TOKEN)
    host = urlsplit(chosen.base_url).hostname or ""
    while True:
        with scope(opened.subject.workspace_id):
            opened.check()
            workspace = Workspace.objects.get(pk=opened.subject.workspace_id)
            kept = reserve(workspace, chosen, tokens_in=tokens_in, tokens_out=masked.max_tokens)
            if not kept.is_busy and kept.closed is None:
                return begin_use(opened, masked.task, chosen, host=host, month=kept.month, reserved=kept.micros, text=text)
        if kept.closed is not None:
            raise ClosedError(kept.closed)
        if time.monotonic() + _LOOK > ends - masked.first_token:
            raise ProviderError(Reason.BUSY, is_permanent=False)
        time.sleep(_LOOK)


def _call(opened: "Opened", chosen: Chosen, masked: Request, use: Use, masker: "Masker") -> Completion:
    # The SDK takes half a second to load, and only who calls a provider needs it.
    from ai.providers.asking import ask_until
    from ai.providers.client import Answer, Server

    answer, outcome, started = Answer(), "failed", time.monotonic()
    try:
        way = ask_until(
            Server(chosen.base_url, chosen.key),
            chosen.model,
            masked,
            way=chosen.structure,
            answer=answer,
            tick=_Ticker(opened.check),
            on_text=_hearing(masked.on_text, masker),
        )
        text, data = _restored(answer.text, masked.schema, masker)
        opened.check()
        outcome = Use.OK
    except ClosedError as error:
        outcome = f"closed_{error.reason}"
        raise
    except ProviderError as error:
        outcome = error.reason
        raise
    finally:
        tokens_in, tokens_out, cost = _settle(opened, chosen, use, answer, outcome, time.monotonic() - started)
    if masked.schema is not None and way != chosen.structure:
        _remember(opened, chosen, way)
    return Completion(text, data, chosen.model, tokens_in, tokens_out, cost)


class _Ticker:
    """Asks the gate at most once a second, however often it is called."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._next = 0.0

    def __call__(self) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + _ASK_AGAIN
            self._check()


def _hearing(on_text: Callable[[str], None] | None, masker: "Masker") -> Callable[[str], None] | None:
    """The caller's listener, told the restored text without a placeholder that is still coming."""
    if on_text is None:
        return None

    def hear(text: str) -> None:
        begun = text.rfind("<")
        if begun > len(text) - _LONGEST_PLACEHOLDER and ">" not in text[begun:] and begun >= 0:
            text = text[:begun]
        _refuse_invented(text, masker)
        on_text(masker.restore(text))

    return hear


def _restored(text: str, schema: type[BaseModel] | None, masker: "Masker") -> tuple[str, BaseModel | None]:
    _refuse_invented(text, masker)
    if schema is None:
        return masker.restore(text).strip(), None
    data = structure.read(schema, text)
    return masker.restore(text), schema.model_validate(_restored_in(data.model_dump(), masker))


def _restored_in(value: Any, masker: "Masker") -> Any:
    """Every string of the answer with its personal data back: inside JSON's text, a value's quotes would break it."""
    if isinstance(value, str):
        return masker.restore(value)
    if isinstance(value, list):
        return [_restored_in(one, masker) for one in value]
    return {name: _restored_in(one, masker) for name, one in value.items()} if isinstance(value, dict) else value


def _refuse_invented(text: str, masker: "Masker") -> None:
    if masker.unknown_placeholders(text):
        raise ProviderError(Reason.INVENTED, is_permanent=True)


def _settle(
    opened: "Opened", chosen: Chosen, use: Use, answer: "Answer", outcome: str, seconds: float
) -> tuple[int, int, int | None]:
    """Close the use. Where the server does not count tokens, they are estimated; a failure before any answer costs nothing."""
    is_free = outcome in _FREE and not answer.text
    with scope(opened.subject.workspace_id):
        sent = 0 if is_free else ceil(use.egress.characters / 3)
        tokens_in = sent if answer.tokens_in is None else answer.tokens_in
        tokens_out = ceil(len(answer.text) / 3) if answer.tokens_out is None else answer.tokens_out
        cost = 0 if is_free else cost_of(chosen, tokens_in, tokens_out)
        settle_use(use, outcome=outcome, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost, ms=round(seconds * 1000))
    return tokens_in, tokens_out, cost


def _remember(opened: "Opened", chosen: Chosen, way: str) -> None:
    with scope(opened.subject.workspace_id):
        ProviderModel.objects.filter(pk=chosen.model_id).update(structure=way)
