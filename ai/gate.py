"""The one gate: every use of a model, the embedded ones and those of providers, passes here, or does not happen.

`enter` asks whether AI may be used for a purpose on a subject; what it gives opens the engine and the providers, and asks again
before each step. Nothing is remembered between two questions, so a switch acts on work in flight at its next step.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai import switching
from ai.purposes import Closed, ClosedError, Purpose, Subject, Task
from core.audit import Actor

if TYPE_CHECKING:
    from ai.engine.facade import Engine

__all__ = ["Closed", "ClosedError", "Opened", "Purpose", "Subject", "enter"]


@dataclass(frozen=True, slots=True)
class Opened:
    """The leave to use AI for a purpose on a subject, on behalf of `actor`. It is no promise: each step asks anew."""

    purpose: Purpose
    subject: Subject
    actor: Actor

    def check(self) -> None:
        """Ask again. Raises ClosedError. Inside the transaction that sends, it decides about the sending."""
        switching.check(self.purpose, self.subject)

    @property
    def engine(self) -> "Engine":
        """The process's engine, loaded at first use (2 seconds). Raises ClosedError."""
        from ai.engine.facade import engine

        self.check()
        return engine()

    def has_provider(self, task: Task) -> bool:
        """Whether a provider's model is set up for a task."""
        from ai.services.providers import model_for

        return model_for(self.subject.workspace_id, task) is not None


def enter(purpose: Purpose, subject: Subject, *, actor: Actor | None = None) -> Opened:
    """Open the gate, or raise ClosedError: one statement, in the scope of the subject's workspace or in one of its own."""
    opened = Opened(purpose, subject, Actor.system() if actor is None else actor)
    opened.check()
    return opened
