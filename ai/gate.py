"""The one gate: every use of a model, the embedded ones and those of providers, passes here, or does not happen.

`enter` asks whether AI may be used for a purpose on a subject; what it gives opens the engine and the providers, and asks again
before each step. Nothing is remembered between two questions, so a switch acts on work in flight at its next step.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ai import switching
from ai.providers import Completion, Request
from ai.purposes import Closed, ClosedError, Purpose, Subject, Task
from core.audit import Actor

if TYPE_CHECKING:
    from ai.engine.facade import Engine
    from ai.engine.placeholders import Masker

__all__ = ["Closed", "ClosedError", "Opened", "Purpose", "Subject", "enter", "warm_up"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """The leave to use AI for a purpose on a subject, on behalf of `actor`. It is no promise: each step asks anew.

    `also`: a purpose that must be open as well, such as answering where answers are measured.
    """

    purpose: Purpose
    subject: Subject
    actor: Actor
    also: Purpose | None = None

    def check(self) -> None:
        """Ask again. Raises ClosedError. Inside the transaction that sends, it decides about the sending."""
        switching.check(self.purpose, self.subject)
        if self.also is not None:
            switching.check(self.also, self.subject)

    @property
    def engine(self) -> "Engine":
        """The process's engine, loaded at first use (2 seconds). Raises ClosedError."""
        from ai.engine.facade import engine

        self.check()
        return engine()

    def note(self, task: str, *, model: str, ms: int, outcome: str = "ok") -> None:
        """Leave the record of a use of an embedded model, in the scope of the caller's transaction. It holds no content."""
        from ai.services.uses import note_use

        note_use(self, task, model=model, ms=ms, outcome=outcome)

    def has_provider(self, task: Task) -> bool:
        """Whether a provider's model is set up for a task."""
        from ai.services.providers import model_for

        return model_for(self.subject.workspace_id, task) is not None

    def complete(self, request: Request, *, masker: "Masker") -> Completion:
        """Ask the provider's model of the request's task. Never inside a transaction.

        `masker` is the conversation's (`ai.services.masking.masker_of`); what left is in the ledger before it leaves.
        Raises ClosedError, also when the budget is spent, no provider is set up, or a switch fell while the answer came;
        ProviderError for everything that the provider does.
        """
        from ai.services.completing import complete

        return complete(self, request, masker=masker)


def enter(purpose: Purpose, subject: Subject, *, actor: Actor | None = None, also: Purpose | None = None) -> Opened:
    """Open the gate, or raise ClosedError: one statement, in the scope of the subject's workspace or in one of its own."""
    opened = Opened(purpose, subject, Actor.system() if actor is None else actor, also)
    opened.check()
    return opened


def warm_up() -> None:
    """Load the engine in this process, which is the AI worker's: about 2 seconds. It reads nobody's text."""
    from ai.engine.facade import engine

    started = time.monotonic()
    engine().warm_up()
    log.info("ai.ready", ms=round((time.monotonic() - started) * 1000))
